import type { SuggestionResult } from "../../protocol/mod.ts";
import type { PaymentResult } from "../traffic/payer.ts";
import type { Intent } from "../traffic/traffic.ts";

/** Counts over the whole network. */
export interface Statistics {
  payments: number;
  settled: number;
  /** Settled over payments, 0 to 1; 0 without payments. */
  successRate: number;
  /** Payments that nobody could have sent: the payer's own channels held too little. */
  withoutFunds: number;
  attempts: number;
  volumeMsat: number;
  feesMsat: number;
  suggestions: { applied: number; refused: number; failed: number };
}

/** Counts payments and suggestions. */
export class StatisticsCounter {
  #counts = this.#zero();

  #zero(): Omit<Statistics, "successRate"> {
    return {
      payments: 0,
      settled: 0,
      withoutFunds: 0,
      attempts: 0,
      volumeMsat: 0,
      feesMsat: 0,
      suggestions: { applied: 0, refused: 0, failed: 0 },
    };
  }

  count({ amountMsat }: Intent, result: PaymentResult): void {
    const counts = this.#counts;
    counts.payments++;
    counts.attempts += result.attempts;
    if (result.success) {
      counts.settled++;
      counts.volumeMsat += amountMsat;
      counts.feesMsat += result.feeMsat;
    } else if (result.failureReason === "no_funds") {
      counts.withoutFunds++;
    }
  }

  countSuggestion({ status }: SuggestionResult): void {
    this.#counts.suggestions[status]++;
  }

  read(): Statistics {
    const { payments, settled, suggestions } = this.#counts;
    return {
      ...this.#counts,
      suggestions: { ...suggestions },
      successRate: payments === 0 ? 0 : settled / payments,
    };
  }

  save(): Omit<Statistics, "successRate"> {
    return structuredClone(this.#counts);
  }

  load(counts: Omit<Statistics, "successRate">): void {
    this.#counts = structuredClone(counts);
  }

  reset(): void {
    this.#counts = this.#zero();
  }
}
