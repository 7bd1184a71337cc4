import assert from "node:assert/strict";
import fc from "fast-check";
import { HOUR_MS, MINUTE_MS, SECOND_MS, seededRng } from "../../lib/core/mod.ts";
import {
  Balances,
  generateNetwork,
  initialBalances,
  type Network,
  type Route,
} from "../../lib/network/mod.ts";
import {
  type AlongOutcome,
  type GateOptions,
  type HopOutcome,
  type LatencyOptions,
  ZERO_LATENCY,
} from "../../lib/simulation/mod.ts";
import { Machine } from "../../lib/simulation/htlc/machine.ts";
import { NaiveHtlcs, type NaiveStep } from "./naive_htlcs.ts";
import { balancesOf, networkOf } from "./helpers.ts";

/** A second a step, whatever the seed. */
const SECOND_STEPS: LatencyOptions = { medianMs: SECOND_MS, sdLog: 0 };

/** s pays r over a and b, all in the middle of their channels unless told. */
function line(options: { latency?: LatencyOptions; gate?: Partial<GateOptions> } = {}) {
  const network = networkOf(
    ["s", "a", 0, 0, 500_000],
    ["a", "b", 100, 0, 500_000],
    ["b", "r", 100, 0, 500_000],
  );
  const balances = balancesOf(network);
  const machine = new Machine(network, balances, { latency: SECOND_STEPS, ...options });
  const hops: HopOutcome[] = [];
  machine.onHop = (hop) => hops.push(hop);
  const outcomes: (AlongOutcome & { timeMs: number })[] = [];
  const send = (amountMsat = 1_000_000, feeMsat = 100) =>
    machine.sendAlong(
      {
        directions: [0, 2, 4],
        amountsMsat: [amountMsat + 2 * feeMsat, amountMsat + feeMsat, amountMsat],
        feeMsat: 2 * feeMsat,
        probability: 1,
      },
      (outcome) => outcomes.push({ ...outcome, timeMs: machine.nowMs }),
    );
  const check = () => (balances.check(), machine.engine.check());
  return { network, balances, machine, hops, outcomes, send, check };
}

Deno.test("HtlcEngine locks hop by hop and settles hop by hop, a step at a time", () => {
  const { balances, machine, hops, outcomes, send, check } = line();
  send();
  const inFlight = () => [0, 2, 4].map((d) => balances.inFlightMsat[d]);
  const seen = [inFlight()];
  for (let second = 1; second <= 6; second++) {
    machine.runUntil(second * SECOND_MS);
    check();
    seen.push(inFlight());
  }
  assert.deepEqual(seen, [
    [1_000_200, 0, 0],
    [1_000_200, 1_000_100, 0],
    [1_000_200, 1_000_100, 1_000_000],
    [1_000_200, 1_000_100, 1_000_000],
    [1_000_200, 1_000_100, 0],
    [1_000_200, 0, 0],
    [0, 0, 0],
  ]);
  assert.deepEqual(outcomes, [{ settled: true, timeMs: 6 * SECOND_MS }]);
  assert.deepEqual(
    hops.map((hop) => [machine.network.nodeIds[hop.node], hop.outcome, hop.tookMs]),
    [["b", "settled", 2 * SECOND_MS], ["a", "settled", 4 * SECOND_MS]],
  );
  assert.equal(machine.engine.earnedMsat, 200);
});

Deno.test("HtlcEngine: a hop that can't take it fails all before it, and names the reason", () => {
  const cases: [string, (l: ReturnType<typeof line>) => void, number][] = [
    ["insufficient_balance", ({ balances }) => balances.refresh(4, 1000), 2],
    ["channel_disabled", ({ network }) => network.setDisabled(2, true), 1],
    ["channel_disabled", ({ network }) => network.setDisabled(0, true), 0],
    ["peer_offline", ({ machine }) => machine.takeOffline(3, HOUR_MS), 2],
    [
      "fee_insufficient",
      ({ network }) => network.setFees(4, { baseFeeMsat: 0, feeRatePpm: 101 }),
      2,
    ],
    ["amount_below_minimum", ({ network }) => network.minHtlcMsat[2] = 2_000_000, 1],
    ["amount_above_maximum", ({ network }) => network.maxHtlcMsat[4] = 500_000, 2],
    [
      "incorrect_cltv_expiry",
      ({ machine, network }) => machine.at(500, () => network.cltvDelta[4] = 41),
      2,
    ],
    ["channel_closed", ({ machine }) => machine.engine.gate.close(1), 1],
  ];
  for (const [reason, prepare, failedHop] of cases) {
    const run = line();
    prepare(run);
    const before = [...run.balances.balanceMsat];
    run.send();
    run.machine.runUntil(HOUR_MS);
    run.check();
    const [outcome] = run.outcomes;
    assert(!outcome.settled);
    assert.deepEqual([outcome.reason, outcome.failedHop], [reason, failedHop]);
    assert.deepEqual([...run.balances.balanceMsat], before);
    assert.equal(outcome.timeMs, failedHop * 2 * SECOND_MS);
    const failedHere = run.hops.filter((hop) => hop.outcome === "failed_here");
    assert.deepEqual(failedHere.map((hop) => hop.failureReason), failedHop === 0 ? [] : [reason]);
  }
});

Deno.test("HtlcEngine counts slots and what is in flight, in each direction", () => {
  const few = line({ gate: { maxHtlcs: 2 } });
  for (let i = 0; i < 3; i++) few.send();
  few.machine.runUntil(HOUR_MS);
  assert.deepEqual(few.outcomes.map((o) => o.settled || o.reason), ["too_many_htlcs", true, true]);
  few.send();
  few.machine.runUntil(2 * HOUR_MS);
  assert.equal(few.outcomes[3].settled, true);
  const small = line({ gate: { maxInFlightShare: 0.1 } });
  for (let i = 0; i < 2; i++) small.send(60_000_000, 6000);
  small.machine.runUntil(HOUR_MS);
  assert.deepEqual(small.outcomes.map((o) => o.settled || o.reason), ["in_flight_limit", true]);
  small.check();
});

Deno.test("HtlcEngine: what is stuck at a node that went away goes on when it is back", () => {
  for (const awayAtMs of [1500, 3500, 4500]) {
    const { machine, outcomes, send, check } = line();
    send();
    machine.runUntil(awayAtMs);
    machine.takeOffline(2, HOUR_MS);
    machine.runUntil(30 * MINUTE_MS);
    check();
    assert.equal(outcomes.length, 0);
    machine.runUntil(2 * HOUR_MS);
    check();
    assert.equal(outcomes[0].settled, true, String(awayAtMs));
    assert(outcomes[0].timeMs > HOUR_MS);
  }
});

Deno.test("HtlcEngine: a time lock that ends first gives back what was not delivered, and settles what was", () => {
  for (const [awayAtMs, settled] of [[1500, false], [3500, true]] as const) {
    const { balances, machine, outcomes, send, check } = line();
    const before = [...balances.balanceMsat];
    send();
    machine.runUntil(awayAtMs);
    machine.takeOffline(2, 30 * 24 * HOUR_MS);
    machine.runUntil(10 * 24 * HOUR_MS);
    check();
    assert.equal(outcomes.length, 1);
    assert.equal(outcomes[0].settled, settled);
    if (!outcomes[0].settled) assert.equal(outcomes[0].reason, "htlc_timed_out");
    // 40 blocks for the receiver, 40 more for b.
    assert(outcomes[0].timeMs >= 40 * 10 * MINUTE_MS);
    assert.equal(balances.balanceMsat[0] === before[0], !settled);
    assert(balances.inFlightMsat.every((msat) => msat === 0));
  }
});

Deno.test("Machine: without latency everything has happened when a call returns", () => {
  const { machine, outcomes, send } = line({ latency: ZERO_LATENCY });
  send();
  assert.deepEqual(outcomes, [{ settled: true, timeMs: 0 }]);
  let called = 0;
  machine.at(0, () => called++);
  machine.settleNow();
  machine.at(5, () => called++);
  machine.settleNow();
  assert.equal(called, 1);
  machine.runUntil(5);
  assert.equal(called, 2);
});

/** A walk through the network with fees as announced, give or take. */
function walk(network: Network, picks: number[], amountMsat: number, slackMsat: number): Route {
  let node = picks[0] % network.nodeCount;
  const directions: number[] = [], seen = new Set([node]);
  for (const pick of picks.slice(1)) {
    const outgoing = network.directionsFrom(node);
    const direction = outgoing[pick % outgoing.length];
    const to = network.source[direction ^ 1];
    if (seen.has(to)) break;
    seen.add(to);
    directions.push(direction);
    node = to;
  }
  if (directions.length === 0) directions.push(network.directionsFrom(node)[0]);
  const amountsMsat = [amountMsat];
  for (const direction of directions.slice(1).reverse()) {
    const feeMsat = Math.max(0, network.feeMsat(direction, amountsMsat[0]) + slackMsat);
    amountsMsat.unshift(amountsMsat[0] + feeMsat);
  }
  const feeMsat = amountsMsat[0] - amountMsat;
  return { directions, amountsMsat, feeMsat, probability: 1 };
}

const time = fc.integer({ min: 0, max: 20_000 });
const naiveCase = fc.record({
  seed: fc.nat(1000),
  maxHtlcs: fc.constantFrom(1, 2, 483),
  sends: fc.array(
    fc.record({
      timeMs: time,
      picks: fc.array(fc.nat(1000), { minLength: 2, maxLength: 7 }),
      amountMsat: fc.oneof(
        fc.integer({ min: 1, max: 50_000_000 }),
        fc.integer({ min: 1, max: 2_000_000_000 }),
      ),
      slackMsat: fc.integer({ min: -1, max: 3 }),
    }),
    { minLength: 1, maxLength: 40 },
  ),
  faults: fc.array(
    fc.record({
      timeMs: time,
      node: fc.nat(19),
      durationMs: fc.constantFrom(100, 3000, HOUR_MS, 60 * HOUR_MS),
    }),
    { maxLength: 6 },
  ),
  terms: fc.array(
    fc.record({ timeMs: time, pick: fc.nat(1000), feeRatePpm: fc.nat(3000), flip: fc.boolean() }),
    { maxLength: 10 },
  ),
});

Deno.test("HtlcEngine gives the outcomes and balances of its naive twin", () => {
  let settled = 0, failed = 0;
  fc.assert(
    fc.property(naiveCase, ({ seed, maxHtlcs, sends, faults, terms }) => {
      const original = generateNetwork({ nodes: 20, rng: seededRng(seed % 5) });
      const sides = [original.clone(), original.clone()];
      const latency = { medianMs: 700, sdLog: 1 };
      const [fast, slow] = sides.map((network) => initialBalances(network, seededRng(seed)));
      const machine = new Machine(sides[0], fast, { latency, gate: { maxHtlcs }, seed });
      const naive = new NaiveHtlcs(sides[1], slow, maxHtlcs);
      const routes = sends.map((s) => walk(original, s.picks, s.amountMsat, s.slackMsat));
      const change = (network: Network, { pick, feeRatePpm, flip }: typeof terms[number]) => {
        const direction = pick % (2 * network.channelCount);
        if (flip) network.setDisabled(direction, network.disabled[direction] === 0);
        else network.setFees(direction, { baseFeeMsat: 0, feeRatePpm });
      };
      const outcomes: unknown[] = sends.map(() => undefined);
      let sent = 0;
      const steps = [
        ...sends.map(({ timeMs }, i) => ({ timeMs, kind: "send" as const, i })),
        ...faults.map((fault) => ({ kind: "offline" as const, ...fault })),
        ...terms.map((term) => ({ kind: "terms" as const, ...term })),
      ].sort((a, b) => a.timeMs - b.timeMs);
      const naiveSteps = steps.map((step): NaiveStep => {
        machine.at(step.timeMs, () => {
          if (step.kind === "terms") change(sides[0], step);
          else if (step.kind === "offline") machine.takeOffline(step.node, step.durationMs);
          else {
            machine.sendAlong(
              routes[step.i],
              (outcome) => outcomes[step.i] = { ...outcome, endMs: machine.nowMs },
            );
          }
        });
        if (step.kind === "terms") return { ...step, change: () => change(sides[1], step) };
        if (step.kind === "offline") return step;
        const key = machine.latency.keyOf(-1 - sent++, 0);
        const stepMs = (n: number) => machine.latency.stepMs(key, n);
        return { timeMs: step.timeMs, kind: "send", route: routes[step.i], stepMs };
      });
      for (let now = 0; machine.queue.size > 0; now += 2000) {
        machine.runUntil(Math.max(now, machine.nextMs));
        fast.check();
        machine.engine.check();
      }
      naive.run(naiveSteps);
      const order = steps.flatMap((step) => step.kind === "send" ? [step.i] : []);
      naive.attempts.forEach(({ outcome }, n) => {
        const ours = outcomes[order[n]];
        const theirs = outcome!.settled ? { settled: true, endMs: outcome!.endMs } : outcome;
        assert.deepEqual(ours, theirs);
        outcome!.settled ? settled++ : failed++;
      });
      assert.deepEqual([...fast.balanceMsat], naive.own);
      assert(fast.inFlightMsat.every((msat) => msat === 0));
      assert.equal(machine.engine.pool.size, 0);
    }),
    { numRuns: 150 },
  );
  // Both ends are reached, or the twins agree on nothing much.
  assert(settled > 100 && failed > 100, `${settled} settled, ${failed} failed`);
});

Deno.test("Balances of a network are those of its HTLCs: check names what differs", () => {
  const { balances, machine, send } = line();
  send();
  machine.runUntil(1500);
  balances.inFlightMsat[2] -= 1;
  assert.throws(() => machine.engine.check(), /channel ab, direction 0: 1000099 msat in flight/);
  balances.inFlightMsat[2] += 1;
  machine.engine.check();
  balances.reserveMsat[1] = 500_000_000;
  assert.throws(() => machine.engine.check(), /reserve 500000000/);
  assert(Balances.of(machine.network, () => 0).balanceMsat.length === 6);
});
