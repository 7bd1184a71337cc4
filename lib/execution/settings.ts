import { MINUTE_MS, SECOND_MS } from "../core/mod.ts";
import { ATTEMPT_DEFAULTS } from "../network/mod.ts";
import type { NodeChannel } from "../nodes/mod.ts";
import type { Suggestion } from "../protocol/mod.ts";
import type { SpendingLimits } from "./limits.ts";

/** How rebalances are carried out. */
export interface ExecutionSettings extends SpendingLimits {
  /** Payments tried for one suggestion where the node finds the ways. */
  maxAttempts: number;
  /** Routes tried for one suggestion where we find them. */
  maxRoutes: number;
  /** No route is tried when a suggestion was begun longer ago than this. */
  deadlineMs: number;
  /** Amounts are halved after failures, down to this share of the suggestion. */
  leastPartShare: number;
  /** The node tries routes for one payment for so long. */
  timeoutMs: number;
  /** How long its invoice can be paid: longer than `timeoutMs`, so that no route fails for it. */
  invoiceExpiryMs: number;
  /** How long the end of a payment whose answer was lost is waited for. */
  trackMs: number;
  /** Blocks that a route may lock at most. */
  cltvLimit: number;
  /** A channel with more HTLCs under way is left alone. */
  maxPendingHtlcs: number;
  /** The operator's own rules: the reason why a suggestion may not be carried out now. */
  forbids?: (suggestion: Suggestion, nowMs: number) => string | undefined;
  /** The operator's own bounds: local balance over capacity, never drained below `low` nor filled above `high`. */
  boundsOf?: (channel: Pick<NodeChannel, "channelId" | "peer">) => { low?: number; high?: number };
}

export const EXECUTION_DEFAULTS = {
  maxAttempts: 6,
  maxRoutes: ATTEMPT_DEFAULTS.maxAttempts,
  deadlineMs: 10 * MINUTE_MS,
  leastPartShare: 1 / 8,
  timeoutMs: MINUTE_MS,
  invoiceExpiryMs: 3 * MINUTE_MS,
  trackMs: 30 * SECOND_MS,
  cltvLimit: 1008,
  maxPendingHtlcs: 20,
} as const satisfies Partial<ExecutionSettings>;

/** What must be given beside the defaults. */
export type ExecutionOptions = SpendingLimits & Partial<ExecutionSettings>;
