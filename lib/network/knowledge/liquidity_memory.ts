import { HOUR_MS, MSAT_PER_SAT } from "../../core/mod.ts";
import { chanceBetween, type LiquidityBounds } from "../search/liquidity_bounds.ts";
import type { LiquidityPrior } from "../search/liquidity_prior.ts";
import type { Network } from "../network.ts";
import type { Route } from "../search/route_finder.ts";

/** What became of one attempt along a route. */
export type AttemptOutcome =
  | { settled: true }
  | {
    settled: false;
    /** Place in the route of the hop that failed, from 0; left out where nobody said. */
    failedHop?: number;
    /** The hop failed whatever the amount: its channel is off or its peer offline. */
    down?: boolean;
    /** Its terms were others than was known, and are known now: it may be asked again. */
    changed?: boolean;
  };

/** A {@linkcode LiquidityMemory} as plain data. */
export interface MemoryState {
  bounds: [direction: number, heldMsat: number, failedMsat: number, timeMs: number][];
  nodes: [node: number, into: number, outOf: number, timeMs: number][];
}

/** How long a {@linkcode LiquidityMemory} remembers. */
export interface MemoryOptions {
  /** After this time half of what a bound says is left. */
  halfLifeMs: number;
  /** The same for what is known of a node: who is a sink stays one for longer. */
  nodeHalfLifeMs: number;
  /** How much a node's scores move by an outcome that was thought impossible. */
  nodeRate: number;
  /** Directions remembered at most; those heard of longest ago go first. */
  most: number;
}

export const MEMORY_DEFAULTS = {
  halfLifeMs: 6 * HOUR_MS,
  nodeHalfLifeMs: 48 * HOUR_MS,
  nodeRate: 0.5,
  most: 20_000,
} as const satisfies MemoryOptions;

/** An amount that passed and the least one that did not, as of a time. */
interface Bound {
  heldMsat: number;
  failedMsat: number;
  timeMs: number;
}

/** How liquid the channels of a node are, as scores of a {@linkcode LiquidityPrior}. */
interface NodeScores {
  /** Of all directions into it, and of all out of it. */
  into: number;
  outOf: number;
  timeMs: number;
}

/** Scores stay within these, whatever happens. */
const MOST_SCORE = 3;
/** Scores nearer to 0 than this say nothing. */
const NOTHING_SCORE = 0.02;

/** Bounds weaker than this share of the capacity say nothing. */
const NOTHING_SHARE = 0.005;

/**
 * What a node has learned of the liquidity of others' channels, kept for hours: for each direction
 * an amount that passed and one that failed. As payments go on both fade: what is held decays
 * towards nothing, what failed rises towards the capacity, each with the same half-life.
 *
 * It learns of nodes as well: where many pay to a node, all channels into it are empty at the far
 * side, and one attempt after the other fails just before it. Each outcome that was not expected
 * moves a score of the node that the hop leads to, and one of the node that it comes from, as
 * ratings of players move by the games they win and lose.
 *
 * @example
 * ```ts
 * import { seededRng } from "../../../lib/core/mod.ts";
 * import { generateNetwork, LiquidityBounds, LiquidityMemory } from "../../../lib/network/mod.ts";
 * const network = generateNetwork({ nodes: 30, rng: seededRng(1) });
 * const memory = new LiquidityMemory(network);
 * memory.learnFailure(0, 1_000_000, 0);
 * const bounds = new LiquidityBounds(network);
 * memory.recall(bounds, 0);
 * if (bounds.probability(0, 1_000_000) !== 0) throw new Error("it failed just now");
 * ```
 */
export class LiquidityMemory {
  readonly options: MemoryOptions;
  readonly #bounds = new Map<number, Bound>();
  readonly #nodes = new Map<number, NodeScores>();

  /** @param prior how channels are filled that nobody knows of; without it nothing is learned of nodes */
  constructor(
    readonly network: Network,
    readonly prior?: LiquidityPrior,
    options: Partial<MemoryOptions> = {},
  ) {
    this.options = { ...MEMORY_DEFAULTS, ...options };
  }

  /** Number of directions that are remembered. */
  get size(): number {
    return this.#bounds.size;
  }

  /** All that is remembered, as plain data; see {@linkcode LiquidityMemory.restore}. */
  snapshot(): MemoryState {
    return {
      bounds: Array.from(
        this.#bounds,
        ([direction, { heldMsat, failedMsat, timeMs }]) => [
          direction,
          heldMsat,
          failedMsat,
          timeMs,
        ],
      ),
      nodes: Array.from(
        this.#nodes,
        ([node, { into, outOf, timeMs }]) => [node, into, outOf, timeMs],
      ),
    };
  }

  /** Remembers what a snapshot holds, and nothing else. */
  restore({ bounds, nodes }: MemoryState): void {
    this.#bounds.clear();
    this.#nodes.clear();
    for (const [direction, heldMsat, failedMsat, timeMs] of bounds) {
      this.#bounds.set(direction, { heldMsat, failedMsat, timeMs });
    }
    for (const [node, into, outOf, timeMs] of nodes) this.#nodes.set(node, { into, outOf, timeMs });
  }

  /** `amountMsat` did not pass. */
  learnFailure(direction: number, amountMsat: number, nowMs: number): void {
    const { heldMsat, failedMsat } = this.#at(direction, nowMs);
    this.#set(direction, {
      failedMsat: Math.min(failedMsat, amountMsat),
      heldMsat: Math.min(heldMsat, amountMsat - 1),
      timeMs: nowMs,
    });
  }

  /** `amountMsat` would have passed, but went back. */
  learnSuccess(direction: number, amountMsat: number, nowMs: number): void {
    const { heldMsat, failedMsat } = this.#at(direction, nowMs);
    this.#set(direction, {
      heldMsat: Math.max(heldMsat, amountMsat),
      failedMsat: Math.max(failedMsat, amountMsat + 1),
      timeMs: nowMs,
    });
  }

  /** `amountMsat` passed and stays at the far side, which can send it back. */
  learnMove(direction: number, amountMsat: number, nowMs: number): void {
    const { heldMsat, failedMsat } = this.#at(direction, nowMs);
    const capacityMsat = this.#capacityMsat(direction);
    const left = Math.max(0, heldMsat - amountMsat);
    this.#set(direction, {
      heldMsat: left,
      failedMsat: Math.max(left + 1, failedMsat - amountMsat),
      timeMs: nowMs,
    });
    const back = this.#at(direction ^ 1, nowMs);
    this.#set(direction ^ 1, {
      heldMsat: Math.min(capacityMsat, Math.max(amountMsat, back.heldMsat + amountMsat)),
      failedMsat: back.failedMsat + amountMsat,
      timeMs: nowMs,
    });
  }

  /**
   * Learns from an attempt of `route`, the payer's own channels at both ends left out: those are
   * known exactly. Hops before the one that failed could have carried the amount.
   */
  learnAttempt(route: Route, outcome: AttemptOutcome, nowMs: number): void {
    const { directions, amountsMsat } = route;
    const last = directions.length - 1;
    if (outcome.settled) {
      for (let hop = 1; hop < last; hop++) {
        this.#rate(directions[hop], amountsMsat[hop], true, nowMs);
        this.learnMove(directions[hop], amountsMsat[hop], nowMs);
      }
      return;
    }
    const { failedHop, down, changed } = outcome;
    if (failedHop === undefined) return;
    for (let hop = 1; hop < Math.min(failedHop, last); hop++) {
      this.#rate(directions[hop], amountsMsat[hop], true, nowMs);
      this.learnSuccess(directions[hop], amountsMsat[hop], nowMs);
    }
    if (failedHop === 0 || failedHop >= last || changed) return;
    if (!down) this.#rate(directions[failedHop], amountsMsat[failedHop], false, nowMs);
    this.learnFailure(directions[failedHop], down ? 1 : amountsMsat[failedHop], nowMs);
  }

  /** Moves the scores of the nodes at both ends of a hop by how unexpected its outcome was. */
  #rate(direction: number, amountMsat: number, passed: boolean, nowMs: number): void {
    if (this.prior === undefined) return;
    const { source } = this.network;
    const chance = this.#chance(this.prior, direction, amountMsat, nowMs);
    const change = this.options.nodeRate * ((passed ? 1 : 0) - chance);
    const to = this.#scoresOf(source[direction ^ 1], nowMs);
    this.#nodes.set(source[direction ^ 1], { ...to, into: bounded(to.into + change) });
    const from = this.#scoresOf(source[direction], nowMs);
    this.#nodes.set(source[direction], { ...from, outOf: bounded(from.outOf + change) });
  }

  /** The chance that an amount passes, as bounds that are told all of this say it. */
  #chance(prior: LiquidityPrior, direction: number, amountMsat: number, nowMs: number): number {
    const { heldMsat, failedMsat } = this.#at(direction, nowMs);
    if (amountMsat >= failedMsat) return 0;
    if (amountMsat <= heldMsat) return 1;
    const { source } = this.network;
    const shift = this.#scoresOf(source[direction ^ 1], nowMs).into +
      this.#scoresOf(source[direction], nowMs).outOf;
    const [amount, held, failed] = [amountMsat, heldMsat, failedMsat].map((msat) => {
      const fraction = msat / this.#capacityMsat(direction);
      return prior.atLeast(direction, fraction, shift);
    });
    return chanceBetween(amount, held, failed);
  }

  #scoresOf(node: number, nowMs: number): NodeScores {
    const found = this.#nodes.get(node);
    if (found === undefined) return { into: 0, outOf: 0, timeMs: nowMs };
    const left = 0.5 ** (Math.max(0, nowMs - found.timeMs) / this.options.nodeHalfLifeMs);
    return { into: found.into * left, outOf: found.outOf * left, timeMs: nowMs };
  }

  /** Tells `bounds` all that is still known at `nowMs`. What says nothing any more is forgotten. */
  recall(bounds: LiquidityBounds, nowMs: number): void {
    for (const direction of this.#bounds.keys()) {
      const { heldMsat, failedMsat } = this.#at(direction, nowMs);
      const capacityMsat = this.#capacityMsat(direction);
      const holds = heldMsat > NOTHING_SHARE * capacityMsat;
      const fails = failedMsat < (1 - NOTHING_SHARE) * capacityMsat;
      if (holds) bounds.learnSuccess(direction, heldMsat);
      if (fails) bounds.learnFailure(direction, failedMsat);
      if (!holds && !fails) this.#bounds.delete(direction);
    }
    for (const node of this.#nodes.keys()) {
      const scores = this.#scoresOf(node, nowMs);
      if (Math.max(Math.abs(scores.into), Math.abs(scores.outOf)) < NOTHING_SCORE) {
        this.#nodes.delete(node);
      } else bounds.learnNode(node, scores);
    }
  }

  /** The bounds of a direction as of a time. */
  #at(direction: number, nowMs: number): Bound {
    const found = this.#bounds.get(direction);
    const capacityMsat = this.#capacityMsat(direction);
    if (found === undefined) {
      return { heldMsat: 0, failedMsat: capacityMsat + 1, timeMs: nowMs };
    }
    const left = 0.5 ** (Math.max(0, nowMs - found.timeMs) / this.options.halfLifeMs);
    const { heldMsat, failedMsat } = found;
    return {
      heldMsat: Math.floor(heldMsat * left),
      failedMsat: Math.ceil(capacityMsat - (capacityMsat - failedMsat) * left),
      timeMs: nowMs,
    };
  }

  #set(direction: number, bound: Bound): void {
    this.#bounds.delete(direction);
    this.#bounds.set(direction, bound);
    if (this.#bounds.size <= this.options.most) return;
    const [oldest] = this.#bounds.keys();
    this.#bounds.delete(oldest);
  }

  #capacityMsat(direction: number): number {
    return this.network.capacitySat[direction >> 1] * MSAT_PER_SAT;
  }
}

function bounded(score: number): number {
  return Math.min(MOST_SCORE, Math.max(-MOST_SCORE, score));
}
