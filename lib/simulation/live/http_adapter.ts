import { type Clock, logger, quote, SECOND_MS, UnreachableError } from "../../core/mod.ts";
import type { LensEvent } from "../../protocol/mod.ts";
import { updateFromEvent } from "./update_body.ts";

/** What a {@linkcode HttpAdapter} needs. */
export interface HttpAdapterOptions {
  /** Base of the API, such as `http://127.0.0.1:5001`. */
  url: string;
  clock: Clock;
  fetch?: typeof fetch;
}

/** Events in one request, and waiting at most before {@linkcode HttpAdapter.ready} says no. */
const BATCH = 200;
const MOST_WAITING = 20_000;
/** Pause when there is nothing to post; first and longest pause after a failure; time for an answer. */
const IDLE_MS = 100;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30 * SECOND_MS;
const ANSWER_MS = 30 * SECOND_MS;
/** Answers that find fault with the events; others are about the server or the way to it. */
const ABOUT_EVENTS: readonly number[] = [400, 413, 422];
/** Refused events that are logged one by one. */
const REFUSALS_SHOWN = 5;

/**
 * Posts events to a lens's `POST /api/update`: in order, in batches, each until it is taken. While
 * the server can't be reached events wait; what feeds the adapter must pause when it isn't
 * {@linkcode HttpAdapter.ready}.
 */
export class HttpAdapter {
  /** Events that the server took, and those it found wrong. */
  posted = 0;
  refused = 0;
  readonly #options: HttpAdapterOptions;
  readonly #endpoint: string;
  readonly #log = logger("simulation");
  readonly #stop = new AbortController();
  #waiting: LensEvent[] = [];
  #loop: Promise<void> | undefined;
  #finishing = false;

  constructor(options: HttpAdapterOptions) {
    this.#options = options;
    this.#endpoint = new URL("api/update", options.url.replace(/\/*$/, "/")).href;
  }

  /** Whether there is room for more events. */
  get ready(): boolean {
    return this.#waiting.length < MOST_WAITING;
  }

  /** Events that wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Adds an event to what is posted. */
  push(event: LensEvent): void {
    this.#waiting.push(event);
  }

  /**
   * Finds out whether the server is there, then begins to post.
   *
   * @throws {UnreachableError} when nothing answers
   */
  async start(): Promise<void> {
    try {
      const response = await this.#fetch(this.#options.url, { method: "GET" });
      await response.body?.cancel();
    } catch (error) {
      throw new UnreachableError(
        `nothing answers at ${this.#options.url} (${messageOf(error)}); ` +
          `start the server first, or leave out --post`,
      );
    }
    this.#loop = this.#run();
  }

  /** Posts what waits, for at most `timeoutMs`, and ends. Returns the number of events left. */
  async stop({ timeoutMs = 5 * SECOND_MS } = {}): Promise<number> {
    this.#finishing = true;
    const stop = this.#stop;
    await Promise.race([
      this.#loop,
      this.#options.clock.sleep(timeoutMs, stop.signal),
    ]);
    stop.abort();
    await this.#loop;
    if (this.refused > REFUSALS_SHOWN) {
      this.#log.error`the server refused ${this.refused} events in all`;
    }
    return this.#waiting.length;
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#stop;
    let pauseMs = 0;
    while (!signal.aborted) {
      if (this.#waiting.length === 0) {
        if (this.#finishing) return;
        await clock.sleep(IDLE_MS, signal);
        continue;
      }
      const count = Math.min(BATCH, this.#waiting.length);
      const failure = await this.#post(this.#waiting.slice(0, count));
      if (failure === undefined) {
        if (pauseMs > 0) this.#log.info`the server at ${this.#endpoint} takes events again`;
        pauseMs = 0;
        this.#waiting = this.#waiting.slice(count);
        continue;
      }
      if (signal.aborted) return;
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs === 0 ? FIRST_PAUSE_MS : 2 * pauseMs);
      this.#log
        .warn`posting ${count} of ${this.#waiting.length} events failed: ${failure}; again in ${pauseMs} ms`;
      await clock.sleep(pauseMs, signal);
    }
  }

  /** Posts a batch. Returns what went wrong if it is to be tried again. */
  async #post(events: readonly LensEvent[]): Promise<string | undefined> {
    try {
      const response = await this.#fetch(this.#endpoint, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(events.map(updateFromEvent)),
      });
      const text = await response.text();
      if (response.ok) {
        this.posted += events.length;
        return undefined;
      }
      if (!ABOUT_EVENTS.includes(response.status)) return `status ${response.status}`;
      if (events.length > 1) return await this.#postEach(events);
      if (++this.refused <= REFUSALS_SHOWN) {
        this.#log.error`the server refused an event (${response.status}): ${text.slice(0, 300)}`;
      }
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Finds the wrong ones in a batch that was refused as a whole; the server knows those it has. */
  async #postEach(events: readonly LensEvent[]): Promise<string | undefined> {
    for (const event of events) {
      const failure = await this.#post([event]);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  #fetch(url: string, init: RequestInit): Promise<Response> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_MS)]);
    return (this.#options.fetch ?? fetch)(url, { ...init, signal, redirect: "manual" });
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return quote(error);
  return error.message.replace(/^error sending request for url \([^)]*\): /, "").slice(0, 200);
}
