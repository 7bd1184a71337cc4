import { MSAT_PER_SAT } from "../core/mod.ts";
import { type CircularCost, type Network, RouteFinder } from "../network/mod.ts";
import type { RouteEstimate, RouteEstimator } from "../planning/mod.ts";
import type { SuggestionResult } from "../protocol/mod.ts";

/** What a rebalance is taken to cost where no topology is known. */
export interface CostPrior {
  feeRatePpm: number;
  baseFeeMsat: number;
  /** Chance that it works. */
  probability: number;
}

/**
 * Without a graph: what nine in ten rebalances of a real node cost at most (its median was 41 ppm).
 */
export const COST_PRIOR: CostPrior = { feeRatePpm: 85, baseFeeMsat: 1000, probability: 0.3 };

/** Amounts are rounded to a grid, a factor 2 apart, so that searches can be shared. */
const GRID_SAT = 10_000;
/** How many observed results the route's own probability counts for. */
const PRIOR_WEIGHT = 2;
/** After this time a result counts half. */
const MEMORY_HALF_LIFE_MS = 24 * 3_600_000;
/** Fees above this part of the amount are no route: 1 %. */
const FEE_LIMIT_SHARE = 0.01;

interface Outcomes {
  applied: number;
  failed: number;
  timeMs: number;
}

/**
 * Expected fee and chance of circular routes: from the channel graph where one is known, corrected
 * by what became of earlier suggestions into the same channel.
 */
export class RouteCosts {
  #finder: RouteFinder | undefined;
  #costs = new Map<string, Map<number, CircularCost>>();
  #outcomes = new Map<string, Outcomes>();
  #nowMs = -Infinity;

  constructor(readonly prior: CostPrior = COST_PRIOR) {}

  /** From now on routes come from this graph. */
  setNetwork(network: Network): void {
    this.#finder = new RouteFinder(network);
    this.#costs.clear();
  }

  /** Remembers whether a rebalance into its target channel worked. Refusals teach nothing. */
  learn(timeMs: number, result: SuggestionResult): void {
    if (result.status === "refused") return;
    const key = outcomeKey(result.node, result.targetChannel);
    const { applied, failed } = this.#decayed(key, timeMs);
    this.#outcomes.set(key, {
      applied: applied + (result.status === "applied" ? 1 : 0),
      failed: failed + (result.status === "failed" ? 1 : 0),
      timeMs,
    });
  }

  /** An estimator for one plan made at `timeMs`. */
  estimator(timeMs: number): RouteEstimator {
    this.#nowMs = timeMs;
    return ({ node, targetChannel, amountMsat }) => {
      const graph = this.#finder?.network;
      const nodeIndex = graph?.nodeOf(node), targetIndex = graph?.channelOf(targetChannel);
      if (graph === undefined || nodeIndex === undefined || targetIndex === undefined) {
        return () => this.#corrected(node, targetChannel, this.#priorEstimate(amountMsat));
      }
      const gridMsat = onGrid(amountMsat);
      const costs = this.#circularCosts(nodeIndex, targetIndex, gridMsat);
      return (sourceChannel) => {
        const sourceIndex = graph.channelOf(sourceChannel);
        const cost = sourceIndex === undefined ? undefined : costs.get(sourceIndex);
        return cost && this.#corrected(node, targetChannel, {
          feeMsat: cost.feeMsat * amountMsat / gridMsat,
          probability: cost.probability,
        });
      };
    };
  }

  #circularCosts(node: number, targetChannel: number, amountMsat: number) {
    const key = `${node}/${targetChannel}/${amountMsat}`;
    let costs = this.#costs.get(key);
    if (costs === undefined) {
      const feeLimitMsat = amountMsat * FEE_LIMIT_SHARE;
      costs = this.#finder!.circularCosts({ node, targetChannel, amountMsat, feeLimitMsat });
      this.#costs.set(key, costs);
    }
    return costs;
  }

  #priorEstimate(amountMsat: number): RouteEstimate {
    const { feeRatePpm, baseFeeMsat, probability } = this.prior;
    return { feeMsat: baseFeeMsat + amountMsat * feeRatePpm / 1e6, probability };
  }

  #corrected(node: string, targetChannel: string, route: RouteEstimate): RouteEstimate {
    const { applied, failed } = this.#decayed(outcomeKey(node, targetChannel), this.#nowMs);
    const probability = (route.probability * PRIOR_WEIGHT + applied) /
      (PRIOR_WEIGHT + applied + failed);
    return { feeMsat: route.feeMsat, probability };
  }

  #decayed(key: string, timeMs: number): { applied: number; failed: number } {
    const found = this.#outcomes.get(key);
    if (found === undefined) return { applied: 0, failed: 0 };
    const factor = 0.5 ** (Math.max(0, timeMs - found.timeMs) / MEMORY_HALF_LIFE_MS);
    return { applied: found.applied * factor, failed: found.failed * factor };
  }
}

function outcomeKey(node: string, targetChannel: string): string {
  return `${node}/${targetChannel}`;
}

/** The `GRID_SAT * 2^k` that is nearest by its logarithm, msat. */
function onGrid(amountMsat: number): number {
  const steps = Math.round(Math.log2(Math.max(1, amountMsat / MSAT_PER_SAT / GRID_SAT)));
  return GRID_SAT * 2 ** steps * MSAT_PER_SAT;
}
