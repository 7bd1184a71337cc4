import { MSAT_PER_SAT } from "../core/mod.ts";
import {
  type AttemptOutcome,
  type CircularCost,
  LiquidityMemory,
  LiquidityPrior,
  memoryInNames,
  type Network,
  rememberNames,
  type Route,
  RouteFinder,
} from "../network/mod.ts";
import type { RouteEstimate, RouteEstimator } from "../planning/mod.ts";
import type { AttemptDetail, Suggestion, SuggestionResult } from "../protocol/mod.ts";
import { LogisticCalibration, logOdds } from "./logistic_calibration.ts";

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

/** Amounts are rounded to the planner's grid, a factor 2 apart, so that searches can be shared. */
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

/** Costs of one node are searched anew after this time: what was learned of routes fades. */
const RENEW_MS = 3_600_000;
/** Share that arrives, before outcomes: constant, log-odds of the search, balance of outcomes. */
const SHARE_PRIOR = [0, 1, 3.5];
/** Suggestions that are remembered until their result comes. */
const MOST_OPEN = 2000;
/** Results that are kept while no graph is known; of the oldest little would be left anyway. */
const MOST_WAITING = 2000;
/** Results that the fees of the search count for, against those that were paid. */
const FEE_PRIOR_COUNT = 5;

/** What one node knows of routes. */
interface NodeRoutes {
  memory: LiquidityMemory;
  /** By target and amount. */
  costs: Map<string, { feeLimitMsat: number; bySource: Map<number, CircularCost> }>;
  sinceMs: number;
}

/**
 * Expected fee of circular routes and the share of an amount that arrives: searched in the channel
 * graph where one is known, by what a node's own attempts taught of others' channels, and
 * recalibrated by what became of suggestions.
 */
export class RouteCosts {
  #finder: RouteFinder | undefined;
  /** By the node's id: its number changes with the graph. */
  readonly #byNode = new Map<string, NodeRoutes>();
  /** Results whose tries are learned as soon as a graph is known, oldest first. */
  readonly #waiting: { timeMs: number; result: SuggestionResult }[] = [];
  readonly #outcomes = new Map<string, Outcomes>();
  readonly #share = new LogisticCalibration({ prior: SHARE_PRIOR });
  readonly #open = new Map<
    string,
    { estimate: RouteEstimate; features: number[]; amountMsat: number }
  >();
  readonly #paid = { ratios: FEE_PRIOR_COUNT, count: FEE_PRIOR_COUNT };
  #nowMs = -Infinity;

  constructor(readonly prior: CostPrior = COST_PRIOR) {}

  /**
   * From now on routes come from this graph. What attempts taught is carried over, but for channels
   * and nodes that this graph lacks; tries that came before any graph are learned now.
   */
  setNetwork(network: Network): void {
    const prior = new LiquidityPrior(network);
    this.#finder = new RouteFinder(network, prior);
    for (const routes of this.#byNode.values()) {
      const memory = new LiquidityMemory(network, prior);
      rememberNames(memory, memoryInNames(routes.memory));
      routes.memory = memory;
      routes.costs.clear();
    }
    for (const { timeMs, result } of this.#waiting.splice(0)) this.#learnTries(timeMs, result);
  }

  /** Remembers what was expected of a suggestion, to learn from its result. */
  expect(suggestion: Suggestion, estimate: RouteEstimate): void {
    const { node, targetChannel, amountMsat } = suggestion;
    const features = this.#features(node, targetChannel, estimate.raw ?? estimate);
    this.#open.set(suggestion.id, { estimate, features, amountMsat });
    if (this.#open.size <= MOST_OPEN) return;
    const [oldest] = this.#open.keys();
    this.#open.delete(oldest);
  }

  /** Learns from what became of a suggestion and of each of its attempts. Refusals teach nothing. */
  learn(timeMs: number, result: SuggestionResult): void {
    if (result.status === "refused") return;
    this.#nowMs = Math.max(this.#nowMs, timeMs);
    const expected = this.#open.get(result.id);
    this.#open.delete(result.id);
    if (expected !== undefined) {
      this.#share.learn(expected.features, Math.min(1, result.amountMsat / expected.amountMsat));
      const { feeMsat } = expected.estimate.raw ?? expected.estimate;
      if (result.amountMsat > 0 && feeMsat > 0) {
        const ratio = result.feeMsat / (feeMsat * result.amountMsat / expected.amountMsat);
        this.#paid.ratios += Math.min(3, ratio);
        this.#paid.count++;
      }
    }
    const key = outcomeKey(result.node, result.targetChannel);
    const { applied, failed } = this.#decayed(key, timeMs);
    this.#outcomes.set(key, {
      applied: applied + (result.status === "applied" ? 1 : 0),
      failed: failed + (result.status === "failed" ? 1 : 0),
      timeMs,
    });
    this.#learnTries(timeMs, result);
  }

  #learnTries(timeMs: number, result: SuggestionResult): void {
    const { node, tries = [] } = result;
    if (tries.length === 0) return;
    const network = this.#finder?.network;
    if (network === undefined) {
      this.#waiting.push({ timeMs, result });
      if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
      return;
    }
    const nodeIndex = network.nodeOf(node);
    if (nodeIndex === undefined) return;
    const routes = this.#routesOf(nodeIndex, timeMs);
    for (const attempt of tries) {
      const route = routeOf(network, nodeIndex, attempt);
      if (route !== undefined) routes.memory.learnAttempt(route, outcomeOf(attempt), timeMs);
    }
    routes.costs.clear();
  }

  /** An estimator for one plan made at `timeMs`. */
  estimator(timeMs: number): RouteEstimator {
    this.#nowMs = timeMs;
    return ({ node, targetChannel, amountMsat, feeLimitMsat = Infinity }) => {
      const graph = this.#finder?.network;
      const nodeIndex = graph?.nodeOf(node), targetIndex = graph?.channelOf(targetChannel);
      if (graph === undefined || nodeIndex === undefined || targetIndex === undefined) {
        return () => this.#corrected(node, targetChannel, this.#priorEstimate(amountMsat));
      }
      const gridMsat = onGrid(amountMsat);
      const limitMsat = Math.min(gridMsat * FEE_LIMIT_SHARE, feeLimitMsat * gridMsat / amountMsat);
      const costs = this.#circularCosts(nodeIndex, targetIndex, gridMsat, limitMsat);
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

  #circularCosts(
    node: number,
    targetChannel: number,
    amountMsat: number,
    feeLimitMsat: number,
  ) {
    const routes = this.#routesOf(node, this.#nowMs);
    if (this.#nowMs - routes.sinceMs > RENEW_MS) {
      routes.costs.clear();
      routes.sinceMs = this.#nowMs;
    }
    const key = `${targetChannel}/${amountMsat}`;
    const found = routes.costs.get(key);
    if (found !== undefined && found.feeLimitMsat >= feeLimitMsat) return found.bySource;
    const finder = this.#finder!;
    finder.bounds.reset();
    routes.memory.recall(finder.bounds, this.#nowMs);
    const bySource = finder.circularCosts({ node, targetChannel, amountMsat, feeLimitMsat });
    routes.costs.set(key, { feeLimitMsat, bySource });
    return bySource;
  }

  #routesOf(node: number, nowMs: number): NodeRoutes {
    const { network, bounds } = this.#finder!;
    const id = network.nodeIds[node];
    let routes = this.#byNode.get(id);
    if (routes === undefined) {
      const memory = new LiquidityMemory(network, bounds.prior);
      this.#byNode.set(id, routes = { memory, costs: new Map(), sinceMs: nowMs });
    }
    return routes;
  }

  #priorEstimate(amountMsat: number): RouteEstimate {
    const { feeRatePpm, baseFeeMsat, probability } = this.prior;
    return { feeMsat: baseFeeMsat + amountMsat * feeRatePpm / 1e6, probability };
  }

  #corrected(node: string, targetChannel: string, raw: RouteEstimate): RouteEstimate {
    return {
      feeMsat: raw.feeMsat * this.#paid.ratios / this.#paid.count,
      probability: this.#share.probability(this.#features(node, targetChannel, raw)),
      raw: { feeMsat: raw.feeMsat, probability: raw.probability },
    };
  }

  #features(node: string, targetChannel: string, raw: RouteEstimate): number[] {
    const { applied, failed } = this.#decayed(outcomeKey(node, targetChannel), this.#nowMs);
    return [logOdds(raw.probability), (applied - failed) / (PRIOR_WEIGHT + applied + failed)];
  }

  #decayed(key: string, timeMs: number): { applied: number; failed: number } {
    const found = this.#outcomes.get(key);
    if (found === undefined) return { applied: 0, failed: 0 };
    const factor = 0.5 ** (Math.max(0, timeMs - found.timeMs) / MEMORY_HALF_LIFE_MS);
    return { applied: found.applied * factor, failed: found.failed * factor };
  }
}

/** The route of an attempt in numbers of a graph; undefined where the graph doesn't know it. */
function routeOf(network: Network, node: number, attempt: AttemptDetail): Route | undefined {
  const directions: number[] = [];
  let at = node;
  for (const id of attempt.channels) {
    const channel = network.channelOf(id);
    const direction = channel === undefined ? undefined : network.directionFrom(at, channel);
    if (direction === undefined) return undefined;
    directions.push(direction);
    at = network.source[direction ^ 1];
  }
  // What each hop carried is not told; it lies between these two, which differ little.
  const amountsMsat = directions.map(() => attempt.amountMsat);
  return { directions, amountsMsat, feeMsat: attempt.feeMsat, probability: 1 };
}

function outcomeOf({ settled, failedHop, channels }: AttemptDetail): AttemptOutcome {
  if (settled) return { settled: true };
  const inRoute = failedHop !== undefined && failedHop < channels.length;
  return { settled: false, failedHop: inRoute ? failedHop : undefined };
}

function outcomeKey(node: string, targetChannel: string): string {
  return `${node}/${targetChannel}`;
}

/** The `GRID_SAT * 2^k` that is nearest by its logarithm, msat. */
function onGrid(amountMsat: number): number {
  const steps = Math.round(Math.log2(Math.max(1, amountMsat / MSAT_PER_SAT / GRID_SAT)));
  return GRID_SAT * 2 ** steps * MSAT_PER_SAT;
}
