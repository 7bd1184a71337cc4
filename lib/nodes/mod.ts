/**
 * Floor 3: Lightning nodes. What is asked of any, LND over REST, dumps of node tools, and the
 * history and streams of a node as events.
 *
 * @module
 */
export * from "./paying.ts";
export * from "./types.ts";
