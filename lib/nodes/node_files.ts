import { InputError, readJson } from "../core/mod.ts";
import type { Network } from "../network/mod.ts";
import { channelsFromCln, forwardsFromCln } from "./cln_files.ts";
import { channelsFromLnd } from "./lnd_channels.ts";
import { forwardsFromLnd } from "./lnd_history.ts";
import type { NodeChannel, NodeForward } from "./types.ts";

/** Output of node tools, saved to files. */
export interface NodeFiles {
  /** `lncli listchannels` or `lightning-cli listpeerchannels`. */
  channels: string;
  /** `lncli fwdinghistory` or `lightning-cli listforwards`. */
  forwards?: string;
  /** The node's public key, where it is to be given. */
  nodeId?: string;
  /** The graph, where there is one: who the node is and its terms follow from it. */
  graph?: Network;
}

/** What files tell of a node. */
export interface NodeDump {
  nodeId: string;
  channels: NodeChannel[];
  /** Oldest first. */
  forwards: NodeForward[];
}

/** Stands for the node where neither files nor user name it. */
export const UNNAMED = "self";

/**
 * Reads dumps of LND's or Core Lightning's command-line tool; which it is follows from the content.
 *
 * @throws {InputError} naming file and member, also for a file that is cut off
 */
export async function readNodeFiles(files: NodeFiles): Promise<NodeDump> {
  const { channels: listed, ownName } = await readChannels(files.channels);
  const nodeId = files.nodeId ?? (files.graph && ownerOf(listed, files.graph)) ?? UNNAMED;
  const channels = files.graph === undefined
    ? listed
    : listed.map((channel) => withPolicies(channel, nodeId, files.graph!));
  const read = files.forwards === undefined ? [] : await readForwards(files.forwards);
  const forwards = read.map((forward) => ({
    ...forward,
    inChannel: ownName(forward.inChannel),
    outChannel: ownName(forward.outChannel),
  }));
  return { nodeId, channels, forwards: forwards.sort((a, b) => a.timeMs - b.timeMs) };
}

/** The channels, and how they call what history calls by another name. */
async function readChannels(
  file: string,
): Promise<{ channels: NodeChannel[]; ownName: (id: string) => string }> {
  const value = await readJson(file);
  const [first] = arrayAt(value, "channels") ?? [];
  const isCln = hasMember(first, "peer_id") || hasMember(value, "peers");
  if (!isCln && !hasMember(value, "channels")) {
    throw otherContent(file, "channels", "lncli listchannels");
  }
  const found = (isCln ? channelsFromCln : channelsFromLnd)(value, { file });
  const names = new Map(
    found.flatMap(({ channel, aliases }) => aliases.map((alias) => [alias, channel.channelId])),
  );
  return {
    channels: found.map(({ channel }) => channel),
    ownName: (id) => names.get(id) ?? id,
  };
}

async function readForwards(file: string): Promise<NodeForward[]> {
  const value = await readJson(file);
  if (hasMember(value, "forwards")) return forwardsFromCln(value, { file });
  if (hasMember(value, "forwarding_events")) return forwardsFromLnd(value, { file });
  throw otherContent(file, "forwarding_events", "lncli fwdinghistory");
}

function otherContent(file: string, field: string, tool: string): InputError {
  return new InputError({ file, field, found: "nothing", expected: `the output of ${tool}` });
}

/** The end that all channels have in common. */
function ownerOf(channels: readonly NodeChannel[], graph: Network): string | undefined {
  for (const { channelId, peer } of channels) {
    const index = graph.channelOf(channelId);
    if (index === undefined) continue;
    const ends = [2 * index, 2 * index + 1].map((d) => graph.nodeIds[graph.source[d]]);
    const own = ends.find((end) => end !== peer);
    if (ends.includes(peer) && own !== undefined) return own;
  }
  return undefined;
}

function withPolicies(channel: NodeChannel, nodeId: string, graph: Network): NodeChannel {
  const index = graph.channelOf(channel.channelId);
  if (index === undefined) return channel;
  const mine = graph.nodeIds[graph.source[2 * index]] === nodeId ? 2 * index : 2 * index + 1;
  return {
    ...channel,
    localPolicy: channel.localPolicy ?? graph.policy(mine) ?? undefined,
    remotePolicy: channel.remotePolicy ?? graph.policy(mine ^ 1) ?? undefined,
  };
}

function arrayAt(value: unknown, name: string): unknown[] | undefined {
  const found = hasMember(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  return Array.isArray(found) ? found : undefined;
}

function hasMember(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && name in value;
}
