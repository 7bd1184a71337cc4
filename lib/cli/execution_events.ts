import type { LensEvent, SuggestionResult } from "../protocol/mod.ts";

/**
 * The event that tells of a result. A result that a later one replaces, when a payment was late, has
 * another name.
 */
export function executionEvent(result: SuggestionResult, timeMs: number): LensEvent {
  const { id, amountMsat, feeMsat, attempts } = result;
  return {
    kind: "rebalance",
    timeMs,
    eventId: `execution/${id}/${attempts}/${amountMsat}/${feeMsat}`,
    rebalance: result,
  };
}
