import { DAY_MS, seededRng } from "../../lib/core/mod.ts";
import {
  generateNetwork,
  initialBalances,
  type Network,
  RouteFinder,
  ROUTER_KINDS,
  type RouterKind,
} from "../../lib/network/mod.ts";
import { buildWorld, simulationOf } from "../../lib/simulation/mod.ts";
import type { Bench, BenchRow } from "./bench_row.ts";
import { compareWithCloth } from "./cloth_peer.ts";
import { cpuSeconds } from "./cpu_seconds.ts";
import { printedBy } from "./own_process.ts";
import { drawPayments, sendAll, summaryOf } from "./router_payments.ts";

/** A real snapshot beside the repository; not everybody has it. */
const REAL_GRAPH = "../shared/data/network-2024-09-22/describegraph.json.gz";

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
function payments(
  network: Network,
  { kind, amountSat, count, seed }: {
    kind: RouterKind;
    amountSat: number;
    count: number;
    seed: number;
  },
) {
  const rng = seededRng(seed);
  const balances = initialBalances(network, rng, { rule: "even" });
  const drawn = drawPayments(network, { amountSat, count, rng });
  return summaryOf(sendAll(kind, network, { balances, payments: drawn }));
}

/** Speed of the simulator: payments, whole days, the planner's searches, loading; and beside CLoTH where `--peer` names it. */
export const run: Bench = async (report, { quick, peer }) => {
  if (peer === undefined) console.error("simulation: skipped CLoTH (--peer names no folder)");
  else await compareWithCloth(report, peer, { quick });
  const runs = quick ? 2 : 5;
  const big = generateNetwork({ nodes: quick ? 1500 : 6000, rng: seededRng(1) });
  const label = `${big.nodeCount} nodes, ${big.channelCount} channels`;
  for (const kind of ROUTER_KINDS) {
    for (const amountSat of kind === "prior" ? [100, 50_000, 500_000] : [50_000]) {
      const count = quick ? 100 : 500;
      const name = `${kind}, ${amountSat} sat, ${label}`;
      let last = { success: 0, attempts: 0 };
      const speed = rates(runs, (seed) => {
        last = payments(big, { kind, amountSat, count, seed: seed + 2 });
        return count;
      });
      report(row(name, "payments", "/cpu s", speed));
      report(row(name, "success rate", "", [last.success]));
      report(row(name, "attempts a payment", "", [last.attempts]));
    }
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
  await realGraph(report, { runs: 2, quick });
};

/** Time to the first payment and memory, each run a process of its own. */
async function realGraph(
  report: (row: BenchRow) => void,
  { runs, quick }: { runs: number; quick: boolean },
): Promise<void> {
  if (!await Deno.stat(REAL_GRAPH).then(() => true, () => false)) {
    console.error(`simulation: skipped the real graph (${REAL_GRAPH} is absent)`);
    return;
  }
  const count = quick ? 5000 : 100_000;
  const seconds: number[] = [], megabytes: number[] = [];
  for (let i = 0; i < runs; i++) {
    const printed = await printedBy("./simulation_memory.ts", [REAL_GRAPH, count]);
    const [first, peak] = printed.split(" ").map(Number);
    seconds.push(first);
    megabytes.push(peak);
  }
  report(row("real graph", "load to first payment", "cpu s", seconds));
  report(row(`real graph, ${count} payments`, "peak memory", "MB", megabytes));
}
