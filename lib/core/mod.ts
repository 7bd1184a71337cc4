/**
 * Floor 0: units, time, chance, errors, files, CSV, logging and progress. Knows nothing of
 * Lightning.
 *
 * @module
 */
export type { BenchRow } from "./bench_row.ts";
export * from "./addresses.ts";
export * from "./clock.ts";
export * from "./columns.ts";
export * from "./csv.ts";
export * from "./errors.ts";
export * from "./files.ts";
export * from "./hash.ts";
export * from "./job_pool.ts";
export * from "./log.ts";
export * from "./next_turn.ts";
export * from "./progress.ts";
export { type LogEntry, RecentLog } from "./recent_log.ts";
export * from "./rng.ts";
export * from "./text_table.ts";
export * from "./text_width.ts";
export * from "./toml.ts";
export * from "./secret.ts";
export * from "./units.ts";
