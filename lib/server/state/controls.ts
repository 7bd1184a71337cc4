import type { Suggestion, SuggestionResult } from "../../protocol/mod.ts";

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
  /** Makes no further attempt for a rebalance under way; returns why not, or undefined. */
  stopOne(suggestionId: string): string | undefined;
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
