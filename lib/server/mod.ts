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
export * from "./http/app.ts";
export type { ExecutionControl, ExecutionRecord, ModelControl } from "./state/controls.ts";
export * from "./models/drift_watch.ts";
export * from "./state/engine.ts";
export * from "./http/guards.ts";
export * from "./models/judged_book.ts";
export * from "./lens_server.ts";
export * from "./http/listen.ts";
export * from "./models/live_quality.ts";
export * from "./state/metrics_table.ts";
export * from "./models/retraining.ts";
export * from "./server_options.ts";
export * from "./models/serving_model.ts";
export * from "./simulation_desk.ts";
export * from "./http/token.ts";
