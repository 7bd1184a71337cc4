/**
 * Floor 2: the channel graph, who owns what in it, and ways through it.
 *
 * @module
 */
export * from "./generated/balance_prior.ts";
export * from "./balances.ts";
export * from "./builder.ts";
export * from "./knowledge/circular_attempts.ts";
export { networkFromDescribegraph } from "./formats/describegraph.ts";
export { generateNetwork, type GeneratorOptions } from "./generated/generator.ts";
export * from "./generated/initial_balances.ts";
export type { OnFault } from "./formats/json_members.ts";
export * from "./search/liquidity_bounds.ts";
export * from "./knowledge/liquidity_memory.ts";
export * from "./search/liquidity_prior.ts";
export * from "./formats/load.ts";
export * from "./knowledge/named_memory.ts";
export * from "./network.ts";
export { CHANNEL_COLUMNS, writeNetworkCsv } from "./formats/network_csv.ts";
export * from "./search/route_finder.ts";
export * from "./routers/create_router.ts";
export * from "./routers/router.ts";
export { SEARCH_DEFAULTS, type SearchLimits } from "./search/search_limits.ts";
export type { MemorySnapshot } from "./routers/sender_memory.ts";
export * from "./formats/topology.ts";
