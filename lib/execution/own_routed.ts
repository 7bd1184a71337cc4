import { errorMessage, logger, RefusedError } from "../core/mod.ts";
import type { PaymentOutcome, RouteOrder } from "../nodes/mod.ts";
import { partCapMsat } from "./limits.ts";
import { movedMsat } from "./result.ts";
import type { RouteSearch, RouteTry } from "./route_search.ts";
import {
  bookFailure,
  bookSuccess,
  type ExecutorParts,
  forbiddenNow,
  lookAgain,
  type ReservedInvoice,
  reserveInvoice,
  type Run,
  type Stop,
  tellProgress,
  tryOf,
} from "./run.ts";
import type { ExecutionSettings } from "./settings.ts";

const log = logger("execution");

/**
 * Carries a rebalance out along routes of our own, one at a time. One invoice serves all routes until
 * one works: its worst case is that of all that is missing, and no route may cost more than its part
 * of that. Before each attempt everything is looked at anew.
 *
 * @returns why less was moved than was asked for
 */
export async function carryOutByRoutes(
  parts: ExecutorParts,
  settings: ExecutionSettings,
  run: Run,
  search: RouteSearch,
): Promise<string | undefined> {
  const work = new RoutedRun(parts, settings, run, search);
  try {
    for (;;) {
      const end = await work.step();
      if (end === undefined) continue;
      await work.release(end.stop ?? "done");
      return end.stop;
    }
  } catch (error) {
    // What was sent has ended: an error of sending itself does not come here.
    log.warn`${run.suggestion.id}: ${errorMessage(error)}`;
    await work.release(errorMessage(error));
    return errorMessage(error);
  }
}

/** The end of a rebalance; without a reason where all of it was moved. */
type End = Partial<Stop>;

class RoutedRun {
  /** What is paid now; undefined where nothing is set aside, or its end is not known. */
  #open: ReservedInvoice | undefined;

  constructor(
    readonly parts: ExecutorParts,
    readonly settings: ExecutionSettings,
    readonly run: Run,
    readonly search: RouteSearch,
  ) {}

  /** One attempt, or the end. */
  async step(): Promise<End | undefined> {
    const { parts, run, search } = this;
    const next = search.next(run.ends, parts.clock.nowMs());
    if (next.kind === "done") return { stop: next.reason };
    const reserved = await this.#reserved(next);
    if ("stop" in reserved) return reserved;
    const { blockHeight } = await parts.reader.info();
    // The last look: nothing is awaited between it and the sending.
    const late = forbiddenNow(parts, this.settings, run.suggestion);
    if (late !== undefined) return { stop: late };
    const { invoice } = reserved;
    tellProgress(parts, run, [{
      channels: next.hops.map(({ channelId }) => channelId),
      amountMsat: next.amountMsat,
      feeMsat: next.feeMsat,
    }]);
    const outcome = await this.#send({ invoice, hops: next.hops, blockHeight });
    if ("stop" in outcome) return outcome;
    const end = this.#book(next, invoice.paymentHash, outcome);
    if (outcome.status === "succeeded" || outcome.status === "failed") tellProgress(parts, run, []);
    if (end !== undefined) return end;
    const against = await lookAgain(parts, run, this.settings);
    return against === undefined ? undefined : { stop: against };
  }

  /** What became of an attempt; a reason to stop where the node did not even begin it. */
  async #send(order: RouteOrder): Promise<PaymentOutcome | Stop> {
    try {
      return await this.parts.payer.sendAlong(order);
    } catch (error) {
      log.warn`${this.run.suggestion.id}: ${errorMessage(error)}`;
      return error instanceof RefusedError
        ? { stop: errorMessage(error) }
        : { status: "in_flight" };
    }
  }

  /** Gives back what is set aside and not spent. Only where no end is unknown. */
  async release(reason: string): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open !== undefined) await bookFailure(this.parts, open.invoice.paymentHash, reason);
  }

  /** The invoice that a route pays, with enough set aside; whatever the search thinks it may ask for. */
  async #reserved({ hops }: RouteTry): Promise<ReservedInvoice | Stop> {
    const { parts, run: { suggestion, capMsat } } = this;
    const amountMsat = hops[hops.length - 1].amountMsat, feeMsat = hops[0].amountMsat - amountMsat;
    const missingMsat = suggestion.amountMsat - movedMsat(parts.ledger.attemptsOf(suggestion.id));
    const mostMsat = partCapMsat(capMsat, amountMsat, suggestion.amountMsat);
    if (!(amountMsat <= missingMsat && feeMsat <= mostMsat)) {
      return { stop: "a route moves or costs more than it may" };
    }
    const leastMs = parts.clock.nowMs() + this.settings.timeoutMs;
    if (this.#open !== undefined && this.#open.invoiceExpiresMs < leastMs) {
      await this.release("its invoice runs out");
    }
    if (this.#open === undefined) {
      const against = forbiddenNow(parts, this.settings, suggestion);
      if (against !== undefined) return { stop: against };
      const reservedMsat = partCapMsat(capMsat, missingMsat, suggestion.amountMsat);
      const most = { amountMsat: missingMsat, reservedMsat, byRoute: true };
      const reserved = await reserveInvoice(parts, suggestion, most, this.settings);
      if ("stop" in reserved) return reserved;
      this.#open = reserved;
    }
    return this.#open;
  }

  /** Writes down what became of an attempt. The end, if it is one. */
  #book(tried: RouteTry, hash: string, outcome: PaymentOutcome): End | undefined {
    const { parts, run, search } = this;
    if (outcome.status === "in_flight" || outcome.status === "unknown") {
      // Stays set aside until its end is known.
      this.#open = undefined;
      return { stop: "a payment is still in flight" };
    }
    let broken: string | undefined;
    if (outcome.status === "succeeded") {
      // First of all: whatever happens now, it must not be given back.
      this.#open = undefined;
      broken = bookSuccess(parts, hash, outcome, tried);
    }
    run.tries.push(...outcome.attempts.map(tryOf));
    const failure = outcome.attempts.at(-1)?.failure;
    search.tell(tried, { settled: outcome.status === "succeeded", failure }, parts.clock.nowMs());
    if (broken !== undefined) return { stop: broken };
    return outcome.status === "failed" && failure?.atHop === tried.hops.length
      ? { stop: `the node refused its own payment: ${outcome.reason}` }
      : undefined;
  }
}
