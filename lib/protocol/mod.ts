/**
 * Floor 1: what goes over wires and into files. Schemas live here once; types, validation, OpenAPI,
 * flags and help follow from them.
 *
 * @module
 */
export * from "./channel_name.ts";
export * from "./command_options.ts";
export * from "./commands.ts";
export * from "./csv_rows.ts";
export * from "./events.ts";
export * from "./legacy.ts";
export * from "./messages.ts";
export * from "./names.ts";
export * from "./option_spec.ts";
export * from "./options.ts";
export * from "./parse.ts";
export * from "./peer_input.ts";
export * from "./policy.ts";
export * from "./rest.ts";
export * from "./rebalance_progress.ts";
export * from "./simulation_control.ts";
