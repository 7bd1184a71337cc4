import { satToMsat } from "../../lib/core/mod.ts";
import type { Suggestion } from "../../lib/protocol/mod.ts";

/** A suggestion between the two channels of the fake node: 100,000 sat for at most 80 sat. */
export function suggestionOf(id: string, expiresAt: number): Suggestion {
  return {
    id,
    node: "node",
    sourceNode: "alice",
    sourceChannel: "source",
    targetNode: "bob",
    targetChannel: "target",
    amountMsat: satToMsat(100_000),
    feeLimitMsat: satToMsat(80),
    confidence: 0.9,
    expectedGainMsat: satToMsat(100),
    expectedFeeMsat: satToMsat(20),
    sourceOptimalRatio: 0.5,
    targetOptimalRatio: 0.5,
    expiresAt,
    reasons: [],
  };
}
