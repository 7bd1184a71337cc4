import { EMPTY_STATE, type LiveState, withEvent } from "./live_state.ts";

/** Silence after which the page asks whether the server is still there. */
export const SILENCE_MS = 20_000;
/** Changes are gathered for so long before the page is drawn again. */
export const GATHER_MS = 200;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 15_000;

/** What the feed needs of the browser; tests pass their own. */
export interface FeedSurroundings {
  /** HTTP status of a path of the server; rejects where it can't be reached. */
  status(path: string): Promise<number>;
  /** Opens the event stream. */
  openStream(handlers: StreamHandlers): { close(): void };
  nowMs(): number;
  /** Runs `task` after `delayMs`; returns what calls it off. */
  after(delayMs: number, task: () => void): () => void;
}

/** What the stream tells. */
export interface StreamHandlers {
  event(name: string, text: string): void;
  failed(): void;
}

/**
 * Keeps a {@linkcode LiveState} in step with the server. Every stream begins with a snapshot, so a
 * new connection catches up by itself; events are applied in batches; silence is looked into; a
 * lost connection is tried again with growing waits.
 */
export class LiveFeed {
  state: LiveState = EMPTY_STATE;
  #pending: { name: string; text: string }[] = [];
  #stream?: { close(): void };
  #timers: Partial<Record<"gather" | "silence" | "retry", () => void>> = {};
  #waitMs = FIRST_WAIT_MS;
  /** Which connection is the present one; what belongs to an earlier one is ignored. */
  #session = 0;

  constructor(
    readonly surroundings: FeedSurroundings,
    readonly onChange: (state: LiveState) => void,
  ) {}

  /** Connects, or connects again at once. */
  start(): void {
    const session = this.#newSession();
    const current = () => session === this.#session;
    this.#stream = this.surroundings.openStream({
      event: (name, text) => current() && this.#take(name, text),
      failed: () => current() && void this.#lost(),
    });
    this.#listenForSilence(session);
  }

  /** Ends the stream and all waiting. */
  stop(): void {
    this.#newSession();
  }

  #newSession(): number {
    this.#stream?.close();
    for (const cancel of Object.values(this.#timers)) cancel();
    this.#timers = {};
    this.#pending = [];
    return ++this.#session;
  }

  #take(name: string, text: string): void {
    this.#pending.push({ name, text });
    this.#listenForSilence(this.#session);
    this.#timers.gather ??= this.surroundings.after(GATHER_MS, () => {
      delete this.#timers.gather;
      const pending = this.#pending;
      this.#pending = [];
      this.#waitMs = FIRST_WAIT_MS;
      const state = pending.reduce(
        (state, { name, text }) => withEvent(state, name, JSON.parse(text)),
        this.state,
      );
      this.#set({ ...state, connection: "live", problem: undefined, heardMs: this.#nowMs });
    });
  }

  get #nowMs(): number {
    return this.surroundings.nowMs();
  }

  #listenForSilence(session: number): void {
    this.#timers.silence?.();
    this.#timers.silence = this.surroundings.after(SILENCE_MS, async () => {
      const status = await this.surroundings.status("/health").catch(() => 0);
      if (session !== this.#session) return;
      if (status !== 200) return void this.#lost();
      if (this.state.connection === "live") this.#set({ ...this.state, heardMs: this.#nowMs });
      this.#listenForSilence(session);
    });
  }

  async #lost(): Promise<void> {
    const session = this.#newSession();
    if (this.state.connection === "live") {
      this.#set({ ...this.state, connection: "lost", problem: "The live stream ended." });
    }
    const status = await this.surroundings.status("/api/performance").catch(() => 0);
    if (session !== this.#session) return;
    if (status === 401) return this.#set({ ...this.state, connection: "refused" });
    this.#set({ ...this.state, connection: "lost", problem: problemOf(status) });
    this.#timers.retry = this.surroundings.after(this.#waitMs, () => this.start());
    this.#waitMs = Math.min(LONGEST_WAIT_MS, this.#waitMs * 2);
  }

  #set(state: LiveState): void {
    this.state = state;
    this.onChange(state);
  }
}

function problemOf(status: number): string {
  if (status === 0) return "The server can't be reached.";
  return status === 200 ? "The live stream ended." : `The server answers ${status}.`;
}
