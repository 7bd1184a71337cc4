/**
 * Floor 2: the channel graph, who owns what in it, and ways through it.
 *
 * @module
 */
export * from "./balance_prior.ts";
export * from "./balances.ts";
export * from "./builder.ts";
export * from "./circular_attempts.ts";
export { networkFromDescribegraph } from "./describegraph.ts";
export { generateNetwork, type GeneratorOptions } from "./generator.ts";
export * from "./initial_balances.ts";
export type { OnFault } from "./json_members.ts";
export * from "./liquidity_bounds.ts";
export * from "./liquidity_memory.ts";
export * from "./liquidity_prior.ts";
export * from "./load.ts";
export * from "./named_memory.ts";
export * from "./network.ts";
export { CHANNEL_COLUMNS, writeNetworkCsv } from "./network_csv.ts";
export * from "./route_finder.ts";
export * from "./create_router.ts";
export * from "./router.ts";
export { SEARCH_DEFAULTS, type SearchLimits } from "./search_limits.ts";
export type { MemorySnapshot } from "./sender_memory.ts";
export * from "./topology.ts";
