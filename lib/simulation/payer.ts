import {
  type Balances,
  type CircularRequest,
  type Network,
  type Route,
  RouteFinder,
} from "../network/mod.ts";
import { Lessons } from "./lessons.ts";
import type { Intent } from "./traffic.ts";

/** One hop of an attempt as the node in its middle sees it. */
export interface HopOutcome {
  node: number;
  /** The direction by which the HTLC came, and that by which it was to go. */
  inDirection: number;
  outDirection: number;
  inAmountMsat: number;
  outAmountMsat: number;
  outcome: "settled" | "failed_here" | "failed_downstream";
  failureReason?: FailureReason;
}

/** Why an HTLC or a payment failed. */
export type FailureReason =
  | "insufficient_balance" // the outgoing channel holds too little
  | "channel_disabled" // the outgoing channel is down
  | "no_route" // limits and what was learned leave no way
  | "no_funds" // the payer's own channels hold too little
  | "too_many_attempts";

/** What became of a payment. */
export type PaymentResult =
  & {
    attempts: number;
    feeMsat: number;
    /** What carried it: one route for each part; none for a failure. */
    routes: Route[];
  }
  & ({ success: true } | { success: false; failureReason: FailureReason });

/** Told of every hop that a node forwarded or tried to, once its fate is known. */
export type HopListener = (hop: HopOutcome) => void;

export const PAYER_OPTIONS = {
  /** Routes tried per payment. */
  maxAttempts: 12,
  /** A payer pays fees up to this share of the amount, or up to the floor. */
  feeLimitPpm: 10_000,
  feeLimitFloorMsat: 5_000,
  /** Parts that a payment may be split into when no single route carries it; 1 never splits. */
  maxParts: 1,
  /** No part is smaller. */
  leastPartMsat: 10_000_000,
};
export type PayerOptions = typeof PAYER_OPTIONS;

/** A payment under way. */
interface PaymentTask {
  intent: Intent;
  /** For all parts together. */
  feeLimitMsat: number;
  attempts: number;
  /** Routes that hold a part. */
  locked: Route[];
}

function failure(failureReason: FailureReason, attempts: number): PaymentResult {
  return { success: false, failureReason, attempts, feeMsat: 0, routes: [] };
}

function feesOf(routes: readonly Route[]): number {
  return routes.reduce((sum, { feeMsat }) => sum + feeMsat, 0);
}

/**
 * Sends payments: finds a route by what the payer knows (its own balances, the announced terms,
 * its lessons), tries it hop by hop on the real balances, learns from a failure, tries the next.
 */
export class Payer {
  readonly finder: RouteFinder;
  readonly options: PayerOptions;
  readonly #lessons = new Lessons();

  constructor(
    readonly network: Network,
    readonly balances: Balances,
    readonly onHop: HopListener,
    options: Partial<PayerOptions> = {},
  ) {
    this.finder = new RouteFinder(network);
    this.options = { ...PAYER_OPTIONS, ...options };
  }

  /** Carries out a payment, or fails. */
  pay(intent: Intent): PaymentResult {
    const { timeMs, sender, amountMsat } = intent;
    const { maxAttempts, feeLimitPpm, feeLimitFloorMsat, maxParts } = this.options;
    const funds = this.prepare(sender, timeMs);
    if ((maxParts === 1 ? funds.largestMsat : funds.sumMsat) < amountMsat) {
      return failure("no_funds", 0);
    }
    const feeLimitMsat = Math.max(
      feeLimitFloorMsat,
      Math.floor(amountMsat * feeLimitPpm / 1_000_000),
    );
    const task: PaymentTask = { intent, feeLimitMsat, attempts: 0, locked: [] };
    let partMsat = amountMsat;
    let missingMsat = amountMsat;
    while (missingMsat > 0) {
      partMsat = Math.min(partMsat, missingMsat);
      // The last part that is allowed must carry all that is missing.
      const last = task.locked.length === maxParts - 1;
      if (last && partMsat < missingMsat) return this.#giveUp(task, "no_route");
      if (this.#lockPart(task, partMsat)) missingMsat -= partMsat;
      else if (task.attempts >= maxAttempts) return this.#giveUp(task, "too_many_attempts");
      else if (last || partMsat < 2 * this.options.leastPartMsat) {
        return this.#giveUp(task, "no_route");
      } else partMsat = Math.ceil(partMsat / 2);
    }
    for (const route of task.locked) this.#settle(route);
    return {
      success: true,
      attempts: task.attempts,
      feeMsat: feesOf(task.locked),
      routes: task.locked,
    };
  }

  /** Tries routes for a part until one holds it. What was held by parts before stays held. */
  #lockPart(task: PaymentTask, amountMsat: number): boolean {
    const { timeMs, sender, receiver } = task.intent;
    const feeLimitMsat = task.feeLimitMsat - feesOf(task.locked);
    while (task.attempts < this.options.maxAttempts) {
      const route = this.finder.findRoute({ sender, receiver, amountMsat, feeLimitMsat });
      if (route === undefined) return false;
      task.attempts++;
      if (!this.#lock(sender, route, timeMs)) continue;
      task.locked.push(route);
      const [first] = route.directions;
      this.finder.bounds.learnExact(first, this.balances.availableMsat(first));
      return true;
    }
    return false;
  }

  /** Takes back all parts: a payment arrives whole or not at all. */
  #giveUp({ locked, attempts }: PaymentTask, reason: FailureReason): PaymentResult {
    for (const route of locked) {
      this.#unlock(route, route.directions.length);
      for (let hop = 1; hop < route.directions.length; hop++) {
        this.#tell(route, hop, "failed_downstream");
      }
    }
    return failure(reason, attempts);
  }

  /** A circular route by what was last {@linkcode Payer.prepare}d and has been learned since. */
  findCircularRoute(request: CircularRequest): Route | undefined {
    return this.finder.findCircularRoute(request);
  }

  /**
   * Makes the finder know what `node` knows: its own balances on both sides, and its lessons.
   *
   * @returns what its channels can send: the largest, and all together
   */
  prepare(node: number, timeMs: number): { largestMsat: number; sumMsat: number } {
    const { bounds } = this.finder;
    bounds.reset();
    this.#lessons.recall(node, timeMs, bounds);
    let largestMsat = 0, sumMsat = 0;
    for (const out of this.network.directionsFrom(node)) {
      const availableMsat = this.balances.availableMsat(out);
      bounds.learnExact(out, availableMsat);
      bounds.learnExact(out ^ 1, this.balances.availableMsat(out ^ 1));
      sumMsat += availableMsat;
      if (availableMsat > largestMsat) largestMsat = availableMsat;
    }
    return { largestMsat, sumMsat };
  }

  /** Tries one route: all of it arrives, or nothing has moved. */
  attempt(payer: number, route: Route, timeMs: number): boolean {
    const held = this.#lock(payer, route, timeMs);
    if (held) this.#settle(route);
    return held;
  }

  /** Locks hop by hop. At the first hop that can't, all locks are undone and the payer learns. */
  #lock(payer: number, route: Route, timeMs: number): boolean {
    const { directions, amountsMsat } = route;
    for (let hop = 0; hop < directions.length; hop++) {
      const direction = directions[hop];
      const down = this.network.disabled[direction] === 1;
      if (!down && this.balances.lock(direction, amountsMsat[hop])) continue;
      this.#unlock(route, hop);
      const amountMsat = down ? 1 : amountsMsat[hop];
      this.finder.bounds.learnFailure(direction, amountMsat);
      this.#lessons.add(payer, { direction, amountMsat, timeMs });
      this.#tellFailure(route, hop, down ? "channel_disabled" : "insufficient_balance");
      return false;
    }
    return true;
  }

  /** Undoes the locks of the first `hops` hops, the last one first. */
  #unlock({ directions, amountsMsat }: Route, hops: number): void {
    for (let hop = hops - 1; hop >= 0; hop--) {
      this.balances.fail(directions[hop], amountsMsat[hop]);
    }
  }

  #settle(route: Route): void {
    const { directions, amountsMsat } = route;
    for (let hop = directions.length - 1; hop >= 0; hop--) {
      this.balances.settle(directions[hop], amountsMsat[hop]);
    }
    for (let hop = 1; hop < directions.length; hop++) this.#tell(route, hop, "settled");
  }

  #tellFailure(route: Route, failedHop: number, reason: FailureReason): void {
    for (let hop = 1; hop < failedHop; hop++) this.#tell(route, hop, "failed_downstream");
    if (failedHop > 0) this.#tell(route, failedHop, "failed_here", reason);
  }

  #tell(
    { directions, amountsMsat }: Route,
    hop: number,
    outcome: HopOutcome["outcome"],
    failureReason?: FailureReason,
  ): void {
    this.onHop({
      node: this.network.source[directions[hop]],
      inDirection: directions[hop - 1],
      outDirection: directions[hop],
      inAmountMsat: amountsMsat[hop - 1],
      outAmountMsat: amountsMsat[hop],
      outcome,
      failureReason,
    });
  }
}
