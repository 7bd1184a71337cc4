import assert from "node:assert/strict";
import fc from "fast-check";
import { type DemandForecast, optimalBalance } from "../../lib/liquidity/mod.ts";
import {
  type ChannelLimits,
  type ChannelOutlook,
  PLANNER_DEFAULTS,
  planRebalances,
  type RouteEstimator,
  type TriedMove,
} from "../../lib/planning/mod.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2024, 8, 22);

/** Quantiles of a need that is `median` in the middle. */
function need(median: number) {
  return { sat: [0.2, 0.5, 1, 1.5, 2].map((share) => share * median) };
}

interface Given {
  id: string;
  localSat: number;
  remoteSat: number;
  out?: number;
  into?: number;
  outPpm?: number;
  peer?: string;
  more?: Partial<ChannelOutlook>;
}

function outlook(given: Given): ChannelOutlook {
  const forecast: DemandForecast = {
    horizonMs: 24 * HOUR_MS,
    outboundNeed: need(given.out ?? 0),
    inboundNeed: need(given.into ?? 0),
    feesAtStakeMsat: ((given.out ?? 0) + (given.into ?? 0)) * 0.5,
  };
  const channel = {
    node: "me",
    channelId: given.id,
    peer: given.peer ?? `peer of ${given.id}`,
    capacitySat: given.localSat + given.remoteSat,
    localBalanceSat: given.localSat,
    remoteBalanceSat: given.remoteSat,
    active: true,
  };
  return {
    channel,
    forecast,
    optimal: optimalBalance(forecast, channel),
    earnedOutPpm: given.outPpm ?? 500,
    earnedInPpm: 300,
    forwardsSeen: 100,
    observedMs: 72 * HOUR_MS,
    ...given.more,
  };
}

const drained = { id: "drained", localSat: 10_000, remoteSat: 1_990_000, out: 500_000 };
const full = { id: "full", localSat: 1_950_000, remoteSat: 50_000, into: 200_000 };

/** Every route costs `ppm` of the amount. */
function routesAt(ppm: number, probability = 0.5): RouteEstimator {
  return ({ amountMsat }) => () => ({ feeMsat: amountMsat * ppm / 1e6, probability });
}

/** A rule for one channel. */
function ruleFor(id: string, limits: ChannelLimits) {
  return ({ channelId }: { channelId: string }) => channelId === id ? limits : {};
}

function decisionOf(plan: ReturnType<typeof planRebalances>, id: string) {
  return plan.decisions.find((d) => d.channelId === id)!;
}

Deno.test("planRebalances refills a drained channel with demand from a full one", () => {
  const plan = planRebalances([outlook(drained), outlook(full)], routesAt(50), NOW_MS);
  assert.equal(plan.suggestions.length, 1);
  const [s] = plan.suggestions;
  assert.equal(s.sourceChannel, "full");
  assert.equal(s.targetChannel, "drained");
  assert.ok(s.amountMsat > 300_000_000 && s.amountMsat <= 1_280_000_000, String(s.amountMsat));
  assert.ok(s.expectedGainMsat > 0 && s.feeLimitMsat >= s.expectedFeeMsat);
  assert.ok(s.confidence > 0.5 && s.confidence <= 1);
  assert.equal(s.expiresAt, NOW_MS + PLANNER_DEFAULTS.expiryMs);
  assert.equal(decisionOf(plan, "drained").code, "suggested_target");
  assert.equal(decisionOf(plan, "full").code, "suggested_source");
});

Deno.test("planRebalances names why not", async (t) => {
  const cases: [string, Given[], RouteEstimator, string][] = [
    ["too_expensive", [drained, full], routesAt(2000), "drained"],
    ["no_route", [drained, full], () => () => undefined, "drained"],
    ["no_source", [drained], routesAt(50), "drained"],
    ["no_demand", [{ ...drained, out: 0 }, full], routesAt(50), "drained"],
    ["no_target", [full], routesAt(50), "full"],
    ["balanced", [{ ...drained, localSat: 1e6, remoteSat: 1e6 }], routesAt(50), "drained"],
    ["learning", [{ ...drained, more: { forecast: undefined } }, full], routesAt(50), "drained"],
  ];
  for (const [code, given, routes, id] of cases) {
    await t.step(code, () => {
      const plan = planRebalances(given.map(outlook), routes, NOW_MS);
      assert.equal(plan.suggestions.length, 0);
      assert.equal(decisionOf(plan, id).code, code);
    });
  }
});

Deno.test("planRebalances leaves inactive and excluded channels alone", () => {
  const off = outlook(drained);
  off.channel.active = false;
  assert.equal(
    decisionOf(planRebalances([off, outlook(full)], routesAt(1), NOW_MS), "drained").code,
    "inactive",
  );
  const ruleOf = ruleFor("drained", { role: "none" });
  const plan = planRebalances([outlook(drained), outlook(full)], routesAt(1), NOW_MS, { ruleOf });
  assert.equal(decisionOf(plan, "drained").code, "excluded");
  assert.equal(plan.suggestions.length, 0);
});

Deno.test("planRebalances waits after a rebalance, longer before the reverse", () => {
  const cooled = (role: "source" | "target", hoursAgo: number, applied = true) =>
    planRebalances(
      [
        outlook({
          ...drained,
          more: { lastRebalance: { timeMs: NOW_MS - hoursAgo * HOUR_MS, role, applied } },
        }),
        outlook(full),
      ],
      routesAt(50),
      NOW_MS,
    );
  assert.equal(decisionOf(cooled("target", 3), "drained").code, "cool_down");
  assert.equal(cooled("target", 5).suggestions.length, 1);
  assert.equal(decisionOf(cooled("source", 5), "drained").code, "cool_down");
  assert.equal(cooled("source", 25).suggestions.length, 1);
  assert.equal(decisionOf(cooled("target", 3), "drained").reason, "rebalanced 3 h ago");
  const failed = decisionOf(cooled("target", 3, false), "drained");
  assert.deepEqual([failed.code, failed.reason], ["cool_down", "a rebalance failed 3 h ago"]);
});

Deno.test("planRebalances never pairs channels of one peer", () => {
  const plan = planRebalances(
    [outlook({ ...drained, peer: "p" }), outlook({ ...full, peer: "p" })],
    routesAt(50),
    NOW_MS,
  );
  assert.equal(plan.suggestions.length, 0);
});

Deno.test("planRebalances holds its promises on random nodes", () => {
  const channel = fc.record({
    localSat: fc.integer({ min: 0, max: 5_000_000 }),
    remoteSat: fc.integer({ min: 1, max: 5_000_000 }),
    out: fc.integer({ min: 0, max: 3_000_000 }),
    into: fc.integer({ min: 0, max: 3_000_000 }),
    outPpm: fc.integer({ min: 0, max: 3000 }),
    peer: fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h"),
  });
  fc.assert(
    fc.property(
      fc.array(channel, { maxLength: 20 }),
      fc.integer({ max: 1500, min: 0 }),
      (list, ppm) => {
        const outlooks = list.map((c, i) => outlook({ id: `c${i}`, ...c }));
        const plan = planRebalances(outlooks, routesAt(ppm), NOW_MS);
        assert.deepEqual(
          planRebalances(outlooks, routesAt(ppm), NOW_MS),
          plan,
          "the same input, the same plan",
        );
        assert.equal(plan.decisions.length, outlooks.length);
        const targets = new Set(plan.suggestions.map((s) => s.targetNode));
        assert.equal(targets.size, plan.suggestions.length, "a peer is refilled once");
        const givenMsat = new Map<string, number>();
        for (const s of plan.suggestions) {
          const source = outlooks.find((o) => o.channel.channelId === s.sourceChannel)!.channel;
          const target = outlooks.find((o) => o.channel.channelId === s.targetChannel)!.channel;
          assert.ok(!targets.has(s.sourceNode), "nobody gives and takes");
          const givenSoFar = (givenMsat.get(s.sourceChannel) ?? 0) + s.amountMsat;
          givenMsat.set(s.sourceChannel, givenSoFar);
          assert.ok(givenSoFar / 1000 <= source.localBalanceSat);
          assert.ok(s.amountMsat / 1000 <= target.remoteBalanceSat);
          assert.ok(s.expectedGainMsat >= PLANNER_DEFAULTS.minGainMsat);
          assert.ok(s.feeLimitMsat >= s.expectedFeeMsat - 1);
          assert.ok(s.confidence >= PLANNER_DEFAULTS.minConfidence && s.confidence <= 1);
        }
      },
    ),
    { numRuns: 200, seed: 1 },
  );
});

Deno.test("planRebalances keeps to the operator's rules for a channel", () => {
  const plan = (ruleOf: ReturnType<typeof ruleFor>) =>
    planRebalances([outlook(drained), outlook(full)], routesAt(50), NOW_MS, { ruleOf });
  assert.equal(plan(ruleFor("full", { role: "target" })).suggestions.length, 0);
  assert.equal(plan(ruleFor("drained", { role: "source" })).suggestions.length, 0);
  const [high] = plan(ruleFor("drained", { high: 0.1 })).suggestions;
  assert.ok(high.amountMsat <= (0.1 * 2e6 - 10_000) * 1000);
  const [low] = plan(ruleFor("full", { low: 0.9 })).suggestions;
  assert.ok(low.amountMsat <= (1_950_000 - 0.9 * 2e6) * 1000);
  assert.equal(plan(ruleFor("drained", { maxFeePpm: 49 })).suggestions.length, 0);
  const [cheap] = plan(ruleFor("drained", { maxFeePpm: 60 })).suggestions;
  assert.ok(cheap.feeLimitMsat <= cheap.amountMsat * 60 / 1e6);
});

/** Channels of some nodes, each with a dozen that are drained and four that hold plenty. */
function drainedNodes(count: number): ChannelOutlook[] {
  const plenty = { ...full, localSat: 50_000_000 };
  return Array.from({ length: count }, (_, node) =>
    Array.from({ length: 16 }, (_, i) => {
      const found = outlook({ ...(i < 12 ? drained : plenty), id: `${node}x${i}` });
      found.channel.node = `node ${node}`;
      return found;
    })).flat();
}

Deno.test("planRebalances shares its searches among many nodes, and refills as many targets with few", () => {
  /** Searches of each node in a plan of so many, and the suggestions. */
  const planOf = (nodes: number, maxSearches: number) => {
    const searches = new Map<string, Set<string>>();
    const estimate: RouteEstimator = (query) => {
      const ofNode = searches.get(query.node) ?? new Set();
      searches.set(query.node, ofNode.add(`${query.targetChannel}/${query.amountMsat}`));
      return routesAt(50)(query);
    };
    const { suggestions } = planRebalances(drainedNodes(nodes), estimate, NOW_MS, { maxSearches });
    const counts = Array.from(searches.values(), ({ size }) => size);
    return { counts, perNode: suggestions.length / nodes };
  };
  const free = planOf(3, 1000);
  assert.deepEqual(free.counts, [40, 40, 40]);
  const limited = planOf(3, 45);
  assert.deepEqual(limited.counts, [15, 15, 15]);
  assert.equal(limited.perNode, free.perNode);
  assert.deepEqual(planOf(3, 1).counts, [8, 8, 8]);
});

Deno.test("planRebalances plans with what is above the reserves of both channels", () => {
  const given = (state: Partial<ChannelOutlook["channel"]>, of: Given): ChannelOutlook => {
    const it = outlook(of);
    return { ...it, channel: { ...it.channel, ...state } };
  };
  const amountSat = (source: ChannelOutlook, target: ChannelOutlook) =>
    (planRebalances([target, source], routesAt(50), NOW_MS).suggestions[0]?.amountMsat ?? 0) / 1000;
  const unknown = amountSat(outlook(full), outlook(drained));
  // 1 % is what most channels have: nothing changes.
  const usual = { localReserveSat: 20_000, remoteReserveSat: 20_000 };
  assert.equal(amountSat(given(usual, full), given(usual, drained)), unknown);
  // Of 1,950,000 sat 200,000 are left above this reserve, less 20,000 for the commitment.
  const tight = { localReserveSat: 1_750_000 };
  assert.equal(amountSat(given(tight, full), outlook(drained)), 160_000);
  assert.equal(amountSat(outlook(full), given({ remoteReserveSat: 1_790_000 }, drained)), 160_000);
  assert.equal(amountSat(given({ localReserveSat: 1_950_000 }, full), outlook(drained)), 0);
});

Deno.test("planRebalances tries a suggestion on the past, is as sure as the calibration says and tells why", () => {
  const asked: TriedMove[] = [];
  const planSure = (confidence: number) =>
    planRebalances([outlook(drained), outlook(full)], routesAt(50), NOW_MS, {
      tryOnPast: (move) => {
        asked.push(move);
        return [{ whole: true, half: true }, { whole: false, half: true }];
      },
      calibration: { confidence: ({ tried }) => tried.length === 2 ? confidence : NaN },
    });
  const [s] = planSure(0.3).suggestions;
  assert.equal(s.confidence, 0.3);
  assert.deepEqual(asked[0], {
    source: outlook(full).channel,
    target: outlook(drained).channel,
    amountMsat: s.amountMsat,
    feeMsat: s.expectedFeeMsat,
    watchedSinceMs: NOW_MS - 72 * HOUR_MS,
  });
  const reason = "pays for itself is 30 %; it would have in 1 of the last 2 stretches of 1 d";
  assert.ok(s.reasons.some((text) => text.includes(reason)), s.reasons.join("\n"));
  const unsure = planSure(0.05);
  assert.deepEqual(unsure.suggestions, []);
  assert.equal(decisionOf(unsure, "drained").code, "low_confidence");
});
