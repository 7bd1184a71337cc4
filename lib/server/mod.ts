/**
 * Floor 6: the HTTP server: ingest, predictions, recommendations, live stream, metrics.
 *
 * @module
 */
export * from "./app.ts";
export * from "./challenge.ts";
export type { ExecutionControl, ExecutionRecord, ModelControl } from "./controls.ts";
export * from "./drift_watch.ts";
export * from "./engine.ts";
export * from "./guards.ts";
export * from "./judged_book.ts";
export * from "./lens_server.ts";
export * from "./listen.ts";
export * from "./live_quality.ts";
export * from "./metrics_table.ts";
export * from "./retraining.ts";
export * from "./serving_model.ts";
export * from "./token.ts";
