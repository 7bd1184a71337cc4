import { HOUR_MS, MSAT_PER_SAT } from "../core/mod.ts";
import type { LiquidityBounds } from "./liquidity_bounds.ts";
import type { Network } from "./network.ts";
import type { Route } from "./route_finder.ts";

/** What became of one attempt along a route. */
export type AttemptOutcome =
  | { settled: true }
  | {
    settled: false;
    /** Place in the route of the hop that failed, from 0; left out where nobody said. */
    failedHop?: number;
    /** The hop failed whatever the amount: its channel is off or its peer offline. */
    down?: boolean;
  };

/** How long a {@linkcode LiquidityMemory} remembers. */
export interface MemoryOptions {
  /** After this time half of what a bound says is left. */
  halfLifeMs: number;
  /** Directions remembered at most; those heard of longest ago go first. */
  most: number;
}

export const MEMORY_DEFAULTS = {
  halfLifeMs: 6 * HOUR_MS,
  most: 20_000,
} as const satisfies MemoryOptions;

/** An amount that passed and the least one that did not, as of a time. */
interface Bound {
  heldMsat: number;
  failedMsat: number;
  timeMs: number;
}

/** Bounds weaker than this share of the capacity say nothing. */
const NOTHING_SHARE = 0.005;

/**
 * What a node has learned of the liquidity of others' channels, kept for hours: for each direction
 * an amount that passed and one that failed. As payments go on both fade: what is held decays
 * towards nothing, what failed rises towards the capacity, each with the same half-life.
 *
 * @example
 * ```ts
 * import { seededRng } from "../../lib/core/mod.ts";
 * import { generateNetwork, LiquidityBounds, LiquidityMemory } from "../../lib/network/mod.ts";
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

  constructor(readonly network: Network, options: Partial<MemoryOptions> = {}) {
    this.options = { ...MEMORY_DEFAULTS, ...options };
  }

  /** Number of directions that are remembered. */
  get size(): number {
    return this.#bounds.size;
  }

  /** All that is remembered, as plain data; see {@linkcode LiquidityMemory.restore}. */
  snapshot(): [direction: number, heldMsat: number, failedMsat: number, timeMs: number][] {
    return Array.from(
      this.#bounds,
      ([direction, { heldMsat, failedMsat, timeMs }]) => [direction, heldMsat, failedMsat, timeMs],
    );
  }

  /** Remembers what a snapshot holds, and nothing else. */
  restore(snapshot: ReturnType<LiquidityMemory["snapshot"]>): void {
    this.#bounds.clear();
    for (const [direction, heldMsat, failedMsat, timeMs] of snapshot) {
      this.#bounds.set(direction, { heldMsat, failedMsat, timeMs });
    }
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
        this.learnMove(directions[hop], amountsMsat[hop], nowMs);
      }
      return;
    }
    const { failedHop, down } = outcome;
    if (failedHop === undefined) return;
    for (let hop = 1; hop < Math.min(failedHop, last); hop++) {
      this.learnSuccess(directions[hop], amountsMsat[hop], nowMs);
    }
    if (failedHop === 0 || failedHop === last) return;
    this.learnFailure(directions[failedHop], down ? 1 : amountsMsat[failedHop], nowMs);
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
