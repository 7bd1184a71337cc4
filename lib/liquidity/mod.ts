/**
 * Floor 3: what flows through channels and what it asks of their balance. Streaming features,
 * demand, the hindsight label, samples and their tables, splits by time.
 *
 * @module
 */
export * from "./build_features.ts";
export { DecayedCount } from "./channel_track.ts";
export * from "./demand.ts";
export * from "./event_files.ts";
export * from "./feature_stream.ts";
export * from "./feature_table.ts";
export { FEATURE_NAMES, type PeerFacts } from "./feature_vector.ts";
export * from "./features_csv.ts";
export { HALF_LIFE_NAMES, HALF_LIVES_MS } from "./flow_memory.ts";
export * from "./forecast.ts";
export * from "./labels.ts";
export * from "./sample_collector.ts";
export * from "./splits.ts";
export * from "./unheard_times.ts";
