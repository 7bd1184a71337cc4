import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, seededRng } from "../../lib/core/mod.ts";
import { generateNetwork, type Network } from "../../lib/network/mod.ts";
import { buildWorld, simulationOf } from "../../lib/simulation/mod.ts";
import { TermsDrift } from "../../lib/simulation/operators/terms_drift.ts";
import { ringNetwork, smallSimulation, START_MS } from "./helpers.ts";

function driftOf(network: Network, spared: (direction: number) => boolean = () => false) {
  return new TermsDrift(network, { rng: seededRng(1), startMs: START_MS, spared });
}

/** Lets terms drift for so many days; told of every change of a rate. */
function run(
  network: Network,
  drift: TermsDrift,
  days: number,
  onRate: (direction: number, before: number, after: number) => void = () => {},
) {
  let switchedOff = 0;
  while (drift.nextMs <= START_MS + days * DAY_MS) {
    const rates = network.feeRatePpm.slice(), disabled = network.disabled.slice();
    const direction = drift.apply();
    const after = network.feeRatePpm[direction];
    if (after !== rates[direction]) onRate(direction, rates[direction], after);
    if (network.disabled[direction] > disabled[direction]) switchedOff++;
  }
  return { switchedOff };
}

Deno.test("TermsDrift: 7 % of directions reprice a day, half of them by 20 % or more, up as often as down", () => {
  const network = generateNetwork({ nodes: 400, rng: seededRng(1) });
  const directions = 2 * network.channelCount, days = 5;
  let changes = 0, ups = 0;
  const steps: number[] = [];
  const { switchedOff } = run(network, driftOf(network), days, (_, before, after) => {
    changes++;
    if (after > before) ups++;
    // Small rates can't move by fractions.
    if (before >= 50) steps.push(Math.abs(Math.log(after / before)));
  });
  const repriced = changes / directions / days;
  assert(Math.abs(repriced - 0.07) < 0.01, `repriced ${repriced}`);
  assert(Math.abs(ups / changes - 0.5) < 0.06, `up ${ups / changes}`);
  const median = steps.sort((a, b) => a - b)[steps.length >> 1];
  assert(Math.abs(Math.exp(median) - 1.2) < 0.03, `median step ${Math.exp(median)}`);
  // Off and, for most, on again on the same day: 2 to 4 % of flips.
  const off = switchedOff / directions / days;
  assert(off > 0.01 && off < 0.02, `switched off ${off}`);
});

Deno.test("TermsDrift: what was switched off comes on again, what is spared stays", () => {
  const network = generateNetwork({ nodes: 200, rng: seededRng(2) });
  const spared = (direction: number) => network.source[direction] < 40;
  const before = { rates: network.feeRatePpm.slice(), off: network.disabled.slice() };
  const drift = driftOf(network, spared);
  run(network, drift, 10);
  const offNow = network.disabled.filter((off, d) => off > before.off[d]).length;
  // In balance: 1.5 % a day for half a day each.
  const expected = 0.015 * 0.5 * network.disabled.length;
  assert(offNow < 3 * expected, `${offNow} off, expected about ${expected}`);
  for (let d = 0; d < network.disabled.length; d++) {
    if (!spared(d)) continue;
    assert.equal(network.feeRatePpm[d], before.rates[d]);
    assert.equal(network.disabled[d], before.off[d]);
  }
});

Deno.test("Simulation with drift: twins stay twins, the world stays as it was, peers' terms are told", async () => {
  const world = await buildWorld({ nodes: 200, operators: 4, seed: 1 });
  const rates = world.network.feeRatePpm.slice();
  const options = { startMs: START_MS, paymentsPerDay: 500, warmUpMs: 0, drift: {} };
  const runs = [0, 1].map(() => {
    const simulation = simulationOf(world, options);
    const told = new Map<string, number | undefined>();
    simulation.onEvent = (event) => {
      if (event.kind !== "channel_state") return;
      const { node, channelId, remotePolicy } = event.channel;
      told.set(node + channelId, remotePolicy?.feeRatePpm);
    };
    simulation.runUntil(START_MS + 3 * DAY_MS);
    simulation.check();
    return { simulation, told };
  });
  const [a, b] = runs.map(({ simulation }) => simulation);
  assert.deepEqual(a.channelStates(), b.channelStates());
  assert.deepEqual(world.network.feeRatePpm, rates);
  assert.notDeepEqual(a.network.feeRatePpm, rates);
  let changed = 0;
  for (const { node, channelId, remotePolicy } of a.channelStates()) {
    const direction = a.network.directionFrom(
      a.network.nodeOf(node)!,
      a.network.channelOf(channelId)!,
    )! ^ 1;
    if (remotePolicy?.feeRatePpm === rates[direction]) continue;
    changed++;
    assert.equal(runs[0].told.get(node + channelId), remotePolicy?.feeRatePpm);
  }
  assert(changed > 5, `${changed} changed`);
});

Deno.test("Simulation.setFees changes what is charged, and is told", () => {
  const { simulation, events } = smallSimulation(ringNetwork(), ["a"]);
  simulation.runUntil(START_MS + HOUR_MS);
  simulation.intervene({
    kind: "fees",
    node: "a",
    channelId: "ab",
    baseFeeMsat: 5,
    feeRatePpm: 999,
  });
  const event = events.filter((e) => e.kind === "channel_state").at(-1)!;
  assert.equal(event.channel.channelId, "ab");
  assert.equal(event.channel.localPolicy?.feeRatePpm, 999);
  const direction = simulation.network.directionFrom(
    simulation.network.nodeOf("a")!,
    simulation.network.channelOf("ab")!,
  )!;
  assert.equal(simulation.network.feeMsat(direction, 1_000_000), 5 + 999);
  const fees = { baseFeeMsat: 0, feeRatePpm: 0 };
  assert.throws(
    () => simulation.intervene({ kind: "fees", node: "a", channelId: "cb", ...fees }),
    RangeError,
  );
  assert.throws(
    () => simulation.intervene({ kind: "fees", node: "zz", channelId: "ab", ...fees }),
    RangeError,
  );
});
