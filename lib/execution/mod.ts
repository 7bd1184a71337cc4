/**
 * Floor 6: carrying suggestions out on a real node, within a budget: the ledger that sets the worst
 * case aside, the executor, what finds the ends of payments after a crash, and the kill switch.
 *
 * @module
 */
export * from "./executor.ts";
export * from "./kill_switch.ts";
export * from "./ledger.ts";
export * from "./limits.ts";
export * from "./policy.ts";
export type { Recovery } from "./recovery.ts";
export * from "./route_knowledge.ts";
export type { ExecutorParts } from "./run.ts";
export * from "./settings.ts";
export * from "./steady_time.ts";
