/**
 * The part of the room that runs in a browser: specifications and Chart.js, without the canvas
 * library of the PNG renderer.
 *
 * @module
 */
export * from "./balance_bar.ts";
export * from "./balance_distribution.ts";
export * from "./channel_balance.ts";
export * from "./balance_trail.ts";
export { Chart } from "./chart_parts.ts";
export * from "./confidence_calibration.ts";
export * from "./decision_label.ts";
export * from "./demand_fan.ts";
export * from "./error_history.ts";
export * from "./experiment_differences.ts";
export * from "./feature_importance.ts";
export * from "./fee_rates.ts";
export * from "./forecast_losses.ts";
export * from "./forecaster_names.ts";
export * from "./gain_over_time.ts";
export * from "./income_by_day.ts";
export * from "./optimal_vs_current.ts";
export * from "./rebalance_recommendations.ts";
export type { ChartSpec } from "./spec.ts";
export { counted, drawableName, fromTo, shortName, wholePercent } from "./text.ts";
export * from "./theme.ts";
export * from "./uplift_intervals.ts";
export * from "./value_of_balance.ts";
