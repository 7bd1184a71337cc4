import type { Network } from "../network/mod.ts";
import type { ChannelState, LensEvent } from "../protocol/mod.ts";

/** A time in which a stream was not heard: what only it tells is unknown, not zero. */
export interface Gap {
  stream: string;
  fromMs: number;
  toMs: number;
}

/** Where the history and the streams of a node go. */
export interface EventSink {
  /**
   * Takes events; when it resolves they are durable, and so are numbers to be kept under names:
   * all of it, or nothing. An event whose `eventId` came before changes nothing.
   */
  take(events: readonly LensEvent[], notes?: Readonly<Record<string, number>>): Promise<unknown>;
  /** A number kept under a name, from run to run. */
  note(name: string): Promise<number | undefined>;
  setNote(name: string, value: number): Promise<void>;
  /** A stream of a node is not heard from this time on; `gap` tells when it is again. */
  deaf(node: string, stream: string, fromMs: number): void;
  /** Keeps a gap. */
  gap(node: string, gap: Gap): Promise<void>;
  /** Channels of a node as they were last told. */
  channels(node: string): Promise<ChannelState[]>;
  /** The channel graph as it is now. */
  topology(network: Network): void;
}

/** Name of a note about a node. */
export function nodeNote(node: string, name: string): string {
  return `node/${node.slice(0, 16)}/${name}`;
}
