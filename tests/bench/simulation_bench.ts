import process from "node:process";
import { DAY_MS, seededRng } from "../../lib/core/mod.ts";
import { generateNetwork, loadNetwork, type Network, RouteFinder } from "../../lib/network/mod.ts";
import { buildWorld, InstantPayer, simulationOf } from "../../lib/simulation/mod.ts";
import { initialBalances } from "../../lib/network/mod.ts";
import type { Bench, BenchRow } from "./bench_row.ts";

/** A real snapshot beside the repository; not everybody has it. */
const REAL_GRAPH = "../shared/data/network-2024-09-22/describegraph.json.gz";

/** Processor time of this process in seconds: other programs on the machine don't count. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Does work `runs` times after one that doesn't count; each returns how much was done. */
function rates(runs: number, work: (run: number) => number): number[] {
  work(-1);
  return Array.from({ length: runs }, (_, run) => {
    const start = cpuSeconds();
    const done = work(run);
    return done / (cpuSeconds() - start);
  });
}

function row(name: string, metric: string, unit: string, values: number[]): BenchRow {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    bench: "simulation",
    case: name,
    metric,
    value: sorted[sorted.length >> 1],
    unit,
    runs: sorted.length,
    min: sorted[0],
    max: sorted[sorted.length - 1],
  };
}

/** Payments of one amount between random nodes, as CLoTH's benchmarks have them. */
function payments(network: Network, amountSat: number, count: number, seed: number) {
  const rng = seededRng(seed);
  const payer = new InstantPayer(initialBalances(network, rng, { rule: "even" }));
  let settled = 0, attempts = 0;
  for (let i = 0; i < count; i++) {
    const sender = rng.int(network.nodeCount);
    const receiver = (sender + 1 + rng.int(network.nodeCount - 1)) % network.nodeCount;
    const result = payer.pay({ timeMs: i * 1000, sender, receiver, amountMsat: amountSat * 1000 });
    if (result.success) settled++;
    attempts += result.attempts;
  }
  return { success: settled / count, attempts: attempts / count };
}

/** Speed of the simulator: payments, whole days, the planner's searches, loading. No peer is run here. */
export const run: Bench = async (report, { quick }) => {
  const runs = quick ? 2 : 5;
  const big = generateNetwork({ nodes: quick ? 1500 : 6000, rng: seededRng(1) });
  const label = `${big.nodeCount} nodes, ${big.channelCount} channels`;
  for (const amountSat of [100, 50_000, 500_000]) {
    const count = quick ? 200 : 1000;
    const name = `${amountSat} sat, ${label}`;
    let last = { success: 0, attempts: 0 };
    const speed = rates(runs, (seed) => {
      last = payments(big, amountSat, count, seed + 2);
      return count;
    });
    report(row(name, "payments", "/cpu s", speed));
    report(row(name, "success rate", "", [last.success]));
    report(row(name, "attempts a payment", "", [last.attempts]));
  }
  const world = await buildWorld({ nodes: 500, operators: 10, seed: 1 });
  const days = quick ? 1 : 4;
  report(row(
    "whole simulation, 500 nodes",
    "payments",
    "/cpu s",
    rates(runs, () => {
      const simulation = simulationOf(world, { startMs: 0, paymentsPerDay: 6000, warmUpMs: 0 });
      simulation.runUntil(days * DAY_MS);
      simulation.check();
      return simulation.statistics().payments;
    }),
  ));
  const finder = new RouteFinder(big);
  report(row(
    label,
    "circular costs of all sources",
    "/cpu s",
    rates(runs, (seed) => {
      const rng = seededRng(seed + 2);
      for (let i = 0; i < 100; i++) {
        const targetChannel = rng.int(big.channelCount);
        const node = big.source[2 * targetChannel];
        finder.circularCosts({ node, targetChannel, amountMsat: 100_000_000 });
      }
      return 100;
    }),
  ));
  await realGraph(report, runs);
};

async function realGraph(report: (row: BenchRow) => void, runs: number): Promise<void> {
  if (!await Deno.stat(REAL_GRAPH).then(() => true, () => false)) {
    console.error(`simulation: skipped the real graph (${REAL_GRAPH} is absent)`);
    return;
  }
  const seconds: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = cpuSeconds();
    const network = await loadNetwork(REAL_GRAPH);
    payments(network, 50_000, 1, i);
    seconds.push(cpuSeconds() - start);
  }
  report(row("real graph", "load to first payment", "cpu s", seconds));
  report(row("real graph", "resident memory", "MB", [Deno.memoryUsage().rss / 1e6]));
}
