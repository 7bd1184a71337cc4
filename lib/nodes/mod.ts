/**
 * Floor 3: Lightning nodes. What is asked of any, LND over REST, dumps of node tools, and the
 * history and streams of a node as events.
 *
 * @module
 */
export { channelsOfPeers } from "./cln_files.ts";
export * from "./event_sink.ts";
export { type FollowOptions, NodeFollower } from "./follow_node.ts";
export { type SyncCounts, syncHistory, type SyncOptions } from "./history_sync.ts";
export { withScid } from "./lnd_channels.ts";
export { type LndAccess, LndConnection } from "./lnd_connection.ts";
export { LEAST_LND, LostConnectionError } from "./lnd_faults.ts";
export { LndNode } from "./lnd_node.ts";
export { checkState, type OpenLnd, openLnd, type OpenLndOptions } from "./lnd_open.ts";
export { LndPayer } from "./lnd_payer.ts";
export {
  LND_NETWORKS,
  type LndKeys,
  type LndSettings,
  READING_MACAROON,
  readLndKeys,
} from "./lnd_settings.ts";
export * from "./macaroon.ts";
export { type NodeDump, type NodeFiles, readNodeFiles, UNNAMED } from "./node_files.ts";
export * from "./paying.ts";
export * from "./to_events.ts";
export * from "./types.ts";
