/**
 * Floor 4: from predictions and costs to suggestions, with a reason for every channel.
 *
 * @module
 */
export * from "./node_past.ts";
export * from "./planner.ts";
export * from "./types.ts";
export * from "./value.ts";
export * from "./value_curve.ts";
