import type { SimulationFigures } from "../../protocol/mod.ts";
import type { Simulation } from "../../simulation/mod.ts";

/** What the operators of one simulation have to show since a moment. Msat. */
export interface Figures {
  payments: number;
  settled: number;
  forwards: number;
  feesEarnedMsat: number;
  rebalanceCostMsat: number;
  /** Net income of each operator, in the order of the simulation's operators. */
  netByOperatorMsat: number[];
}

/** Figures since the start of the simulation's accounts. */
export function figuresOf(simulation: Simulation): Figures {
  const { payments, settled } = simulation.statistics();
  const all = simulation.operatorsAccount();
  return {
    payments,
    settled,
    forwards: all.forwards,
    feesEarnedMsat: all.forwardIncomeMsat,
    rebalanceCostMsat: all.rebalanceCostMsat,
    netByOperatorMsat: simulation.operators.map((id) => {
      const { forwardIncomeMsat, rebalanceCostMsat } = simulation.account(id);
      return forwardIncomeMsat - rebalanceCostMsat;
    }),
  };
}

/** What came since `earlier`. */
export function figuresSince(now: Figures, earlier: Figures): Figures {
  return {
    payments: now.payments - earlier.payments,
    settled: now.settled - earlier.settled,
    forwards: now.forwards - earlier.forwards,
    feesEarnedMsat: now.feesEarnedMsat - earlier.feesEarnedMsat,
    rebalanceCostMsat: now.rebalanceCostMsat - earlier.rebalanceCostMsat,
    netByOperatorMsat: now.netByOperatorMsat.map((net, i) => net - earlier.netByOperatorMsat[i]),
  };
}

/** Fees earned less fees of rebalances, msat. */
export function netIncomeMsat(figures: Figures): number {
  return figures.feesEarnedMsat - figures.rebalanceCostMsat;
}

/** Share of the payments of the whole network that arrived; 0 before the first. */
export function successRate({ payments, settled }: Figures): number {
  return payments === 0 ? 0 : settled / payments;
}

/** What both sides have to show, as it is told; `pair` where a twin runs beside. */
export function toldPair(
  simulation: Simulation,
  pair?: { lens: Figures; twin: Figures },
): { lens: SimulationFigures; baseline?: SimulationFigures } {
  const { lens = figuresOf(simulation), twin } = pair ?? {};
  return { lens: toldFigures(lens), baseline: twin && toldFigures(twin) };
}

/** As they are told to others. */
export function toldFigures(figures: Figures): SimulationFigures {
  const { payments, forwards, feesEarnedMsat, rebalanceCostMsat } = figures;
  return {
    payments,
    successRate: successRate(figures),
    forwards,
    feesEarnedMsat,
    rebalanceCostMsat,
    netIncomeMsat: netIncomeMsat(figures),
  };
}
