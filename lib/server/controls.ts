import { DAY_MS } from "../core/mod.ts";
import type { Suggestion, SuggestionResult } from "../protocol/mod.ts";

/** A rebalance that was begun. */
export interface ExecutionRecord {
  suggestion: Suggestion;
  begunMs: number;
  endedMs?: number;
  /** Payments so far; each with what became of it. */
  attempts: { amountMsat: number; state: string; feeMsat: number; reason?: string }[];
  result?: SuggestionResult;
}

/** What carries suggestions out, where that is switched on. */
export interface ExecutionControl {
  /** Begins a suggestion; returns why not, or undefined. Its end is told as an event. */
  accept(suggestion: Suggestion): string | undefined;
  /** The newest first. */
  executions(limit: number): ExecutionRecord[];
  /** True while nothing may be spent. */
  readonly stopped: boolean;
  stop(): void;
  resume(): void;
  /** Fees of the last 24 hours, settled and set aside, against the budget; msat. */
  spending(): { settledMsat: number; reservedMsat: number; budgetMsat: number };
}

/** Changes which model serves. */
export interface ModelControl {
  /** @throws {InputError} for a model that is not there or can't be used */
  promote(id: string): Promise<void>;
  /**
   * Puts the champion before the present one back in; returns its id.
   *
   * @throws {RefusedError} where there was none
   */
  rollBack(): Promise<string>;
}

/** How long a dismissed pair of channels is not proposed again, in the events' own time. */
export const DISMISSED_MS = DAY_MS;

/** Pairs of channels of which the operator wants no suggestion for a while. */
export class Dismissals {
  readonly #until = new Map<string, number>();

  /** Returns until when. */
  add(suggestion: Suggestion, nowMs: number): number {
    const untilMs = nowMs + DISMISSED_MS;
    for (const [key, ms] of this.#until) if (ms <= nowMs) this.#until.delete(key);
    this.#until.set(pairKey(suggestion), untilMs);
    return untilMs;
  }

  /** Takes a dismissal back. */
  remove(suggestion: Suggestion): void {
    this.#until.delete(pairKey(suggestion));
  }

  /** Until when a suggestion is dismissed, Unix ms; undefined where it is not. */
  until(suggestion: Suggestion, nowMs: number): number | undefined {
    const untilMs = this.#until.get(pairKey(suggestion));
    return untilMs !== undefined && untilMs > nowMs ? untilMs : undefined;
  }
}

function pairKey({ node, sourceChannel, targetChannel }: Suggestion): string {
  return `${node}/${sourceChannel}/${targetChannel}`;
}
