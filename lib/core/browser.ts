/**
 * The part of the room that runs in a browser as well: no files, no logging.
 *
 * @module
 */
export * from "./clock.ts";
export * from "./errors.ts";
export * from "./rng.ts";
export * from "./text_width.ts";
export * from "./units.ts";
