import { MSAT_PER_SAT } from "../../core/mod.ts";
import type { Simulation } from "../../simulation/mod.ts";

/** One figure of a run. */
interface Metric {
  unit: string;
  /** Digits after the point. */
  digits: number;
  read(simulation: Simulation, days: number): number;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Figures of a run, over its measured time. Those a day are means over days. */
export const METRICS = {
  "payments a day": {
    unit: "",
    digits: 1,
    read: (simulation, days) => simulation.statistics().payments / days,
  },
  "payments that arrived": {
    unit: "%",
    digits: 2,
    read: (simulation) => 100 * simulation.statistics().successRate,
  },
  "attempts a payment": {
    unit: "",
    digits: 3,
    read: (simulation) => {
      const { attempts, payments } = simulation.statistics();
      return share(attempts, payments);
    },
  },
  "volume that arrived a day": {
    unit: "sat",
    digits: 0,
    read: (simulation, days) => simulation.statistics().volumeMsat / MSAT_PER_SAT / days,
  },
  "fees paid": {
    unit: "ppm",
    digits: 1,
    read: (simulation) => {
      const { feesMsat, volumeMsat } = simulation.statistics();
      return 1_000_000 * share(feesMsat, volumeMsat);
    },
  },
  "operators: forwards a day": {
    unit: "",
    digits: 1,
    read: (simulation, days) => simulation.operatorsAccount().forwards / days,
  },
  "operators: failed there": {
    unit: "%",
    digits: 2,
    read: (simulation) => {
      const { forwards, failedHere, failedDownstream } = simulation.operatorsAccount();
      return 100 * share(failedHere, forwards + failedHere + failedDownstream);
    },
  },
  "operators: net income a day": {
    unit: "sat",
    digits: 1,
    read: (simulation, days) => {
      const { forwardIncomeMsat, rebalanceCostMsat } = simulation.operatorsAccount();
      return (forwardIncomeMsat - rebalanceCostMsat) / MSAT_PER_SAT / days;
    },
  },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
