import { errorMessage, logger, MSAT_PER_SAT, RefusedError } from "../core/mod.ts";
import type { PaymentOutcome } from "../nodes/mod.ts";
import { movableMsat } from "./guards.ts";
import { partCapMsat } from "./limits.ts";
import {
  bookFailure,
  bookSuccess,
  type ExecutorParts,
  forbiddenNow,
  lookAgain,
  reserveInvoice,
  type Run,
  tellProgress,
  tryOf,
} from "./run.ts";
import type { ExecutionSettings } from "./settings.ts";

/** What became of one payment. */
interface PartOutcome {
  settled: boolean;
  /** No other payment may follow. */
  end: boolean;
  reason?: string;
}

const log = logger("execution");

/**
 * Carries a rebalance out by ways that the node finds: a payment for the whole, smaller ones after
 * failures.
 *
 * @returns why less was moved than was asked for
 */
export async function carryOutByNode(
  parts: ExecutorParts,
  settings: ExecutionSettings,
  run: Run,
): Promise<string | undefined> {
  const { amountMsat } = run.suggestion;
  const { maxAttempts, leastPartShare } = settings;
  let moved = 0, nextMsat = amountMsat, reason: string | undefined;
  for (let attempts = 0; moved < amountMsat; attempts++) {
    if (attempts === maxAttempts) break;
    const leftMsat = amountMsat - moved;
    const partMsat = wholeSat(movableMsat(run.ends, Math.min(nextMsat, leftMsat)));
    if (partMsat < Math.min(amountMsat * leastPartShare, leftMsat)) {
      reason ??= "a channel holds too little";
      break;
    }
    const outcome = await payPart(parts, settings, run, partMsat);
    reason = outcome.reason;
    // It arrived, but not as promised.
    if (outcome.settled && reason !== undefined) return reason;
    if (outcome.settled) moved += partMsat;
    // Smaller after a failure; the same again after a success.
    nextMsat = outcome.settled ? partMsat : partMsat / 2;
    if (outcome.end) break;
    const against = await lookAgain(parts, run, settings);
    if (against !== undefined) return moved < amountMsat ? against : undefined;
  }
  return moved < amountMsat ? reason : undefined;
}

/** One payment from its invoice to its end. */
async function payPart(
  parts: ExecutorParts,
  settings: ExecutionSettings,
  run: Run,
  amountMsat: number,
): Promise<PartOutcome> {
  const { suggestion, capMsat } = run;
  const stop = (reason: string) => ({ end: true, settled: false, reason });
  const against = forbiddenNow(parts, settings, suggestion);
  if (against !== undefined) return stop(against);
  const feeLimitMsat = partCapMsat(capMsat, amountMsat, suggestion.amountMsat);
  let hash: string | undefined;
  try {
    const most = { amountMsat, reservedMsat: feeLimitMsat, byRoute: false };
    const reserved = await reserveInvoice(parts, suggestion, most, settings);
    if ("stop" in reserved) return stop(reserved.stop);
    const { invoice } = reserved;
    hash = invoice.paymentHash;
    const late = forbiddenNow(parts, settings, suggestion);
    if (late !== undefined) {
      parts.ledger.fail(hash, "never sent", parts.clock.nowMs());
      return stop(late);
    }
    tellProgress(parts, run, [{ channels: [], amountMsat, feeMsat: feeLimitMsat }]);
    const outcome = await parts.payer.rebalance({
      invoice,
      sourceChannels: [suggestion.sourceChannel],
      targetPeer: suggestion.targetNode,
      feeLimitMsat,
      maxParts: 1,
      timeoutMs: settings.timeoutMs,
      cltvLimit: settings.cltvLimit,
    });
    const booked = await book(parts, run, hash, { amountMsat, feeMsat: feeLimitMsat }, outcome);
    if (outcome.status === "succeeded" || outcome.status === "failed") tellProgress(parts, run, []);
    return booked;
  } catch (error) {
    log.warn`${suggestion.id}: ${errorMessage(error)}`;
    if (hash === undefined) return stop(errorMessage(error));
    if (!(error instanceof RefusedError)) {
      return stop(`the end of a payment is not known yet: ${errorMessage(error)}`);
    }
    parts.ledger.fail(hash, "never sent", parts.clock.nowMs());
    return stop(errorMessage(error));
  }
}

/** Writes down how a payment ended. */
async function book(
  parts: ExecutorParts,
  { tries }: Run,
  hash: string,
  promised: { amountMsat: number; feeMsat: number },
  outcome: PaymentOutcome,
): Promise<PartOutcome> {
  if (outcome.status === "in_flight" || outcome.status === "unknown") {
    return { end: true, settled: false, reason: "a payment is still in flight" };
  }
  tries.push(...outcome.attempts.map(tryOf));
  if (outcome.status === "failed") {
    await bookFailure(parts, hash, outcome.reason);
    return { end: false, settled: false, reason: outcome.reason };
  }
  const reason = bookSuccess(parts, hash, outcome, promised);
  return { end: reason !== undefined, settled: true, reason };
}

function wholeSat(amountMsat: number): number {
  return Math.floor(amountMsat / MSAT_PER_SAT) * MSAT_PER_SAT;
}
