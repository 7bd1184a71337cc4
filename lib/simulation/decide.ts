import type { Suggestion, SuggestionResult } from "../protocol/mod.ts";
import type { Simulation } from "./simulation.ts";

/** Applies a suggestion whose confidence, 0 to 1, is at least `minConfidence`; refuses others. */
export function decideSuggestion(
  simulation: Simulation,
  suggestion: Suggestion,
  minConfidence: number,
): SuggestionResult {
  return suggestion.confidence >= minConfidence
    ? simulation.applySuggestion(suggestion)
    : simulation.refuseSuggestion(
      suggestion,
      `below the confidence threshold (${suggestion.confidence.toFixed(2)} < ${minConfidence})`,
    );
}
