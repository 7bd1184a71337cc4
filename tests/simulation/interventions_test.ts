import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, seededRng } from "../../lib/core/mod.ts";
import {
  type Intent,
  type IntentSource,
  type Intervention,
  Simulation,
  simulationOf,
} from "../../lib/simulation/mod.ts";
import { generateNetwork, initialBalances } from "../../lib/network/mod.ts";
import { networkOf, smallSimulation, START_MS, suggestion } from "./helpers.ts";

const SECOND_STEPS = { latency: { medianMs: SECOND_MS, sdLog: 0 } };

/** Payments that are told, and no others. */
function intentsOf(intents: Intent[]): IntentSource {
  return {
    get nextMs() {
      return intents[0]?.timeMs ?? Infinity;
    },
    next: () => intents.shift()!,
    roles: { role: [], sendWeight: new Float64Array(), receiveWeight: new Float64Array() },
  };
}

/** s pays r over o, an operator, a second a step. */
function line() {
  const network = networkOf(["s", "o", 0, 0, 900_000], ["o", "r", 100, 0, 500_000]);
  const run = smallSimulation(network, ["o"], { htlc: SECOND_STEPS, intents: () => intentsOf([]) });
  const send = (settled: boolean[] = []) => {
    run.simulation.sendAlong(
      {
        directions: [0, 2],
        amountsMsat: [100_010_000, 100_000_000],
        feeMsat: 10_000,
        probability: 1,
      },
      (outcome) => settled.push(outcome.settled),
    );
    return settled;
  };
  return { ...run, send };
}

Deno.test("Simulation.closeChannel waits for HTLCs in flight, pays out and books it", () => {
  const { simulation, events, send } = line();
  const settled = send();
  simulation.runUntil(START_MS + 1500);
  simulation.intervene({ kind: "close", node: "o", channelId: "or", feeSat: 300 });
  send(settled);
  simulation.runUntil(START_MS + 2500);
  assert.equal(simulation.network.capacitySat[1], 1_000_000);
  simulation.check();
  simulation.runUntil(START_MS + MINUTE_MS);
  // The one in flight settles, the one that comes later fails at o, and is back sooner.
  assert.deepEqual(settled, [false, true]);
  assert.equal(simulation.network.capacitySat[1], 0);
  assert.deepEqual(simulation.channelStates("o").map((c) => c.channelId), ["so"]);
  const account = simulation.account("o");
  assert.equal(account.capitalOutMsat, 400_000_000);
  assert.equal(account.onChainCostMsat, 300_000);
  assert.equal(simulation.account("r").capitalOutMsat, 600_000_000);
  assert.equal(simulation.capitalMsat("o"), 200_010_000);
  const told = events.filter((e) => e.kind === "channel_state" && e.channel.channelId === "or");
  assert(told.some((e) => e.kind === "channel_state" && !e.channel.active));
  assert.throws(
    () => simulation.intervene({ kind: "close", node: "o", channelId: "or" }),
    RangeError,
  );
  assert.throws(
    () => simulation.intervene({ kind: "close", node: "s", channelId: "zz" }),
    RangeError,
  );
  simulation.check();
});

Deno.test("Simulation.openChannel is paid at once and carries payments when it is confirmed", () => {
  const { simulation } = line();
  const request = { node: "o", peer: "r", capacitySat: 2_000_000, pushSat: 500_000 };
  const name = simulation.intervene({ kind: "open", ...request, feeSat: 700, confirmMs: HOUR_MS })!;
  assert.equal(simulation.account("o").onChainCostMsat, 700_000);
  assert.throws(
    () => simulation.intervene({ kind: "open", ...request, channelId: name }),
    /not taken/,
  );
  simulation.runUntil(START_MS + HOUR_MS - 1);
  assert.equal(simulation.network.channelOf(name), undefined);
  simulation.runUntil(START_MS + HOUR_MS);
  const channel = simulation.network.channelOf(name)!;
  assert.equal(simulation.account("o").capitalInMsat, 2_000_000_000);
  assert.equal(simulation.capitalMsat("o"), 100_000_000 + 500_000_000 + 1_500_000_000);
  const outcomes: boolean[] = [];
  const amountsMsat = [600_000_000, 600_000_000];
  simulation.sendAlong(
    { directions: [0, 2 * channel], amountsMsat, feeMsat: 0, probability: 1 },
    (outcome) => outcomes.push(outcome.settled),
  );
  simulation.intervene({ kind: "fees", node: "o", channelId: name, baseFeeMsat: 0, feeRatePpm: 0 });
  simulation.runUntil(START_MS + 2 * HOUR_MS);
  assert.deepEqual(outcomes, [true]);
  assert.equal(simulation.channelStates("o").length, 3);
  simulation.check();
  const bad = [
    { ...request, peer: "o" },
    { ...request, node: "zz" },
    { ...request, capacitySat: 0 },
    { ...request, pushSat: 2_000_001 },
    { ...request, channelId: "so" },
  ];
  for (const wrong of bad) {
    assert.throws(() => simulation.intervene({ kind: "open", ...wrong }), RangeError);
  }
});

Deno.test("Simulation.schedule does things in time, and at once what is past", () => {
  const { simulation } = line();
  const rate = () => simulation.network.feeRatePpm[2];
  const fees = (feeRatePpm: number): Intervention => ({
    kind: "fees",
    node: "o",
    channelId: "or",
    baseFeeMsat: 0,
    feeRatePpm,
  });
  simulation.schedule(START_MS + 10, fees(7));
  simulation.schedule(START_MS - 10, fees(5));
  assert.equal(rate(), 5);
  let seen = 0;
  simulation.at(START_MS + 11, () => seen = rate());
  simulation.runUntil(START_MS + 20);
  assert.deepEqual([rate(), seen], [7, 7]);
});

Deno.test("A payer whose route has become dearer pays the new terms at the next try", () => {
  const network = networkOf(["s", "o", 0, 0, 900_000], ["o", "r", 100, 0, 500_000]);
  const intents = [{ timeMs: START_MS, sender: 0, receiver: 2, amountMsat: 100_000_000 }];
  const results: unknown[] = [];
  const { simulation, events } = smallSimulation(network, ["o"], {
    htlc: SECOND_STEPS,
    intents: () => intentsOf(intents),
    onPayment: (_, { success, attempts, feeMsat, durationMs }) =>
      results.push({ success, attempts, feeMsat, durationMs }),
  });
  simulation.schedule(START_MS + 500, {
    kind: "fees",
    node: "o",
    channelId: "or",
    baseFeeMsat: 0,
    feeRatePpm: 200,
  });
  simulation.runUntil(START_MS + MINUTE_MS);
  assert.deepEqual(results, [{ success: true, attempts: 2, feeMsat: 20_000, durationMs: 6000 }]);
  const forwards = events.flatMap((e) => e.kind === "forward" ? [e.forward] : []);
  assert.deepEqual(forwards.map((f) => f.failureReason ?? f.outcome), [
    "fee_insufficient",
    "settled",
  ]);
});

/** What may be done to a simulation, as numbers that stand for nodes and channels. */
const action = fc.record({
  kind: fc.constantFrom("offline", "traffic", "fees", "open", "close", "rebalance", "along"),
  atMs: fc.integer({ min: 0, max: 8 * HOUR_MS }),
  node: fc.nat(1000),
  pick: fc.nat(1000),
  amountMsat: fc.integer({ min: 1, max: 500_000_000 }),
});
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

function act(simulation: Simulation, { kind, node, pick, amountMsat }: Action): void {
  const { network, operators } = simulation;
  const operator = operators[node % operators.length];
  const own = simulation.channelStates(operator);
  const channel = own[pick % own.length];
  switch (kind) {
    case "offline":
      return void simulation.intervene({
        kind: "offline",
        node: network.nodeIds[node % network.nodeCount],
        durationMs: amountMsat / 10,
      });
    case "traffic":
      return void simulation.intervene({
        kind,
        factor: 0.1 + pick / 300,
        durationMs: amountMsat / 20,
      });
    case "fees":
      return void simulation.intervene({
        kind: "fees",
        node: operator,
        channelId: channel.channelId,
        baseFeeMsat: 0,
        feeRatePpm: pick,
      });
    case "open": {
      const peer = network.nodeIds[node % network.nodeCount];
      if (peer === operator) return;
      return void simulation.intervene({
        kind: "open",
        node: operator,
        peer,
        capacitySat: 1000 + amountMsat,
      });
    }
    case "close":
      if (own.length < 3 || !channel.active) return;
      return void simulation.intervene({
        kind: "close",
        node: operator,
        channelId: channel.channelId,
      });
    case "rebalance": {
      const target = own[(pick + 1) % own.length];
      return simulation.applySuggestion(suggestion({
        node: operator,
        sourceNode: channel.peer,
        sourceChannel: channel.channelId,
        targetNode: target.peer,
        targetChannel: target.channelId,
        amountMsat,
        feeLimitMsat: amountMsat,
        expiresAt: simulation.nowMs + HOUR_MS,
      }));
    }
    case "along": {
      const directions = [
        network.directionFrom(
          network.nodeOf(operator)!,
          network.channelOf(channel.channelId)!,
        )!,
      ];
      const amountsMsat = [amountMsat];
      simulation.sendAlong({ directions, amountsMsat, feeMsat: 0, probability: 1 }, () => {});
    }
  }
}

Deno.test("Simulation: no satoshi appears or vanishes under payments, faults and interventions in any order", () => {
  const network = generateNetwork({ nodes: 40, rng: seededRng(5) });
  fc.assert(
    fc.property(
      fc.nat(1000),
      fc.array(action, { minLength: 8, maxLength: 40 }),
      (seed, actions) => {
        const rng = seededRng(seed);
        const simulation = new Simulation({
          network,
          balances: initialBalances(network, rng),
          rng,
          startMs: START_MS,
          operators: network.nodeIds.slice(0, 4),
          traffic: { paymentsPerDay: 3000 },
          payments: { maxParts: 1 + seed % 4 },
          htlc: { gate: { maxHtlcs: 1 + seed % 30 } },
          drift: {},
        });
        for (const step of actions) {
          simulation.at(START_MS + step.atMs, () => act(simulation, step));
        }
        for (let at = 0; at <= 9 * HOUR_MS; at += 20 * MINUTE_MS) {
          simulation.runUntil(START_MS + at);
          simulation.check();
        }
        simulation.drain();
        simulation.check();
        assert.equal(simulation.inFlight, 0);
        assert(simulation.balances.inFlightMsat.every((msat) => msat === 0));
        // What is in channels is what was there, what was brought in less what was paid out.
        const msat = (satOf: ArrayLike<number>) =>
          Array.from(satOf).reduce((sum, sat) => sum + sat * 1000, 0);
        const all = network.nodeIds.map((id) => simulation.account(id));
        const moved = all.reduce((sum, a) => sum + a.capitalInMsat - a.capitalOutMsat, 0);
        const owned = simulation.balances.balanceMsat.reduce((a, b) => a + b, 0);
        assert.equal(owned, msat(network.capacitySat) + moved);
      },
    ),
    { numRuns: 25 },
  );
});

Deno.test("Simulation is the same run whatever else was opened in between, as far as intents go", () => {
  const network = generateNetwork({ nodes: 100, rng: seededRng(2) });
  const world = { network, operators: network.nodeIds.slice(0, 3), seed: 2 };
  const intents = [0, 1].map((side) => {
    const simulation = simulationOf(world, {
      startMs: START_MS,
      paymentsPerDay: 2000,
      warmUpMs: 0,
      drift: {},
    });
    const seen: unknown[] = [];
    simulation.onIntent = (intent) => seen.push(intent);
    if (side === 1) {
      const [node, peer] = world.operators;
      simulation.intervene({ kind: "open", node, peer, capacitySat: 10_000_000 });
      const [{ channelId }] = simulation.channelStates(peer);
      simulation.schedule(START_MS + HOUR_MS, { kind: "close", node: peer, channelId });
    }
    simulation.runUntil(START_MS + DAY_MS / 2);
    simulation.check();
    return seen;
  });
  assert(intents[0].length > 500);
  assert.deepEqual(intents[0], intents[1]);
});
