import assert from "node:assert/strict";
import { seededRng } from "../../../lib/core/mod.ts";
import { generateNetwork } from "../../../lib/network/mod.ts";
import { measureUplift, type PolicyName, type RunRecord } from "../../../lib/evaluation/mod.ts";
import { coreNetwork } from "../../../lib/evaluation/uplift/core_network.ts";
import { runJob } from "../../../lib/evaluation/uplift/job.ts";
import { netMsat } from "../../../lib/evaluation/uplift/record.ts";
import type { UpliftSetup } from "../../../lib/evaluation/uplift/setup.ts";
import { upliftGraph } from "../../../lib/evaluation/uplift/world.ts";

const SETUP: UpliftSetup = {
  nodes: 60,
  operators: 3,
  paymentsPerDay: 500,
  warmUpDays: 1,
  actingDays: 1,
  tailDays: 0.5,
};
const graph = await upliftGraph(SETUP);

function run(policy: PolicyName, more: { scenario?: RunRecord["scenario"]; seed?: number } = {}) {
  return runJob({ setup: SETUP, scenario: "base", seed: 1, ...more, policy }, graph);
}

/** What everyone saw of the traffic: the same where it depends on the seed alone. */
function traffic({ payments, nodes }: RunRecord) {
  return { payments, nodes: nodes.map(({ node }) => node) };
}

Deno.test("runJob gives all policies of a seed the same nodes and payments, and itself again", () => {
  const none = run("none");
  assert.equal(none.nodes.length, 3);
  assert.equal(none.suggestions.made, 0);
  assert.deepEqual(none.nodes.map(({ rebalanceCostMsat }) => rebalanceCostMsat), [0, 0, 0]);
  assert.deepEqual(run("none"), none);
  assert.notDeepEqual(run("none", { seed: 2 }), none);
  const refilled = run("50/50@300");
  assert.ok(refilled.suggestions.made > 0);
  assert.deepEqual(traffic(refilled).nodes, traffic(none).nodes);
  // Payments under way at the ends of the time that counts may end a little earlier or later.
  assert.ok(Math.abs(refilled.payments - none.payments) <= 0.02 * none.payments);
});

Deno.test("runJob counts each suggestion once, and what was moved is what nodes moved", () => {
  for (const policy of ["50/50@300", "persistence", "ours", "hindsight+routes"] as const) {
    const { suggestions, nodes, paybacks } = run(policy);
    const { made, applied, failed, refused } = suggestions;
    assert.equal(applied + failed + refused, made, policy);
    const moved = nodes.reduce((sum, { rebalancedMsat }) => sum + rebalancedMsat, 0);
    assert.equal(moved, suggestions.movedMsat, policy);
    assert.ok(suggestions.movedMsat <= suggestions.askedMsat, policy);
    assert.ok(paybacks.length <= applied, policy);
  }
});

Deno.test("only jittered balances change a run in which nobody acts", () => {
  const jittered = run("none-jittered");
  assert.notDeepEqual(jittered.nodes.map(netMsat), run("none").nodes.map(netMsat));
  assert.deepEqual(traffic(jittered).nodes, traffic(run("none")).nodes);
});

Deno.test("ours states how sure it is and what it forecasts", () => {
  const { forecasts, paybacks } = run("ours");
  assert.ok(forecasts !== null && forecasts.windows > 0);
  assert.ok(forecasts.coverageAll! > 0 && forecasts.coverageAll! <= 1);
  for (const { confidence } of paybacks) assert.ok(confidence >= 0 && confidence <= 1);
});

Deno.test("scenarios run, and change what they say they change", () => {
  const base = run("none");
  const settled = (scenario: RunRecord["scenario"]) => run("none", { scenario }).settled;
  assert.ok(settled("slack") > base.settled);
  assert.ok(settled("tight") < base.settled);
  for (const scenario of ["refresh", "volatile", "fees", "others"] as const) {
    assert.notDeepEqual(run("none", { scenario }).nodes, base.nodes, scenario);
  }
  assert.ok(run("evd50", { scenario: "alone" }).nodes.length === 3);
});

Deno.test("measureUplift gives the same figures for any number of threads, and from the cache", async () => {
  const cacheFolder = await Deno.makeTempDir();
  try {
    const experiment = {
      setup: SETUP,
      scenarios: ["base"],
      policies: ["evd50", "ours"],
      seeds: [1, 2],
    } as const;
    const seen: boolean[] = [];
    const onRun = (_: RunRecord, { cached }: { cached: boolean }) => seen.push(cached);
    const one = await measureUplift(experiment, { workers: 1, cacheFolder, onRun });
    const three = await measureUplift(experiment, { workers: 3 });
    const kept = await measureUplift(experiment, { workers: 2, cacheFolder, onRun });
    assert.equal(JSON.stringify(three), JSON.stringify(one));
    assert.equal(JSON.stringify(kept), JSON.stringify(one));
    assert.deepEqual(one[0].map(({ policy }) => policy), ["none", "evd50", "ours"]);
    assert.deepEqual(seen, [...Array(6).fill(false), ...Array(6).fill(true)]);
    // Another set-up finds nothing there.
    const other = { ...experiment, policies: [], setup: { ...SETUP, paymentsPerDay: 499 } };
    await measureUplift(other, { workers: 2, cacheFolder, onRun });
    assert.deepEqual(seen.slice(12), [false, false]);
  } finally {
    await Deno.remove(cacheFolder, { recursive: true });
  }
});

Deno.test("coreNetwork keeps the best-connected nodes and the channels between them", () => {
  const network = generateNetwork({ nodes: 80, rng: seededRng(3) });
  const core = coreNetwork(network, 20);
  assert.ok(core.nodeCount <= 20 && core.channelCount > 0);
  const least = Math.min(
    ...core.nodeIds.map((id) => network.degree(network.nodeOf(id)!)),
  );
  const left = network.nodeIds.filter((id) => core.nodeOf(id) === undefined)
    .map((id) => network.degree(network.nodeOf(id)!));
  // Those left out have no more channels, but for nodes without any channel into the core.
  assert.ok(left.filter((degree) => degree > least).length <= 20 - core.nodeCount);
  for (let channel = 0; channel < core.channelCount; channel++) {
    const original = network.channelOf(core.channelIds[channel])!;
    assert.equal(core.capacitySat[channel], network.capacitySat[original]);
    assert.equal(core.feeRatePpm[2 * channel], network.feeRatePpm[2 * original]);
  }
  assert.equal(coreNetwork(network, 80), network);
});
