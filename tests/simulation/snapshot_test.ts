import assert from "node:assert/strict";
import fc from "fast-check";
import { DAY_MS, HOUR_MS, InputError, MINUTE_MS, seededRng } from "../../lib/core/mod.ts";
import { generateNetwork } from "../../lib/network/mod.ts";
import type { LensEvent } from "../../lib/protocol/mod.ts";
import {
  readSnapshot,
  type RunOptions,
  type Simulation,
  simulationOf,
  writeSnapshot,
} from "../../lib/simulation/mod.ts";
import { START_MS, suggestion } from "./helpers.ts";

const network = generateNetwork({ nodes: 60, rng: seededRng(1) });
const world = { network, operators: network.nodeIds.slice(0, 5), seed: 1 };
const options: RunOptions = {
  startMs: START_MS,
  paymentsPerDay: 4000,
  warmUpMs: 0,
  drift: {},
  feeSetting: {},
  peerRebalancing: { perNodeDay: 20 },
  checkEveryMs: HOUR_MS,
  payments: { maxParts: 3 },
};

/** Faults, fees, channels that open and close, and a rebalance, before and after the snapshot. */
function meddle(simulation: Simulation) {
  const [node, peer] = world.operators;
  simulation.intervene({ kind: "offline", node: network.nodeIds[7], durationMs: 3 * HOUR_MS });
  simulation.intervene({ kind: "traffic", factor: 2, durationMs: 4 * HOUR_MS });
  simulation.intervene({ kind: "open", node, peer, capacitySat: 3_000_000, pushSat: 1_000_000 });
  simulation.intervene({ kind: "open", node, peer, capacitySat: 500_000, confirmMs: 5 * HOUR_MS });
  const [first, second] = simulation.channelStates(peer);
  simulation.intervene({ kind: "close", node: peer, channelId: first.channelId });
  simulation.schedule(START_MS + 5 * HOUR_MS, {
    kind: "close",
    node: peer,
    channelId: second.channelId,
  });
  const byLocal = simulation.channelStates(node)
    .toSorted((a, b) => b.localBalanceSat - a.localBalanceSat);
  const source = byLocal[0];
  const target = byLocal.toSorted((a, b) => b.remoteBalanceSat - a.remoteBalanceSat)
    .find(({ channelId }) => channelId !== source.channelId)!;
  simulation.applySuggestion(suggestion({
    node,
    sourceNode: source.peer,
    sourceChannel: source.channelId,
    targetNode: target.peer,
    targetChannel: target.channelId,
    amountMsat: 1_000_000,
    feeLimitMsat: 1_000_000,
    expiresAt: START_MS + DAY_MS,
  }));
}

function listen(simulation: Simulation): LensEvent[] {
  const events: LensEvent[] = [];
  simulation.onEvent = (event) => events.push(event);
  return events;
}

Deno.test("A simulation that was saved and loaded goes on byte by byte as the one that went on, rebalances under way included", () => {
  let inFlight = 0, rebalances = 0;
  const goesOn = (savedMs: number, probes: boolean) => {
    const run = { ...options, probing: probes ? { attemptsPerDay: 3000 } : undefined };
    const first = simulationOf(world, run);
    meddle(first);
    first.runUntil(START_MS + savedMs);
    const state = first.save(), saved = JSON.stringify(state);
    inFlight += first.inFlight;
    rebalances += state.rebalances.runs.length;
    const second = simulationOf(world, run);
    second.load(JSON.parse(saved));
    second.check();
    assert.equal(JSON.stringify(second.save()), saved);
    const events = [first, second].map((simulation) => {
      const heard = listen(simulation);
      simulation.runUntil(START_MS + 9 * HOUR_MS);
      simulation.check();
      return heard;
    });
    assert(events[0].length > 100);
    assert.equal(JSON.stringify(events[1]), JSON.stringify(events[0]));
    assert.equal(JSON.stringify(second.save()), JSON.stringify(first.save()));
    assert.deepEqual(second.operatorsAccount(), first.operatorsAccount());
  };
  for (const ms of [0, 300, 90_000, 20 * MINUTE_MS]) goesOn(ms, ms === 300);
  assert(inFlight > 0, "nothing was in flight when it was saved");
  assert(rebalances > 0, "no rebalance was under way when it was saved");
  const anywhere = fc.integer({ min: 1, max: 6 * HOUR_MS });
  fc.assert(fc.property(anywhere, fc.boolean(), goesOn), { numRuns: 4 });
});

Deno.test("Simulation.save says what it can't write down", () => {
  const simulation = simulationOf(world, options);
  simulation.at(START_MS + HOUR_MS, () => {});
  assert.throws(() => simulation.save(), /1 calls are still waited for/);
  simulation.runUntil(START_MS + HOUR_MS);
  simulation.save();
});

Deno.test("Snapshots are files that say what is wrong with them", async () => {
  const folder = await Deno.makeTempDir({ prefix: "snapshot_" });
  try {
    const path = `${folder}/a/b.json.gz`;
    const first = simulationOf(world, options), second = simulationOf(world, options);
    first.runUntil(START_MS + HOUR_MS);
    await writeSnapshot(path, first);
    await readSnapshot(path, second);
    assert.equal(second.nowMs, first.nowMs);
    assert.deepEqual(second.channelStates(), first.channelStates());
    const fails = (name: string, into: Simulation, message: RegExp) =>
      assert.rejects(
        readSnapshot(`${folder}/${name}`, into),
        (error) => error instanceof InputError && message.test(error.message),
      );
    const others = { ...world, operators: network.nodeIds.slice(1, 6) };
    await fails("a/b.json.gz", simulationOf(others, options), /another simulation: operators/);
    const small = generateNetwork({ nodes: 30, rng: seededRng(1) });
    const elsewhere = { ...world, network: small, operators: world.operators };
    await fails("a/b.json.gz", simulationOf(elsewhere, options), /another simulation: a graph/);
    await Deno.writeTextFile(
      `${folder}/old.json`,
      '{"format":"lightning-lens-simulation","version":0}',
    );
    await fails("old.json", second, /of version 0.*version 2/s);
    await Deno.writeTextFile(`${folder}/other.json`, "[1]");
    await fails("other.json", second, /something else/);
    await Deno.writeFile(`${folder}/cut.gz`, (await Deno.readFile(path)).subarray(0, 500));
    await fails("cut.gz", second, /truncated gzip/);
    await fails("none.json", second, /no such file/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("Rng.save and load go on where a stream stood, half a pair of normal numbers included", () => {
  const rng = seededRng(3);
  rng.normal();
  const other = seededRng(3);
  other.load(rng.save());
  const draw = (from: typeof rng) => [from.normal(), from.float(), from.int(9), from.normal()];
  assert.deepEqual(draw(other), draw(rng));
});
