import { type AttemptOutcome, LiquidityMemory } from "./liquidity_memory.ts";
import type { CircularRequest, Route, RouteFinder } from "../search/route_finder.ts";
import { SEARCH_DEFAULTS } from "../search/search_limits.ts";

/** A rebalance to be carried out, in numbers of the network. */
export interface CircularTask {
  node: number;
  /** Own channels by which the amount may go out. */
  sourceChannels: readonly number[];
  /** Own channel by which it comes back. */
  targetChannel: number;
  /** What is to come back in all, msat. */
  amountMsat: number;
  /** Fees for the whole amount at most; a part may cost its share of them. */
  feeLimitMsat: number;
  /** What having moved the whole amount is worth before fees, msat; the fee limit when left out. */
  valueMsat?: number;
  /** No attempt begins at this time or later, Unix ms. */
  expiresMs?: number;
}

/** How hard is tried. */
export interface AttemptOptions {
  /** Attempts at most. */
  maxAttempts: number;
  /** Attempts under way at a time: each holds an HTLC slot in every channel of its route. */
  maxInFlight: number;
  /** No part is smaller than this share of the whole amount. */
  leastPartShare: number;
  /** Routes less likely than this are not tried. */
  leastProbability: number;
  /**
   * What a failed attempt weighs in the search for a route, as a share of the part's value: more
   * prefers surer routes to cheaper ones.
   */
  attemptCostShare: number;
  /** Blocks that a route may lock at most, the end's included. */
  cltvLimit: number;
}

export const ATTEMPT_DEFAULTS = {
  maxAttempts: 40,
  maxInFlight: 1,
  leastPartShare: 1 / 8,
  leastProbability: 0.002,
  attemptCostShare: 0.03,
  cltvLimit: SEARCH_DEFAULTS.cltvLimit,
} as const satisfies AttemptOptions;

/** One try of one part along one route. */
export interface CircularAttempt {
  /** Counts from 0. */
  id: number;
  route: Route;
  /** What comes back. */
  amountMsat: number;
}

/** Why no further attempt is made. */
export type CircularEnd = "moved_all" | "no_route" | "out_of_attempts" | "expired";

/** What to do next. */
export type CircularStep =
  | { kind: "try"; attempt: CircularAttempt }
  /** Nothing until an attempt under way has ended. */
  | { kind: "wait" }
  | { kind: "done"; end: CircularEnd };

/** What somebody with a graph, a memory and channels brings along. */
export interface AttemptResources {
  /** Its bounds are overwritten. */
  finder: RouteFinder;
  /** What the node has learned; learns from every attempt, shared by all rebalances of the node. */
  memory: LiquidityMemory;
  /** What an own channel can carry now in a direction, msat. */
  availableMsat: (direction: number) => number;
  options?: Partial<AttemptOptions>;
}

/** Where a {@linkcode CircularAttempts} stands, as plain data. */
export interface CircularState {
  inFlight: CircularAttempt[];
  failedMsat: [direction: number, amountMsat: number][];
  begun: number;
  movedMsat: number;
  feeMsat: number;
}

/** A part that could be tried. */
interface Candidate {
  amountMsat: number;
  route: Route;
  /** Chance times what is won. */
  worthMsat: number;
}

/**
 * Decides how a circular rebalance is carried out, attempt by attempt. It is told what became of
 * each and says what to try next, until everything has moved, no route is left, attempts are used
 * up or time is over. It sends nothing itself and keeps no clock: the same code serves a simulation
 * and a real node.
 *
 * Each step looks for routes for what is missing and for halves, quarters and eighths of it, and
 * takes the one whose chance times net gain is largest, by all that the node's memory knows. A hop
 * that failed is never asked again for as much. Each part stays within its share of the fee limit,
 * so that all of them together stay within the whole.
 */
export class CircularAttempts {
  readonly options: AttemptOptions;
  readonly #task: CircularTask;
  readonly #resources: AttemptResources;
  readonly #inFlight = new Map<number, CircularAttempt>();
  /** The least amount that failed in a direction during this rebalance. */
  readonly #failedMsat = new Map<number, number>();
  #begun = 0;
  /** Moved so far, and what it cost. */
  movedMsat = 0;
  feeMsat = 0;

  constructor(task: CircularTask, resources: AttemptResources) {
    this.#task = task;
    this.#resources = resources;
    this.options = { ...ATTEMPT_DEFAULTS, ...resources.options };
  }

  /** Attempts begun so far. */
  get attempts(): number {
    return this.#begun;
  }

  /** Attempts under way. */
  get inFlight(): CircularAttempt[] {
    return [...this.#inFlight.values()];
  }

  /** What to do at `nowMs`. A step of the kind `try` counts as begun: tell its outcome. */
  next(nowMs: number): CircularStep {
    const end = this.#endAt(nowMs);
    if (end === undefined && this.#inFlight.size < this.options.maxInFlight) {
      const best = this.#best(nowMs);
      if (best !== undefined) {
        const attempt = { id: this.#begun++, route: best.route, amountMsat: best.amountMsat };
        this.#inFlight.set(attempt.id, attempt);
        return { kind: "try", attempt };
      }
    }
    if (this.#inFlight.size > 0) return { kind: "wait" };
    return { kind: "done", end: end ?? "no_route" };
  }

  /** Says what became of an attempt. @throws {RangeError} when it is not under way */
  tell(id: number, outcome: AttemptOutcome, nowMs: number): void {
    const attempt = this.#inFlight.get(id);
    if (attempt === undefined) throw new RangeError(`attempt ${id} is not under way`);
    this.#inFlight.delete(id);
    const { route, amountMsat } = attempt;
    this.#resources.memory.learnAttempt(route, outcome, nowMs);
    if (outcome.settled) {
      this.movedMsat += amountMsat;
      this.feeMsat += route.feeMsat;
      return;
    }
    if (outcome.changed) return;
    // Where nobody said which hop it was, the whole way counts as failed for that amount.
    const hops = outcome.failedHop === undefined ? route.directions.keys() : [outcome.failedHop];
    for (const hop of hops) {
      const failedMsat = outcome.down ? 1 : route.amountsMsat[hop];
      const before = this.#failedMsat.get(route.directions[hop]) ?? Infinity;
      this.#failedMsat.set(route.directions[hop], Math.min(before, failedMsat));
    }
  }

  /** Where it stands; task and memory apart. */
  save(): CircularState {
    return {
      inFlight: this.inFlight,
      failedMsat: [...this.#failedMsat],
      begun: this.#begun,
      movedMsat: this.movedMsat,
      feeMsat: this.feeMsat,
    };
  }

  /** Goes on where another one of the same task stood. */
  load({ inFlight, failedMsat, begun, movedMsat, feeMsat }: CircularState): void {
    this.#inFlight.clear();
    for (const attempt of inFlight) this.#inFlight.set(attempt.id, attempt);
    this.#failedMsat.clear();
    for (const [direction, amountMsat] of failedMsat) this.#failedMsat.set(direction, amountMsat);
    this.#begun = begun;
    this.movedMsat = movedMsat;
    this.feeMsat = feeMsat;
  }

  /** What is neither moved nor on its way, msat. */
  get #missingMsat(): number {
    let missing = this.#task.amountMsat - this.movedMsat;
    for (const { amountMsat } of this.#inFlight.values()) missing -= amountMsat;
    return missing;
  }

  #endAt(nowMs: number): CircularEnd | undefined {
    const { amountMsat, expiresMs = Infinity } = this.#task;
    if (this.#missingMsat < Math.max(1, Math.ceil(amountMsat * this.options.leastPartShare))) {
      return "moved_all";
    }
    if (nowMs >= expiresMs) return "expired";
    return this.#begun >= this.options.maxAttempts ? "out_of_attempts" : undefined;
  }

  #best(nowMs: number): Candidate | undefined {
    this.#loadBounds(nowMs);
    let best: Candidate | undefined;
    const least = Math.max(1, this.#task.amountMsat * this.options.leastPartShare);
    for (let part = this.#missingMsat; part >= least; part = Math.floor(part / 2)) {
      for (const source of this.#task.sourceChannels) {
        const candidate = this.#candidate(source, part);
        if (candidate !== undefined && candidate.worthMsat > (best?.worthMsat ?? 0)) {
          best = candidate;
        }
      }
    }
    return best;
  }

  /** Makes the finder know what the node knows now, and what failed in this rebalance. */
  #loadBounds(nowMs: number): void {
    const { finder: { bounds, network }, memory, availableMsat } = this.#resources;
    const { node, sourceChannels, targetChannel } = this.#task;
    bounds.reset();
    memory.recall(bounds, nowMs);
    for (const [direction, amountMsat] of this.#failedMsat) {
      bounds.learnFailure(direction, amountMsat);
    }
    // Parts under way at one time take ways of their own.
    for (const { route } of this.#inFlight.values()) {
      for (const direction of route.directions.slice(1, -1)) bounds.learnFailure(direction, 1);
    }
    const own = sourceChannels.map((channel) => network.directionFrom(node, channel));
    const back = network.directionFrom(node, targetChannel);
    for (const direction of [...own, back === undefined ? undefined : back ^ 1]) {
      if (direction === undefined) continue;
      // Less than what is free where it failed all the same: somebody else was faster.
      const failed = this.#failedMsat.get(direction) ?? Infinity;
      bounds.learnExact(direction, Math.min(availableMsat(direction), failed - 1));
    }
  }

  #candidate(sourceChannel: number, amountMsat: number): Candidate | undefined {
    const { node, targetChannel } = this.#task;
    const { leastProbability, attemptCostShare, cltvLimit } = this.options;
    const share = amountMsat / this.#task.amountMsat;
    const feeLimitMsat = Math.floor(this.#task.feeLimitMsat * share);
    const valueMsat = Math.max(this.#task.valueMsat ?? 0, this.#task.feeLimitMsat) * share;
    const request: CircularRequest = {
      node,
      sourceChannel,
      targetChannel,
      amountMsat,
      feeLimitMsat,
      cltvLimit,
      minProbability: leastProbability,
      attemptCostMsat: attemptCostShare * valueMsat,
      attemptCostPpm: 0,
    };
    const route = this.#resources.finder.findCircularRoute(request);
    if (route === undefined) return undefined;
    // One msat keeps a route worth a try whose fee is all that may be paid.
    const wonMsat = Math.max(0, valueMsat - route.feeMsat) + 1;
    return { amountMsat, route, worthMsat: route.probability * wonMsat };
  }
}

/** Why less was moved than was asked for, in a few words. */
export function shortfallReason(
  { end, movedMsat, attempts }: { end: CircularEnd; movedMsat: number; attempts: number },
): string {
  const tried = `${attempts} ${attempts === 1 ? "route" : "routes"} tried`;
  switch (end) {
    case "expired":
      return `expired, ${tried}`;
    case "out_of_attempts":
      return `out of attempts, ${tried}`;
    case "moved_all":
      return "the rest is too small to go alone";
    case "no_route":
      if (attempts === 0) return "no route within the fee limit";
      return movedMsat > 0 ? "no route for the rest" : `no route is left, ${tried}`;
  }
}
