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
  & { attempts: number; feeMsat: number; route?: Route }
  & ({ success: true } | { success: false; failureReason: FailureReason });

/** Told of every hop that a node forwarded or tried to, once its fate is known. */
export type HopListener = (hop: HopOutcome) => void;

export const PAYER_OPTIONS = {
  /** Routes tried per payment. */
  maxAttempts: 12,
  /** A payer pays fees up to this share of the amount, or up to the floor. */
  feeLimitPpm: 10_000,
  feeLimitFloorMsat: 5_000,
};
export type PayerOptions = typeof PAYER_OPTIONS;

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
  pay({ timeMs, sender, receiver, amountMsat }: Intent): PaymentResult {
    const { maxAttempts, feeLimitPpm, feeLimitFloorMsat } = this.options;
    if (this.prepare(sender, timeMs) < amountMsat) {
      return { success: false, failureReason: "no_funds", attempts: 0, feeMsat: 0 };
    }
    const feeLimitMsat = Math.max(
      feeLimitFloorMsat,
      Math.floor(amountMsat * feeLimitPpm / 1_000_000),
    );
    for (let attempts = 0; attempts < maxAttempts; attempts++) {
      const route = this.finder.findRoute({ sender, receiver, amountMsat, feeLimitMsat });
      if (route === undefined) {
        return { success: false, failureReason: "no_route", attempts, feeMsat: 0 };
      }
      if (this.attempt(sender, route, timeMs)) {
        return { success: true, attempts: attempts + 1, feeMsat: route.feeMsat, route };
      }
    }
    return {
      success: false,
      failureReason: "too_many_attempts",
      attempts: maxAttempts,
      feeMsat: 0,
    };
  }

  /** A circular route by what was last {@linkcode Payer.prepare}d and has been learned since. */
  findCircularRoute(request: CircularRequest): Route | undefined {
    return this.finder.findCircularRoute(request);
  }

  /**
   * Makes the finder know what `node` knows: its own balances on both sides, and its lessons.
   *
   * @returns the most that one of its channels can send
   */
  prepare(node: number, timeMs: number): number {
    const { bounds } = this.finder;
    bounds.reset();
    this.#lessons.recall(node, timeMs, bounds);
    let most = 0;
    for (const out of this.network.directionsFrom(node)) {
      const availableMsat = this.balances.availableMsat(out);
      bounds.learnExact(out, availableMsat);
      bounds.learnExact(out ^ 1, this.balances.availableMsat(out ^ 1));
      if (availableMsat > most) most = availableMsat;
    }
    return most;
  }

  /** Tries one route. Locks hop by hop; at the first hop that can't, all locks are undone and the payer learns. */
  attempt(payer: number, route: Route, timeMs: number): boolean {
    const { directions, amountsMsat } = route;
    const { balances, network } = this;
    for (let hop = 0; hop < directions.length; hop++) {
      const direction = directions[hop];
      const down = network.disabled[direction] === 1;
      if (!down && balances.lock(direction, amountsMsat[hop])) continue;
      const reason = down ? "channel_disabled" : "insufficient_balance";
      const amountMsat = down ? 1 : amountsMsat[hop];
      for (let back = hop - 1; back >= 0; back--) {
        balances.fail(directions[back], amountsMsat[back]);
      }
      this.finder.bounds.learnFailure(direction, amountMsat);
      this.#lessons.add(payer, { direction, amountMsat, timeMs });
      this.#tellFailure(route, hop, reason);
      return false;
    }
    for (let hop = directions.length - 1; hop >= 0; hop--) {
      balances.settle(directions[hop], amountsMsat[hop]);
    }
    for (let hop = 1; hop < directions.length; hop++) this.#tell(route, hop, "settled");
    return true;
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
