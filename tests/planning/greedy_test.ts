import assert from "node:assert/strict";
import { HOUR_MS, type Rng, seededRng } from "../../lib/core/mod.ts";
import { optimalBalance } from "../../lib/liquidity/mod.ts";
import {
  type ChannelOutlook,
  PlannedChannel,
  PLANNER_DEFAULTS,
  planRebalances,
  type RouteEstimator,
} from "../../lib/planning/mod.ts";

const AMOUNTS_SAT = [100, 200, 400, 800].map((factor) => factor * 1600);
const TARGETS = 3, SOURCES = 3, TRIALS = 120;
const LEAST_SAT = AMOUNTS_SAT[0], MOST_SAT = AMOUNTS_SAT[AMOUNTS_SAT.length - 1];

/** A channel with a random need on one side. */
function channel(id: string, role: "source" | "target", rng: Rng): ChannelOutlook {
  const capacitySat = 4_000_000;
  const localBalanceSat = Math.floor(capacitySat * (role === "target" ? 0.2 : 0.9) * rng.float());
  const need = 2_000_000 * rng.float();
  const sat = [0.2, 0.5, 1, 1.5, 2].map((share) => share * need);
  const none = { sat: [0, 0, 0, 0, 0] };
  const forecast = {
    horizonMs: 24 * HOUR_MS,
    outboundNeed: { sat },
    inboundNeed: none,
    feesAtStakeMsat: need,
  };
  const remoteBalanceSat = capacitySat - localBalanceSat;
  const balances = { capacitySat, localBalanceSat, remoteBalanceSat };
  return {
    channel: { node: "me", channelId: id, peer: id, active: true, ...balances },
    forecast,
    optimal: optimalBalance(forecast, balances),
    earnedOutPpm: role === "target" ? 300 + 1000 * rng.float() : 300 * rng.float(),
    earnedInPpm: 0,
    forwardsSeen: 100,
    observedMs: 72 * HOUR_MS,
  };
}

/** Pairs of what each target gets: from which source, how much; undefined for nothing. */
type Choice = ({ source: number; amountSat: number } | undefined)[];

function* choices(targets: number): Generator<Choice> {
  if (targets === 0) return yield [];
  for (const rest of choices(targets - 1)) {
    yield [...rest, undefined];
    for (let source = 0; source < SOURCES; source++) {
      for (const amountSat of AMOUNTS_SAT) yield [...rest, { source, amountSat }];
    }
  }
}

Deno.test("planRebalances comes near the best of all plans on small random nodes", () => {
  const rng = seededRng(8);
  const shares: number[] = [];
  for (let trial = 0; trial < TRIALS; trial++) {
    const targets = Array.from({ length: TARGETS }, (_, i) => channel(`t${i}`, "target", rng));
    const sources = Array.from({ length: SOURCES }, (_, i) => channel(`s${i}`, "source", rng));
    const ppm = new Map(
      targets.flatMap((t) =>
        sources.map((s) => [t.channel.channelId + s.channel.channelId, 300 * rng.float()])
      ),
    );
    const estimate: RouteEstimator = ({ targetChannel, amountMsat }) => (source) => ({
      feeMsat: amountMsat * ppm.get(targetChannel + source)! / 1e6,
      probability: 1,
    });
    /** Net gain of a plan; -Infinity where a source can't give so much. */
    const worth = (choice: Choice): number => {
      const givers = sources.map((outlook) => new PlannedChannel(outlook));
      let sum = 0;
      for (const [t, part] of choice.entries()) {
        if (part === undefined) continue;
        const target = new PlannedChannel(targets[t]), source = givers[part.source];
        if (part.amountSat > Math.min(source.givableSat, target.takeableSat)) return -Infinity;
        sum += target.gainOfReceivingMsat(part.amountSat) -
          source.lossOfGivingMsat(part.amountSat) -
          part.amountSat * ppm.get(target.id + source.id)! / 1000;
        source.movedSat -= part.amountSat;
      }
      return sum;
    };
    let best = 0;
    for (const choice of choices(TARGETS)) best = Math.max(best, worth(choice));
    const settings = {
      ...{ marginFactor: 1, minGainMsat: 0, minConfidence: 0 },
      ...{ minAmountSat: LEAST_SAT, maxAmountSat: MOST_SAT },
    };
    const { suggestions } = planRebalances([...targets, ...sources], estimate, 0, settings);
    const plan: Choice = targets.map(({ channel }) => {
      const made = suggestions.find((s) => s.targetChannel === channel.channelId);
      return made && {
        source: sources.findIndex((s) => s.channel.channelId === made.sourceChannel),
        amountSat: made.amountMsat / 1000,
      };
    });
    if (plan.some((part) => part?.source === -1)) continue; // a target that gave: not among the choices
    if (best > 0) shares.push(worth(plan) / best);
  }
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  assert.ok(shares.length > 0.8 * TRIALS, `${shares.length} compared`);
  assert.ok(mean > 0.97, `mean share of the best plan's gain: ${mean}`);
  assert.ok(Math.min(...shares) > 0.7, `least: ${Math.min(...shares)}`);
  assert.ok(Math.max(...shares) <= 1 + 1e-9, `${Math.max(...shares)}: no plan beats the best`);
});

Deno.test("planRebalances gives a plan's budget to the best of it", () => {
  const rng = seededRng(9);
  const outlooks = [
    ...Array.from({ length: 5 }, (_, i) => channel(`t${i}`, "target", rng)),
    ...Array.from({ length: 3 }, (_, i) => channel(`s${i}`, "source", rng)),
  ];
  const estimate: RouteEstimator = ({ amountMsat }) => () => ({
    feeMsat: amountMsat * 50 / 1e6,
    probability: 0.5,
  });
  const free = planRebalances(outlooks, estimate, 0);
  const [first] = free.suggestions;
  const budgetMsat = new Map([["me", first.expectedFeeMsat]]);
  const tight = planRebalances(outlooks, estimate, 0, { budgetMsat });
  assert.ok(free.suggestions.length > 1 && tight.suggestions.length >= 1);
  assert.deepEqual({ ...tight.suggestions[0], feeLimitMsat: first.feeLimitMsat }, first);
  const limits = tight.suggestions.reduce((sum, s) => sum + s.feeLimitMsat, 0);
  assert.ok(limits <= first.expectedFeeMsat, "it costs no more even where every route is dear");
  assert.ok(tight.decisions.some(({ code }) => code === "over_budget"));
  assert.equal(PLANNER_DEFAULTS.budgetMsat.size, 0);
});
