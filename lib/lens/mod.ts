/**
 * Floor 5: the engine that strings features, model and planner together: events in, forecasts and
 * plans out. Server, client and demo run it.
 *
 * @module
 */
export * from "./channel_ledger.ts";
export * from "./lens.ts";
export * from "./route_costs.ts";
