import type { Suggestion, SuggestionResult } from "../protocol/mod.ts";
import type { Simulation } from "./simulation.ts";

/**
 * Applies a suggestion whose confidence, 0 to 1, is at least `minConfidence`; refuses others. What
 * became of it is told in virtual time.
 */
export function decideSuggestion(
  simulation: Simulation,
  suggestion: Suggestion,
  minConfidence: number,
  onResult?: (result: SuggestionResult) => void,
): void {
  if (suggestion.confidence >= minConfidence) {
    return simulation.applySuggestion(suggestion, onResult);
  }
  const sure = suggestion.confidence.toFixed(2);
  const reason = `below the confidence threshold (${sure} < ${minConfidence})`;
  simulation.refuseSuggestion(suggestion, reason, onResult);
}
