/**
 * Floor 3: Lightning nodes. What is asked of any, LND over REST, dumps of node tools, and the
 * history and streams of a node as events.
 *
 * @module
 */
export { type LndAccess, LndConnection } from "./lnd_connection.ts";
export { LEAST_LND, LostConnectionError } from "./lnd_faults.ts";
export { LndNode } from "./lnd_node.ts";
export { LndPayer } from "./lnd_payer.ts";
export * from "./macaroon.ts";
export * from "./paying.ts";
export * from "./types.ts";
