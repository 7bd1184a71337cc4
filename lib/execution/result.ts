import type { Suggestion, SuggestionResult } from "../protocol/mod.ts";
import type { Attempt } from "./ledger.ts";

/** What the payments that settled have moved, msat. */
export function movedMsat(attempts: readonly Attempt[]): number {
  return attempts.reduce(
    (sum, { state, amountMsat }) => sum + (state === "settled" ? amountMsat : 0),
    0,
  );
}

/** What an execution came to, by the payments in the ledger. */
export function resultOf(
  suggestion: Suggestion,
  attempts: readonly Attempt[],
  { reason, channels = [], tries }: Pick<
    Partial<SuggestionResult>,
    "reason" | "channels" | "tries"
  >,
): SuggestionResult {
  const amountMsat = movedMsat(attempts);
  return {
    ...endsOf(suggestion),
    status: amountMsat > 0 ? "applied" : "failed",
    reason: reason?.slice(0, LONGEST_REASON),
    amountMsat,
    feeMsat: attempts.reduce((sum, { feeMsat }) => sum + feeMsat, 0),
    attempts: Math.max(attempts.length, tries?.length ?? 0),
    channels,
    ...(tries !== undefined && { tries: tries.slice(0, MOST_TRIES) }),
  };
}

/** The answer to a suggestion for which nothing was sent. */
export function refusal(suggestion: Suggestion, reason: string): SuggestionResult {
  return {
    ...resultOf(suggestion, [], { reason }),
    status: "refused",
  };
}

/** The protocol's own bounds. */
const LONGEST_REASON = 200;
const MOST_TRIES = 200;

function endsOf({ id, node, sourceChannel, targetChannel }: Suggestion) {
  return { id, node, sourceChannel, targetChannel };
}
