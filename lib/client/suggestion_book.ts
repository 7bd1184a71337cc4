import { channelKey } from "../liquidity/mod.ts";
import type { Suggestion, SuggestionResult } from "../protocol/mod.ts";

/** What suggestions came to so far. */
export interface SuggestionCounts {
  sent: number;
  applied: number;
  refused: number;
  failed: number;
  /** Never answered before they ran out. */
  expired: number;
  feesPaidMsat: number;
}

/** Suggestions that were sent, until they are answered or run out. */
export class SuggestionBook {
  #open = new Map<string, Suggestion>();
  readonly counts: SuggestionCounts = {
    sent: 0,
    applied: 0,
    refused: 0,
    failed: 0,
    expired: 0,
    feesPaidMsat: 0,
  };

  /** Suggestions without an answer. */
  get open(): number {
    return this.#open.size;
  }

  /** True while a suggestion into or out of one of its channels waits for its answer. */
  isBusy(suggestion: Suggestion): boolean {
    const keys = new Set(channelKeys(suggestion));
    return [...this.#open.values()].some((s) => channelKeys(s).some((key) => keys.has(key)));
  }

  /** Takes note of one that goes out. */
  add(suggestion: Suggestion): void {
    if (!this.#open.has(suggestion.id)) this.counts.sent++;
    this.#open.set(suggestion.id, suggestion);
  }

  /** Closes the one that a result answers; undefined for a result of someone else's. */
  settle(result: SuggestionResult): Suggestion | undefined {
    const suggestion = this.#open.get(result.id);
    if (suggestion === undefined) return undefined;
    this.#open.delete(result.id);
    this.counts[result.status]++;
    this.counts.feesPaidMsat += result.status === "applied" ? result.feeMsat : 0;
    return suggestion;
  }

  /** Drops what ran out by `timeMs`. */
  expire(timeMs: number): void {
    for (const [id, suggestion] of this.#open) {
      if (suggestion.expiresAt > timeMs) continue;
      this.#open.delete(id);
      this.counts.expired++;
    }
  }
}

function channelKeys(s: Suggestion): string[] {
  return [channelKey(s.node, s.sourceChannel), channelKey(s.node, s.targetChannel)];
}
