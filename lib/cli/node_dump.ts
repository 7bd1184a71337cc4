import { systemClock } from "../core/mod.ts";
import { loadNetwork, type Network } from "../network/mod.ts";
import { channelStateOf, forwardEvent, readNodeFiles } from "../nodes/mod.ts";
import type { CommandOptions, LensEvent } from "../protocol/mod.ts";

/** Options that name a node's files. */
export type DumpOptions = Pick<
  CommandOptions<"recommend">,
  "channels" | "forwards" | "graph" | "node-id"
>;

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
  const dump = await readNodeFiles({ channels, forwards: path, nodeId: options["node-id"], graph });
  const { nodeId, forwards } = dump;
  // Dumps don't say when they were made: taken to be just after the last forward.
  const timeMs = forwards.at(-1)?.timeMs ?? systemClock.nowMs();
  const events: LensEvent[] = [
    ...forwards.map((forward) => forwardEvent(nodeId, forward)),
    ...dump.channels.map((channel): LensEvent => ({
      kind: "channel_state",
      timeMs,
      channel: channelStateOf(nodeId, channel),
    })),
  ];
  const notes = [
    ...(path === undefined
      ? ["without --forwards there is no history to forecast from"]
      : forwards.some(({ outcome }) => outcome === "failed_here")
      ? []
      : ["the files tell of no failed forward: demand that empty channels hid is estimated"]),
    ...(graph === undefined ? ["without --graph the cost of routes is a guess"] : []),
  ];
  return { nodeId, graph, events, notes };
}
