import { InputError, RejectedRows, startsAsJson, systemClock } from "../core/mod.ts";
import { openEventFile } from "../liquidity/mod.ts";
import { loadNetwork, type Network } from "../network/mod.ts";
import { channelStateOf, forwardEvent, readNodeFiles } from "../nodes/mod.ts";
import type { CommandOptions, LensEvent } from "../protocol/mod.ts";

/** Options that name a node's files. */
export type DumpOptions = Pick<
  CommandOptions<"recommend">,
  "channels" | "forwards" | "graph" | "node-id"
>;

type ForwardEvent = Extract<LensEvent, { kind: "forward" }>;

/** A node as its files tell of it. */
export interface NodeDumpEvents {
  nodeId: string;
  graph: Network | undefined;
  /** Forwards, oldest first, then the state of every channel. */
  events: LensEvent[];
  /** What the reader should know of the grounds of all advice. */
  notes: string[];
}

/**
 * Reads a node's files as events.
 *
 * @throws {InputError} as `readNodeFiles` and `loadNetwork` do
 */
export async function readNodeDump(
  channels: string,
  options: DumpOptions,
): Promise<NodeDumpEvents> {
  const graph = options.graph === undefined ? undefined : await loadNetwork(options.graph);
  const { forwards: path } = options;
  const csv = path !== undefined && !await startsAsJson(path) ? path : undefined;
  const dump = await readNodeFiles({
    channels,
    forwards: csv === undefined ? path : undefined,
    nodeId: options["node-id"],
    graph,
  });
  const { nodeId } = dump;
  const forwards = csv === undefined
    ? dump.forwards.map((forward) => forwardEvent(nodeId, forward))
    : await forwardsOfCsv(csv, nodeId);
  // Dumps don't say when they were made: taken to be just after the last forward.
  const timeMs = forwards.at(-1)?.timeMs ?? systemClock.nowMs();
  const events: LensEvent[] = [
    ...forwards,
    ...dump.channels.map((channel): LensEvent => ({
      kind: "channel_state",
      timeMs,
      channel: channelStateOf(nodeId, channel),
    })),
  ];
  const notes = [
    ...(path === undefined
      ? ["without --forwards there is no history to forecast from"]
      : forwards.some(({ forward }) => forward.outcome === "failed_here")
      ? []
      : ["the files tell of no failed forward: demand that empty channels hid is estimated"]),
    ...(graph === undefined ? ["without --graph the cost of routes is a guess"] : []),
  ];
  return { nodeId, graph, events, notes };
}

/** Forwards of a CSV file, oldest first: the node's own, where the file tells of several nodes. */
async function forwardsOfCsv(file: string, nodeId: string): Promise<ForwardEvent[]> {
  const { kind, batches } = await openEventFile(file, new RejectedRows(file, false), {
    inOrder: false,
  });
  const all: ForwardEvent[] = [];
  for await (const { events } of batches) {
    for (const event of events) if (event.kind === "forward") all.push(event);
  }
  const nodes = new Set(all.map(({ forward }) => forward.node));
  const own = nodes.size > 1 ? all.filter(({ forward }) => forward.node === nodeId) : all;
  if (own.length === 0) {
    throw new InputError({
      file,
      field: "node",
      found: nodes.size > 1 ? `${nodes.size} other nodes` : `no forward in a ${kind} file`,
      expected: `forwards of ${nodeId}; --node-id names another node`,
    });
  }
  return own.map((event) => ({ ...event, forward: { ...event.forward, node: nodeId } }))
    .sort((a, b) => a.timeMs - b.timeMs);
}
