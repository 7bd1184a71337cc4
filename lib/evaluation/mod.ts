/**
 * Floor 5: what a model says of a features file: predictions, a plan, statistics, pictures and the
 * report.
 *
 * @module
 */
export * from "./analysis.ts";
export * from "./backtest/mod.ts";
export * from "./experiment/mod.ts";
export * from "./network_facts.ts";
export * from "./outlooks.ts";
export * from "./predictions_csv.ts";
export * from "./pictures.ts";
export * from "./report.ts";
export * from "./statistics.ts";
export * from "./uplift/mod.ts";
export * from "./write_analysis.ts";
