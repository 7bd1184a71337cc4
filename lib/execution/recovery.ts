import { errorMessage, logger } from "../core/mod.ts";
import type { Attempt } from "./ledger.ts";
import { resultOf } from "./result.ts";
import { bookFailure, bookSuccess, type ExecutorParts } from "./run.ts";
import type { ExecutionSettings } from "./settings.ts";

/** What {@linkcode recover} found. */
export interface Recovery {
  settled: number;
  failed: number;
  /** Payments whose end is still not known: no new one may be sent. */
  open: number;
}

/** After its expiry an invoice is given this much longer: two clocks are not one. */
const EXPIRY_MARGIN_MS = 60_000;
const log = logger("execution");

/**
 * Tracks every payment that is set aside to its end, by its hash, and gives executions that a
 * crash cut off their result. A payment that the node doesn't know was never sent, or is about to
 * arrive there: it counts as failed only when its invoice can't be paid any more. So does one along
 * our own routes of which a try has failed: another may be about to arrive.
 */
export async function recover(
  parts: ExecutorParts,
  { trackMs }: Pick<ExecutionSettings, "trackMs">,
): Promise<Recovery> {
  const { payer, ledger, clock, onResult } = parts;
  const found: Recovery = { settled: 0, failed: 0, open: 0 };
  for (const attempt of ledger.open()) {
    found[await endOf(attempt)]++;
  }
  for (const { suggestion } of ledger.unfinished()) {
    const attempts = ledger.attemptsOf(suggestion.id);
    if (attempts.some(({ state }) => state === "reserved")) continue;
    const result = resultOf(suggestion, attempts, { reason: "it was interrupted" });
    ledger.finish(result, clock.nowMs());
    onResult?.(result);
  }
  return found;

  async function endOf(attempt: Attempt): Promise<"settled" | "failed" | "open"> {
    const { paymentHash, invoiceExpiresMs, byRoute, reservedMsat: feeMsat } = attempt;
    try {
      const outcome = await payer.track(paymentHash, trackMs);
      if (outcome.status === "succeeded") {
        // Along own routes it may have been a part only.
        const amountMsat = byRoute ? 1 : attempt.amountMsat;
        bookSuccess(parts, paymentHash, outcome, { amountMsat, feeMsat });
        return "settled";
      }
      const expired = clock.nowMs() > invoiceExpiresMs + EXPIRY_MARGIN_MS;
      const final = outcome.status === "failed" && !byRoute;
      const over = outcome.status === "failed" || outcome.status === "unknown";
      if (final || (over && expired)) {
        const reason = outcome.status === "failed" ? outcome.reason : "never sent";
        await bookFailure(parts, paymentHash, reason);
        return "failed";
      }
    } catch (error) {
      log.warn`payment ${paymentHash} can't be tracked: ${errorMessage(error)}`;
    }
    return "open";
  }
}
