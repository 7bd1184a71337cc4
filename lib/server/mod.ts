/**
 * Floor 6: the HTTP server: ingest, predictions, recommendations, live stream, metrics.
 *
 * @module
 */
export type { AlertOptions } from "./alerts/rules.ts";
export {
  ALERT_CODES,
  ALERT_DEFAULTS,
  type AlertThresholds,
  type AlertView,
} from "./alerts/rules.ts";
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
export * from "./server_options.ts";
export * from "./serving_model.ts";
export * from "./simulation_desk.ts";
export * from "./token.ts";
