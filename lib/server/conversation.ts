import { InputError, logger } from "../core/mod.ts";
import {
  formatMessage,
  legacySuggestion,
  type MessageData,
  type MessageType,
  parsePeerInput,
  type PeerInput,
} from "../protocol/mod.ts";
import type { LensServer } from "./lens_server.ts";
import { UnavailableError } from "./ingest.ts";

/** Messages of one connection that wait to be stored at most; then the sender is sent away. */
const MOST_WAITING = 1000;

/** The part of a WebSocket that a {@linkcode Conversation} needs. */
export interface Line {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/**
 * One connection to `/ws`: events come in by the same way as over HTTP, journal first, and a
 * request for suggestions is answered with the plan as it is then. Speaks our messages and the
 * legacy shapes, each as it is spoken to.
 */
export class Conversation {
  #seq = 0;
  #waiting = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(private readonly server: LensServer, private readonly line: Line) {}

  /** Takes a message; messages are worked off in order. */
  hear(text: string): void {
    if (this.#waiting >= MOST_WAITING) {
      return this.line.close(1013, "too much waits to be stored; come back in a moment");
    }
    this.#waiting++;
    this.#work = this.#work.then(() => this.#take(text)).finally(() => this.#waiting--);
  }

  /** Resolves when all that was heard is worked off. */
  get settled(): Promise<void> {
    return this.#work;
  }

  async #take(text: string): Promise<void> {
    const { server } = this;
    let input: PeerInput | undefined;
    try {
      input = parsePeerInput(text, server.options.clock.nowMs());
      if (input.kind === "events") await server.ingest(input.events);
      else if (input.kind === "request") await this.#suggest(input);
    } catch (error) {
      if (error instanceof InputError) return this.#complain(error);
      if (error instanceof UnavailableError) return this.line.close(1013, error.message);
      logger("server").error`message of a WebSocket: ${String(error)}`;
      this.line.close(1011, "an unexpected error; the log tells more");
    }
  }

  async #suggest({ seq, nodes, legacy }: PeerInput & { kind: "request" }): Promise<void> {
    const plan = await this.server.renew();
    const all = plan?.suggestions ?? [];
    const wanted = nodes.length === 0 ? all : all.filter((s) => nodes.includes(s.node));
    if (legacy) {
      const suggestions = wanted.map(legacySuggestion);
      return this.line.send(JSON.stringify({ type: "rebalance_suggestions", suggestions }));
    }
    for (const suggestion of wanted) this.#send("rebalance_suggestion", suggestion);
    this.#send("suggestions_complete", { answers: seq ?? 0, count: wanted.length });
  }

  #complain(error: InputError): void {
    this.server.metrics.add("events_refused_total");
    this.#send("error", {
      answers: undefined,
      message: error.message.slice(0, 1000),
      field: error.fault.field?.slice(0, 200),
      expected: error.fault.expected.slice(0, 500),
    });
  }

  #send<T extends MessageType>(type: T, data: MessageData<T>): void {
    const { engine, clock } = this.server.options;
    const timeMs = Number.isFinite(engine.nowMs) ? engine.nowMs : clock.nowMs();
    this.line.send(formatMessage(type, data, { seq: this.#seq++, timeMs }));
  }
}
