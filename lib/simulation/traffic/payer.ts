import { MINUTE_MS } from "../../core/mod.ts";
import type { Balances, MemorySnapshot, Network, Route, Router } from "../../network/mod.ts";
import type { FailureReason } from "../htlc/failures.ts";
import { type AlongOutcome, EVENT, type Machine, OWNER } from "../htlc/machine.ts";
import { beginAs, learnOutcome } from "./router_use.ts";
import type { Intent } from "./traffic.ts";

/** What became of a payment. */
export type PaymentResult =
  & {
    attempts: number;
    feeMsat: number;
    /** What carried it: one route for each part; none for a failure. */
    routes: Route[];
    /** From the wish to the end of the last HTLC. */
    durationMs: number;
  }
  & ({ success: true } | { success: false; failureReason: FailureReason });

export const PAYER_OPTIONS = {
  /** Routes tried per payment. */
  maxAttempts: 12,
  /** No route is tried later than this after the wish. */
  timeoutMs: MINUTE_MS,
  /** A payer pays fees up to this share of the amount, or up to the floor. */
  feeLimitPpm: 10_000,
  feeLimitFloorMsat: 5_000,
  /** Parts that a payment may be split into when no single route carries it; 1 never splits. */
  maxParts: 1,
  /** No part is smaller. */
  leastPartMsat: 10_000_000,
  /** A receiver gives parts back when the rest hasn't come so long after the first (BOLT 4: 60 s). */
  partsTimeoutMs: MINUTE_MS,
};
export type PayerOptions = typeof PAYER_OPTIONS;

/** A part of a payment that is on its way, held by the receiver or settled. */
interface Part {
  route: Route;
  amountMsat: number;
  state: "sent" | "held" | "settled";
}

/** A payment under way, as plain data. */
export interface Payment {
  id: number;
  intent: Intent;
  /** For all parts together. */
  feeLimitMsat: number;
  attempts: number;
  /** Size of the next part. */
  partMsat: number;
  /** What no part carries. */
  missingMsat: number;
  /** By number of attempt. */
  parts: [attempt: number, part: Part][];
  /** Set when no further route is tried. */
  gaveUp?: FailureReason;
}

/** Where a {@linkcode Payer} stands. */
export interface PayerState {
  nextId: number;
  payments: Payment[];
  known: MemorySnapshot;
}

/** What a {@linkcode Payer} works with. */
export interface PayerTools {
  machine: Machine;
  /** Makes what finds routes; called again when the network has grown. */
  makeRouter: () => Router;
  /** Told of every payment that ended; `id` counts payments from 0. */
  onResult: (intent: Intent, result: PaymentResult, id: number) => void;
}

/**
 * Sends payments: finds a route by what the payer knows (its own balances, the announced terms,
 * what it learned), sends an HTLC along it, learns from a failure, tries the next. What no single
 * route carries goes in parts, which the receiver holds until all are there.
 */
export class Payer {
  readonly options: PayerOptions;
  readonly network: Network;
  readonly balances: Balances;
  readonly #machine: Machine;
  readonly #makeRouter: () => Router;
  #router: Router;
  readonly #onResult: PayerTools["onResult"];
  readonly #payments = new Map<number, Payment>();
  #nextId = 0;

  constructor({ machine, makeRouter, onResult }: PayerTools, options: Partial<PayerOptions> = {}) {
    this.options = { ...PAYER_OPTIONS, ...options };
    this.network = machine.network;
    this.balances = machine.balances;
    this.#machine = machine;
    this.#makeRouter = makeRouter;
    this.#router = makeRouter();
    this.#onResult = onResult;
    machine.setOwner(OWNER.payment, {
      onHeld: (attempt, id) => this.#onHeld(attempt, id),
      onEnded: (attempt, id, settled) => this.#onEnded(attempt, id, settled),
    });
    machine.setHandler(EVENT.partsTimeOut, (id) => this.#releaseParts(id));
  }

  /** Payments under way. */
  get pending(): number {
    return this.#payments.size;
  }

  /** The network has grown. What senders learned stays. */
  renewRouter(): void {
    const known = this.#router.snapshot();
    this.#router = this.#makeRouter();
    this.#router.restore(known);
  }

  /** Payments under way and what senders have learned, as plain data. */
  save(): PayerState {
    return {
      nextId: this.#nextId,
      payments: [...this.#payments.values()],
      known: this.#router.snapshot(),
    };
  }

  load({ nextId, payments, known }: PayerState): void {
    this.#nextId = nextId;
    this.#payments.clear();
    for (const payment of payments) this.#payments.set(payment.id, payment);
    this.renewRouter();
    this.#router.restore(known);
  }

  /** Begins a payment; the listener is told what became of it. */
  pay(intent: Intent): void {
    const { sender, amountMsat } = intent;
    const { feeLimitPpm, feeLimitFloorMsat, maxParts } = this.options;
    const id = this.#nextId++;
    const fail = (reason: FailureReason) =>
      this.#tell({ id, intent, attempts: 0, gaveUp: reason }, []);
    if (this.#machine.outages.isAway(sender)) return fail("sender_offline");
    const funds = beginAs(sender, this.#router, this.#machine);
    if ((maxParts === 1 ? funds.largestMsat : funds.sumMsat) < amountMsat) return fail("no_funds");
    const payment: Payment = {
      id,
      intent,
      feeLimitMsat: Math.max(feeLimitFloorMsat, Math.floor(amountMsat * feeLimitPpm / 1_000_000)),
      attempts: 0,
      partMsat: amountMsat,
      missingMsat: amountMsat,
      parts: [],
    };
    this.#payments.set(id, payment);
    this.#advance(payment);
    this.#machine.settleNow();
  }

  /** Sends parts until nothing is missing, or gives up. */
  #advance(payment: Payment): void {
    const { leastPartMsat, maxParts } = this.options;
    while (payment.missingMsat > 0 && payment.gaveUp === undefined) {
      payment.partMsat = Math.min(payment.partMsat, payment.missingMsat);
      // The last part that is allowed must carry all that is missing.
      const last = payment.parts.length === maxParts - 1;
      if (last && payment.partMsat < payment.missingMsat) payment.gaveUp = "no_route";
      else {
        const stopped = this.#outOfTries(payment);
        if (stopped !== undefined) payment.gaveUp = stopped;
        else if (this.#sendPart(payment)) payment.missingMsat -= payment.partMsat;
        else if (last || payment.partMsat < 2 * leastPartMsat) {
          payment.gaveUp = this.#outOfTries(payment) ?? "no_route";
        } else payment.partMsat = Math.ceil(payment.partMsat / 2);
      }
    }
    if (payment.gaveUp === undefined) return;
    // Without latency nobody waits.
    if (this.#machine.latency.isZero) this.#releaseParts(payment.id);
    this.#endIfDone(payment);
  }

  #outOfTries({ attempts, intent }: Payment): FailureReason | undefined {
    if (attempts >= this.options.maxAttempts) return "too_many_attempts";
    const late = attempts > 0 && this.#machine.nowMs > intent.timeMs + this.options.timeoutMs;
    return late ? "out_of_time" : undefined;
  }

  /** Sends a part by the best route that takes it on. Returns false where there is none. */
  #sendPart(payment: Payment): boolean {
    const { id, partMsat, intent: { sender, receiver } } = payment;
    const machine = this.#machine;
    const feeLimitMsat = payment.parts.reduce(
      (left, [, { route }]) => left - route.feeMsat,
      payment.feeLimitMsat,
    );
    const request = { sender, receiver, amountMsat: partMsat, feeLimitMsat };
    while (payment.attempts < this.options.maxAttempts) {
      const route = this.#router.findRoute(request);
      if (route === undefined) return false;
      const key = machine.latency.keyOf(id, payment.attempts++);
      const sent = machine.engine.send(route, { kind: OWNER.payment, id, key }, machine.nowMs);
      if (typeof sent === "number") {
        const [first] = route.directions;
        this.#router.learnExact(first, this.balances.availableMsat(first));
        payment.parts.push([sent, { route, amountMsat: partMsat, state: "sent" }]);
        return true;
      }
      this.#learn(sender, route, { settled: false, failedHop: 0, reason: sent });
    }
    return false;
  }

  #learn(payer: number, route: Route, outcome: AlongOutcome): void {
    learnOutcome(this.#router, { payer, route, nowMs: this.#machine.nowMs }, outcome);
  }

  #onHeld(attempt: number, id: number): void {
    const payment = this.#payments.get(id)!;
    const { parts, missingMsat } = payment;
    const first = parts.every(([, { state }]) => state !== "held");
    partOf(payment, attempt).state = "held";
    const { engine, nowMs, queue, latency } = this.#machine;
    if (missingMsat === 0 && parts.every(([, { state }]) => state === "held")) {
      for (const [held] of parts) engine.settle(held, nowMs);
    } else if (payment.gaveUp !== undefined && latency.isZero) this.#releaseParts(id);
    else if (first) queue.push(nowMs + this.options.partsTimeoutMs, EVENT.partsTimeOut, id);
  }

  /** The receiver gives back what it holds of a payment that didn't arrive whole. */
  #releaseParts(id: number): void {
    const payment = this.#payments.get(id);
    if (payment === undefined) return;
    const { engine, nowMs } = this.#machine;
    for (const [attempt, part] of payment.parts) {
      if (part.state !== "held" || !engine.isHeld(attempt)) continue;
      part.state = "sent";
      engine.fail(attempt, "mpp_timeout", nowMs);
    }
  }

  #onEnded(attempt: number, id: number, settled: boolean): void {
    const payment = this.#payments.get(id)!;
    const part = partOf(payment, attempt);
    const outcome = this.#machine.outcomeOf(attempt, settled);
    this.#learn(payment.intent.sender, part.route, outcome);
    if (settled) part.state = "settled";
    else {
      payment.parts = payment.parts.filter(([other]) => other !== attempt);
      payment.missingMsat += part.amountMsat;
      // The next try is for as much as failed, by another way.
      payment.partMsat = Math.max(payment.partMsat, part.amountMsat);
      if (payment.gaveUp === undefined) {
        beginAs(payment.intent.sender, this.#router, this.#machine);
        return this.#advance(payment);
      }
    }
    this.#endIfDone(payment);
  }

  /** Tells what became of a payment when none of its HTLCs is left. */
  #endIfDone(payment: Payment): void {
    const { id, parts } = payment;
    if (parts.some(([, { state }]) => state !== "settled") || !this.#payments.delete(id)) return;
    this.#tell(payment, parts.map(([, { route }]) => route));
  }

  #tell(
    { id, intent, attempts, gaveUp }: Pick<Payment, "id" | "intent" | "attempts" | "gaveUp">,
    routes: Route[],
  ): void {
    const result = {
      attempts,
      feeMsat: routes.reduce((sum, { feeMsat }) => sum + feeMsat, 0),
      routes,
      durationMs: this.#machine.nowMs - intent.timeMs,
    };
    this.#onResult(
      intent,
      gaveUp === undefined
        ? { success: true, ...result }
        : { success: false, failureReason: gaveUp, ...result },
      id,
    );
  }
}

function partOf({ parts }: Payment, attempt: number): Part {
  const found = parts.find(([other]) => other === attempt);
  if (found === undefined) throw new Error(`attempt ${attempt} is no part of its payment`);
  return found[1];
}
