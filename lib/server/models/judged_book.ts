import { DAY_MS } from "../../core/mod.ts";
import type { Judgement } from "../../lens/mod.ts";

/** Days that are kept, in the events' own time. */
const MOST_DAYS = 31;
/** Suggestions that are remembered one by one. */
const MOST_VERDICTS = 1000;
/** Bins of confidence, equally wide. */
export const CONFIDENCE_BINS = 10;

/** Suggestions of one day whose horizon has passed. */
export interface JudgedDay {
  /** Carried out, or judged as if they had been. */
  carriedOut: boolean;
  dayMs: number;
  count: number;
  /** Those that earned more than they cost. */
  paid: number;
  /** Expected gain after the fee, as it was told. */
  projectedMsat: number;
  /** What the moved liquidity earned, less the fee. */
  realisedMsat: number;
}

/** Suggestions of like confidence, and how many of them paid for themselves. */
export interface ConfidenceBin {
  count: number;
  confidenceSum: number;
  paid: number;
}

/** What became of one suggestion, or would have become of it. */
export interface Verdict {
  carriedOut: boolean;
  /** What the moved liquidity earned, and what moving it cost. */
  earnedMsat: number;
  feeMsat: number;
}

/** What suggestions promised beside what came of them. */
export class JudgedBook {
  readonly #days = new Map<string, JudgedDay>();
  readonly #bins: ConfidenceBin[] = Array.from(
    { length: CONFIDENCE_BINS },
    () => ({ count: 0, confidenceSum: 0, paid: 0 }),
  );

  readonly #verdicts = new Map<string, Verdict>();

  add({ suggestion, timeMs, carriedOut, earnedMsat, feeMsat }: Judgement): void {
    this.#remember(suggestion.id, { carriedOut, earnedMsat, feeMsat });
    const paid = earnedMsat > feeMsat ? 1 : 0;
    const day = this.#day(Math.floor(timeMs / DAY_MS) * DAY_MS, carriedOut);
    day.count++;
    day.paid += paid;
    day.projectedMsat += suggestion.expectedGainMsat;
    day.realisedMsat += earnedMsat - feeMsat;
    const place = Math.floor(suggestion.confidence * CONFIDENCE_BINS);
    const bin = this.#bins[Math.min(CONFIDENCE_BINS - 1, place)];
    bin.count++;
    bin.confidenceSum += suggestion.confidence;
    bin.paid += paid;
  }

  /** Oldest first. */
  days(): JudgedDay[] {
    return [...this.#days.values()].sort((a, b) => a.dayMs - b.dayMs);
  }

  /** By confidence, lowest first. */
  bins(): readonly ConfidenceBin[] {
    return this.#bins;
  }

  /** Of one suggestion; undefined before its horizon has passed, or long after. */
  verdict(suggestionId: string): Verdict | undefined {
    return this.#verdicts.get(suggestionId);
  }

  #remember(id: string, verdict: Verdict): void {
    this.#verdicts.set(id, verdict);
    for (const oldest of this.#verdicts.keys()) {
      if (this.#verdicts.size <= MOST_VERDICTS) break;
      this.#verdicts.delete(oldest);
    }
  }

  #day(dayMs: number, carriedOut: boolean): JudgedDay {
    const key = `${dayMs}/${carriedOut}`;
    let day = this.#days.get(key);
    if (day === undefined) {
      day = { dayMs, carriedOut, count: 0, paid: 0, projectedMsat: 0, realisedMsat: 0 };
      this.#days.set(key, day);
      for (const [other, { dayMs: old }] of this.#days) {
        if (old <= dayMs - MOST_DAYS * DAY_MS) this.#days.delete(other);
      }
    }
    return day;
  }
}
