import {
  type Clock,
  errorMessage,
  isoTime,
  logger,
  MINUTE_MS,
  type Rng,
  SECOND_MS,
} from "../core/mod.ts";
import { type ChannelState, type LensEvent } from "../protocol/mod.ts";
import { type EventSink, nodeNote } from "./event_sink.ts";
import { type SyncCounts, syncHistory, type SyncOptions } from "./history_sync.ts";
import { channelStateOf, forwardEvent } from "./to_events.ts";
import { type LightningNode, type StreamEvent, type StreamName, STREAMS } from "./types.ts";

const SHORTEST_WAIT_MS = SECOND_MS / 4;
const LONGEST_WAIT_MS = 30 * SECOND_MS;
/** History is read again this often, which also shows that the node is there. */
const POLL_MS = 30 * SECOND_MS;
/** Changes of channels that come together are asked for once. */
const SETTLE_MS = SECOND_MS / 5;
/** The graph changes all the time; it is read again no more often than this. */
const GRAPH_MS = 10 * MINUTE_MS;

/** What a {@linkcode NodeFollower} is made of. */
export interface FollowOptions {
  node: LightningNode;
  sink: EventSink;
  clock: Clock;
  /** Spreads attempts to connect again. */
  rng: Rng;
  /** Payments that are told by whoever sent them. */
  isTold?: (paymentHash: string) => boolean;
  /** Told how each reading ended: undefined where it worked, else why it did not. */
  onReading?: (failure: string | undefined) => void;
}

/**
 * Brings a node's past and present into a sink and keeps at it: history first, then the streams,
 * each connected again when it breaks, waiting longer after every failure. What was not heard in
 * between is kept as a gap: forwards that failed then are unknown.
 */
export class NodeFollower {
  /** Channels that are open, as far as is known, and what was told of each last. */
  #channels = new Map<string, ChannelState>();
  #told = new Map<string, string>();
  #nodeId = "";
  #refreshing: Promise<void> | undefined;
  #graphMs = -Infinity;
  #log = logger("nodes");

  constructor(private readonly options: FollowOptions) {}

  /** The node's public key; empty before {@linkcode NodeFollower.start}. */
  get nodeId(): string {
    return this.#nodeId;
  }

  /** Reads graph, history and channels as they are now. */
  async start(
    onProgress?: (counts: SyncCounts) => void,
    signal?: AbortSignal,
  ): Promise<SyncCounts> {
    const { node, sink } = this.options;
    this.#nodeId = (await node.info()).nodeId;
    // Those that were closed while nobody looked must not stay open.
    for (const channel of await sink.channels(this.#nodeId)) {
      this.#channels.set(channel.channelId, channel);
    }
    for (const stream of STREAMS) {
      const heardMs = await sink.note(nodeNote(this.#nodeId, `heard/${stream}`));
      if (heardMs !== undefined) sink.deaf(this.#nodeId, stream, heardMs);
    }
    const [graph, counts] = await Promise.all([node.graph(), this.#sync(onProgress, signal)]);
    sink.topology(graph);
    this.#graphMs = this.options.clock.nowMs();
    await this.#refresh();
    this.options.onReading?.(undefined);
    return counts;
  }

  /** Follows the node until the signal. To be called after {@linkcode NodeFollower.start}. */
  async follow(signal: AbortSignal): Promise<void> {
    await Promise.all([
      ...STREAMS.map((stream) => this.#keepUp(stream, signal)),
      this.#poll(signal),
    ]);
  }

  async #keepUp(stream: StreamName, signal: AbortSignal): Promise<void> {
    const { clock, rng, sink } = this.options;
    // What was missed while this program did not run counts as well.
    let deafMs = await sink.note(nodeNote(this.#nodeId, `heard/${stream}`));
    let waitMs = SHORTEST_WAIT_MS;
    while (!signal.aborted) {
      const heard = new AbortController();
      let sinceMs = Infinity;
      try {
        for await (const event of this.options.node.follow(stream, signal)) {
          if (event.kind === "listening") {
            sinceMs = clock.nowMs();
            await this.#listening(stream, deafMs);
            deafMs = undefined;
            this.#noteHearing(stream, heard.signal).catch((error) => {
              this.#log.warn`how far ${stream} was heard could not be noted: ${String(error)}`;
            });
          } else await this.#take(event);
        }
      } catch (error) {
        this.#log.warn`the ${stream} of ${this.options.node.address} broke off: ${String(error)}`;
      }
      heard.abort();
      deafMs ??= clock.nowMs();
      sink.deaf(this.#nodeId, stream, deafMs);
      await this.#setHeard(stream, deafMs);
      if (signal.aborted) return;
      // One that breaks as soon as it stands is asked for less and less often.
      if (clock.nowMs() - sinceMs >= LONGEST_WAIT_MS) waitMs = SHORTEST_WAIT_MS;
      await clock.sleep(waitMs * (0.5 + rng.float()), signal);
      waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
    }
  }

  /** A stream stands: keeps the gap before it, and asks for what can still be asked for. */
  async #listening(stream: StreamName, deafMs: number | undefined): Promise<void> {
    const sinceNote = nodeNote(this.#nodeId, `since/${stream}`);
    if (await this.options.sink.note(sinceNote) === undefined) {
      await this.options.sink.setNote(sinceNote, this.options.clock.nowMs());
    }
    if (deafMs === undefined) return;
    const toMs = this.options.clock.nowMs();
    await this.options.sink.gap(this.#nodeId, { stream, fromMs: deafMs, toMs });
    this.#log.info`${stream} not heard from ${isoTime(deafMs)} to ${isoTime(toMs)}`;
    await this.#sync();
    await this.#refresh();
  }

  /** Notes now and then that the stream stands, for the gap after an end without warning. */
  async #noteHearing(stream: StreamName, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#setHeard(stream, this.options.clock.nowMs());
      await this.options.clock.sleep(POLL_MS, signal);
    }
  }

  async #setHeard(stream: StreamName, timeMs: number): Promise<void> {
    await this.options.sink.setNote(nodeNote(this.#nodeId, `heard/${stream}`), timeMs);
  }

  async #take(event: StreamEvent): Promise<void> {
    if (event.kind === "forward") {
      await this.options.sink.take(this.#byNow([forwardEvent(this.#nodeId, event.forward)]));
      if (event.forward.outcome === "settled") this.#refreshSoon();
    } else if (event.kind === "channels_changed") this.#refreshSoon();
    else await this.#newGraph();
  }

  async #newGraph(): Promise<void> {
    const nowMs = this.options.clock.nowMs();
    if (nowMs - this.#graphMs < GRAPH_MS) return;
    this.#graphMs = nowMs;
    this.options.sink.topology(await this.options.node.graph());
  }

  /** Asks for the channels shortly, once for all that changes until then. */
  #refreshSoon(): void {
    this.#refreshing ??= this.options.clock.sleep(SETTLE_MS).then(async () => {
      this.#refreshing = undefined;
      await this.#refresh();
    }).catch((error) => {
      this.#log.warn`channels could not be read: ${String(error)}`;
    });
  }

  /** Tells of channels that are new, changed or gone. */
  async #refresh(): Promise<void> {
    const listed = await this.options.node.channels();
    const timeMs = this.options.clock.nowMs();
    const events: LensEvent[] = [];
    const put = (channel: ChannelState) => {
      if (this.#told.get(channel.channelId) === JSON.stringify(channel)) return;
      this.#told.set(channel.channelId, JSON.stringify(channel));
      events.push({ kind: "channel_state", timeMs, channel });
    };
    const gone = new Map(this.#channels);
    for (const channel of listed.map((channel) => channelStateOf(this.#nodeId, channel))) {
      this.#channels.set(channel.channelId, channel);
      gone.delete(channel.channelId);
      put(channel);
    }
    for (const channel of gone.values()) put({ ...channel, active: false });
    if (events.length > 0) await this.options.sink.take(events);
    if (gone.size > 0) await this.#forgetClosed([...gone.keys()]);
  }

  /** Channels that are no longer listed are closing, or closed for good. */
  async #forgetClosed(gone: string[]): Promise<void> {
    const closed = new Map(
      (await this.options.node.closedChannels()).map((channel) => [channel.channelId, channel]),
    );
    for (const channelId of gone) {
      const channel = closed.get(channelId);
      if (channel === undefined) continue;
      this.#channels.delete(channelId);
      this.#log.info`channel ${channelId} was closed at block ${channel.closeHeight}`;
    }
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.options.clock.sleep(POLL_MS, signal);
      if (signal.aborted) return;
      try {
        await this.#sync(undefined, signal);
        await this.#refresh();
        this.options.onReading?.(undefined);
      } catch (error) {
        this.options.onReading?.(errorMessage(error));
        this.#log.warn`history could not be read: ${String(error)}`;
      }
    }
  }

  #sync(onProgress?: (counts: SyncCounts) => void, signal?: AbortSignal): Promise<SyncCounts> {
    const { node, sink, isTold } = this.options;
    const byNow: SyncOptions["sink"] = {
      note: (name) => sink.note(name),
      take: (events, notes) => sink.take(this.#byNow(events), notes),
    };
    return syncHistory({ node, nodeId: this.#nodeId, sink: byNow, isTold, onProgress, signal });
  }

  /** The node's clock may be ahead of ours: what it has told of has happened by now. */
  #byNow(events: readonly LensEvent[]): LensEvent[] {
    const nowMs = this.options.clock.nowMs();
    return events.map((event) => event.timeMs <= nowMs ? event : { ...event, timeMs: nowMs });
  }
}
