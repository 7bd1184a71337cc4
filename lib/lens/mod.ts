/**
 * Floor 5: the engine that strings features, model and planner together: events in, forecasts and
 * plans out. Server, client and demo run it.
 *
 * @module
 */
export * from "./channel_ledger.ts";
export * from "./lens.ts";
export * from "./logistic_calibration.ts";
export * from "./outcome_calibration.ts";
export * from "./past_flows.ts";
export * from "./past_trials.ts";
export * from "./route_costs.ts";
export * from "./shadow_judge.ts";
