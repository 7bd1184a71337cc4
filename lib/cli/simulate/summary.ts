import { isoTime, msatToSat, textTable } from "../../core/mod.ts";
import { snakeNames } from "../../protocol/mod.ts";
import type { Simulation } from "../../simulation/mod.ts";
import { finalTable } from "../demo/report.ts";
import { type Figures, toldFigures } from "../twin/figures.ts";
import type { Pair } from "../twin/following_twin.ts";

/** What a run came to, for machines. */
export function simulationSummary(simulation: Simulation, seed: number, pair?: Pair) {
  const { network, operators } = simulation;
  const { volumeMsat, feesMsat, suggestions, ...counts } = simulation.statistics();
  return {
    seed,
    nodes: network.nodeCount,
    channels: network.channelCount,
    virtual_time: isoTime(simulation.nowMs),
    payments: counts.payments,
    settled: counts.settled,
    success_rate: counts.successRate,
    attempts: counts.attempts,
    volume_msat: volumeMsat,
    fees_msat: feesMsat,
    suggestions,
    ...(pair === undefined ? {} : {
      twins: { lens: toldOf(pair.lens), baseline: toldOf(pair.twin) },
    }),
    operators: operators.map((id) => {
      const account = simulation.account(id);
      return {
        node: id,
        channels: network.degree(network.nodeOf(id)!),
        forwards: account.forwards,
        failed_here: account.failedHere,
        failed_downstream: account.failedDownstream,
        income_msat: account.forwardIncomeMsat,
        rebalances: account.rebalances,
        rebalance_cost_msat: account.rebalanceCostMsat,
        net_msat: account.forwardIncomeMsat - account.rebalanceCostMsat,
      };
    }),
  };
}

function toldOf(figures: Figures) {
  return snakeNames(toldFigures(figures));
}

/** What each operator earned and spent; beside the twin, where there is one. */
export function summaryTable(simulation: Simulation, pair?: Pair): string[] {
  const { network } = simulation;
  const sat = (amountMsat: number) => msatToSat(amountMsat).toLocaleString("en-US");
  const rows = [...simulation.operators, undefined].map((id) => {
    const account = id === undefined ? simulation.operatorsAccount() : simulation.account(id);
    const node = id === undefined ? undefined : network.nodeOf(id)!;
    return [
      node === undefined ? "all" : network.aliases[node] || network.nodeIds[node].slice(0, 16),
      node === undefined ? "" : String(network.degree(node)),
      account.forwards.toLocaleString("en-US"),
      account.failedHere.toLocaleString("en-US"),
      sat(account.forwardIncomeMsat),
      String(account.rebalances),
      sat(account.rebalanceCostMsat),
      sat(account.forwardIncomeMsat - account.rebalanceCostMsat),
    ];
  });
  const operators = textTable([
    "operator",
    "channels",
    "forwards",
    "failed here",
    "income sat",
    "rebalances",
    "cost sat",
    "net sat",
  ], rows);
  return pair === undefined ? operators : [...operators, "", ...finalTable(pair.lens, pair.twin)];
}
