import type { ChannelItem, ChannelPage } from "./api.ts";
import {
  type Connection,
  EMPTY_STATE,
  type LiveState,
  type Snapshot,
  withEvent,
  withSnapshot,
} from "./live_state.ts";

/** Events of the stream that carry data. */
export const STREAM_EVENTS = ["channels", "recommendations", "performance", "twin"] as const;
/** Silence after which the connection counts as lost; the server sends a heartbeat more often. */
export const SILENCE_MS = 40_000;
/** Changes are gathered for so long before the page is drawn again. */
export const GATHER_MS = 200;
const LONGEST_WAIT_MS = 15_000;

/** What the feed needs of the browser; tests pass their own. */
export interface FeedSurroundings {
  /** JSON of a path of the server. Rejects with a message for the user. */
  load(path: string): Promise<unknown>;
  /** Opens the event stream. */
  openStream(handlers: StreamHandlers): { close(): void };
  nowMs(): number;
  /** Runs `task` after `delayMs`; returns what calls it off. */
  after(delayMs: number, task: () => void): () => void;
}

/** What the stream tells. */
export interface StreamHandlers {
  opened(): void;
  event(name: string, text: string): void;
  failed(): void;
}

/**
 * Keeps a {@linkcode LiveState} in step with the server: loads a snapshot on every (re)connection,
 * applies the stream's events in batches, notices silence, and connects again with growing waits.
 */
export class LiveFeed {
  state: LiveState = EMPTY_STATE;
  #pending: { name: string; data: unknown }[] = [];
  #stream?: { close(): void };
  #cancelGather?: () => void;
  #cancelSilence?: () => void;
  #cancelRetry?: () => void;
  #waitMs = 1000;
  #session = 0;

  constructor(
    readonly surroundings: FeedSurroundings,
    readonly onChange: (state: LiveState) => void,
  ) {}

  /** Connects; called once. */
  start(): void {
    this.#connect();
  }

  /** Ends the stream and all waiting. */
  stop(): void {
    this.#session++;
    this.#stream?.close();
    this.#cancelGather?.();
    this.#cancelSilence?.();
    this.#cancelRetry?.();
  }

  #connect(): void {
    const session = ++this.#session;
    const current = <A extends unknown[]>(task: (...args: A) => void) => (...args: A) => {
      if (session === this.#session) task(...args);
    };
    this.#cancelGather?.();
    this.#cancelGather = undefined;
    this.#pending = [];
    this.#stream?.close();
    this.#stream = this.surroundings.openStream({
      opened: current(() => {
        this.#heard();
        this.#resync(session);
      }),
      event: current((name: string, text: string) => this.#take(name, text)),
      failed: current(() => this.#lost("The live stream ended.")),
    });
  }

  async #resync(session: number): Promise<void> {
    try {
      const snapshot = await this.#snapshot();
      if (session !== this.#session) return;
      this.#waitMs = 1000;
      this.#set({ ...withSnapshot(this.state, snapshot), connection: "live" });
    } catch (error) {
      if (session === this.#session) this.#lost(error instanceof Error ? error.message : "");
    }
  }

  async #snapshot(): Promise<Snapshot> {
    const { load } = this.surroundings;
    const [channels, recommendations, performance, twin] = await Promise.all([
      this.#allChannels(),
      load("/api/recommendations"),
      load("/api/performance"),
      load("/api/twin"),
    ]);
    return { channels, recommendations, performance, twin } as Snapshot;
  }

  async #allChannels(): Promise<ChannelItem[]> {
    const items: ChannelItem[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor === "" ? "" : `?cursor=${encodeURIComponent(cursor)}`;
      const page = await this.surroundings.load(`/api/channels${query}`) as ChannelPage;
      items.push(...page.items);
      cursor = page.next;
    }
    return items;
  }

  #take(name: string, text: string): void {
    this.#heard();
    if (!(STREAM_EVENTS as readonly string[]).includes(name)) return;
    this.#pending.push({ name, data: JSON.parse(text) });
    this.#cancelGather ??= this.surroundings.after(GATHER_MS, () => {
      this.#cancelGather = undefined;
      const pending = this.#pending;
      this.#pending = [];
      this.#set(
        pending.reduce((state, { name, data }) => withEvent(state, name, data), this.state),
      );
    });
  }

  #heard(): void {
    this.state = { ...this.state, heardMs: this.surroundings.nowMs() };
    this.#cancelSilence?.();
    this.#cancelSilence = this.surroundings.after(SILENCE_MS, () => this.#lost("No sign of life."));
  }

  #lost(problem: string): void {
    this.#stream?.close();
    this.#session++;
    this.#cancelSilence?.();
    this.#setConnection("lost", problem);
    this.#cancelRetry?.();
    this.#cancelRetry = this.surroundings.after(this.#waitMs, () => this.#connect());
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
  }

  #setConnection(connection: Connection, problem?: string): void {
    this.#set({ ...this.state, connection, problem });
  }

  #set(state: LiveState): void {
    this.state = state;
    this.onChange(state);
  }
}
