import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, seededRng, UsageError } from "../../lib/core/mod.ts";
import { generateNetwork, loadNetwork } from "../../lib/network/mod.ts";
import type { LensEvent } from "../../lib/protocol/mod.ts";
import {
  buildWorld,
  chooseOperators,
  type Intent,
  type Simulation,
  simulationOf,
  type World,
} from "../../lib/simulation/mod.ts";
import { START_MS, suggestion } from "./helpers.ts";

const world = await buildWorld({ nodes: 300, operators: 8, seed: 3 });

interface Run {
  simulation: Simulation;
  events: LensEvent[];
  intents: Intent[];
}

function runOf(
  { in: place = world, days = 2, paymentsPerDay = 1500, warmUpMs = HOUR_MS, between }: {
    in?: World;
    days?: number;
    paymentsPerDay?: number;
    warmUpMs?: number;
    between?: (simulation: Simulation) => void;
  } = {},
): Run {
  const simulation = simulationOf(place, { startMs: START_MS, paymentsPerDay, warmUpMs });
  const events: LensEvent[] = [], intents: Intent[] = [];
  simulation.onEvent = (event) => events.push(event);
  simulation.onIntent = (intent) => intents.push(intent);
  for (let hour = 1; hour <= 24 * days; hour++) {
    simulation.runUntil(START_MS + hour * HOUR_MS);
    between?.(simulation);
  }
  simulation.check();
  return { simulation, events, intents };
}

/** Something to do every hour: moves a tenth of the fullest channel to the emptiest of each operator. */
function meddle(simulation: Simulation) {
  for (const node of simulation.operators) {
    const channels = simulation.channelStates(node)
      .sort((a, b) => a.localBalanceSat / a.capacitySat - b.localBalanceSat / b.capacitySat);
    const target = channels[0], source = channels[channels.length - 1];
    simulation.applySuggestion(suggestion({
      node,
      sourceNode: source.peer,
      sourceChannel: source.channelId,
      targetNode: target.peer,
      targetChannel: target.channelId,
      amountMsat:
        Math.floor(Math.min(source.localBalanceSat, target.remoteBalanceSat) / 10) * 1000 + 1,
      feeLimitMsat: 10_000_000,
      expiresAt: simulation.nowMs + HOUR_MS,
    }));
  }
}

Deno.test("Simulation: the same seed, the same bytes; another seed, others", async () => {
  const first = JSON.stringify(runOf().events);
  assert.equal(JSON.stringify(runOf().events), first);
  const other = await buildWorld({ nodes: 300, operators: 8, seed: 4 });
  assert.notEqual(JSON.stringify(runOf({ in: other }).events), first);
});

Deno.test("Simulation: stepping in other intervals changes nothing", () => {
  const byHour = runOf({ days: 1 });
  const simulation = simulationOf(world, {
    startMs: START_MS,
    paymentsPerDay: 1500,
    warmUpMs: HOUR_MS,
  });
  const events: LensEvent[] = [];
  simulation.onEvent = (event) => events.push(event);
  while (simulation.nextMs <= START_MS + DAY_MS) simulation.step();
  assert.equal(JSON.stringify(events), JSON.stringify(byHour.events));
});

Deno.test("Simulation twins see the same payment intents whatever is done to one of them", () => {
  const left = runOf(), right = runOf({ between: meddle });
  assert(right.simulation.statistics().suggestions.applied > 20);
  assert.deepEqual(right.intents, left.intents);
  assert.notDeepEqual(right.simulation.channelStates(), left.simulation.channelStates());
});

Deno.test("Simulation keeps every satoshi and ends every HTLC under payments, refreshes and rebalances", () => {
  const { simulation } = runOf({ between: (s) => (meddle(s), s.check()) });
  assert(simulation.inFlight > 0);
  simulation.drain();
  assert.equal(simulation.inFlight, 0);
  simulation.check();
  const capacity = simulation.network.capacitySat.reduce((a, b) => a + b, 0);
  const owned = simulation.balances.balanceMsat.reduce((a, b) => a + b, 0);
  assert.equal(owned, capacity * 1000);
});

Deno.test("Simulation events come in order of time, each with its own id, and agree with the accounts", () => {
  const { simulation, events } = runOf({ between: meddle });
  assert.equal(new Set(events.map((e) => e.eventId)).size, events.length);
  events.reduce((last, { timeMs }) => (assert(timeMs >= last), timeMs), START_MS);
  for (const node of simulation.operators) {
    const forwards = events.filter((e) => e.kind === "forward").map((e) => e.forward)
      .filter((f) => f.node === node);
    const settled = forwards.filter((f) => f.outcome === "settled");
    const account = simulation.account(node);
    assert.equal(account.forwards, settled.length);
    assert.equal(
      account.failedHere,
      forwards.filter((f) => f.outcome === "failed_here").length,
    );
    assert.equal(
      account.forwardIncomeMsat,
      settled.reduce((sum, f) => sum + f.inAmountMsat - f.outAmountMsat, 0),
    );
    const cost = events.filter((e) => e.kind === "rebalance").map((e) => e.rebalance)
      .filter((r) => r.node === node).reduce((sum, r) => sum + r.feeMsat, 0);
    assert.equal(account.rebalanceCostMsat, cost);
  }
});

Deno.test("Simulation events let a listener know every balance: the last state told is the state", () => {
  const { simulation, events } = runOf({ between: meddle });
  simulation.drain();
  const told = new Map<string, number>();
  for (const event of events) {
    if (event.kind !== "channel_state") continue;
    const { node, channelId, localBalanceSat } = event.channel;
    told.set(node + channelId, localBalanceSat);
  }
  assert(told.size > 50);
  for (const { node, channelId, localBalanceSat } of simulation.channelStates()) {
    const last = told.get(node + channelId);
    if (last !== undefined) assert.equal(last, localBalanceSat);
  }
});

Deno.test("chooseOperators takes routing nodes from the middle, the same for the same seed", () => {
  const network = generateNetwork({ nodes: 1000, rng: seededRng(1) });
  const operators = chooseOperators(network, 15, seededRng(1));
  assert.deepEqual(chooseOperators(network, 15, seededRng(1)), operators);
  assert.equal(new Set(operators).size, 15);
  for (const id of operators) {
    const degree = network.degree(network.nodeOf(id)!);
    assert(degree >= 8 && degree < 140, String(degree));
  }
  assert.throws(() => chooseOperators(network, 900, seededRng(1)), UsageError);
});

/** A real snapshot beside the repository; not everybody has it. */
const REAL_GRAPH = "../shared/data/network-2024-09-22/describegraph.json.gz";
const hasRealGraph = await Deno.stat(REAL_GRAPH).then(() => true, () => false);
if (!hasRealGraph) console.log(`skipped: tests on the real graph (${REAL_GRAPH} is absent)`);

Deno.test({
  name: "Simulation runs on a real snapshot of the network",
  ignore: !hasRealGraph,
  fn: async () => {
    const network = await loadNetwork(REAL_GRAPH);
    const place = { network, operators: chooseOperators(network, 10, seededRng(1)), seed: 1 };
    const { simulation } = runOf({ in: place, days: 1 / 24, paymentsPerDay: 9000, warmUpMs: 0 });
    assert(simulation.statistics().payments > 50);
    assert(simulation.statistics().successRate > 0.4);
  },
});
