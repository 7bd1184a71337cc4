import { InputError, logger } from "../core/mod.ts";
import { TopologyParts } from "../network/mod.ts";
import {
  formatMessage,
  legacySuggestion,
  type LensEvent,
  type MessageData,
  type MessageType,
  parsePeerInput,
  type PeerInput,
  type Topology,
} from "../protocol/mod.ts";
import { setImmediate } from "node:timers";
import { UnavailableError } from "./ingest.ts";
import type { LensServer } from "./lens_server.ts";
import { plausible } from "./plausible.ts";
import type { SimulationLine } from "./simulation_desk.ts";

/** Messages of one connection that wait to be stored at most; then the sender is sent away. */
const MOST_WAITING = 20_000;
/** Complaints sent on one connection at most: a peer that talks rubbish is not answered for ever. */
const MOST_COMPLAINTS = 50;

/** The part of a WebSocket that a {@linkcode Conversation} needs. */
export interface Line {
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** Messages that are handed on together. */
interface Batch {
  messages: number;
  events: LensEvent[];
  /** The highest `seq` among them; -1 where none has one. */
  upTo: number;
}

function emptyBatch(): Batch {
  return { messages: 0, events: [], upTo: -1 };
}

/**
 * One connection to `/ws`: events come in by the same way as over HTTP, journal first, and a
 * request for suggestions is answered with the plan as it is then. Speaks our messages and the
 * legacy shapes, each as it is spoken to. Messages share commits; what follows from them happens in
 * their order.
 */
export class Conversation {
  #seq = 0;
  #waiting = 0;
  #complaints = 0;
  #work: Promise<void> = Promise.resolve();
  /** All events that were handed on are learned from, or were not stored. */
  #learned: Promise<void> = Promise.resolve();
  #topology = new TopologyParts();
  #wantsStored = false;
  #batch = emptyBatch();
  readonly #asSimulation: SimulationLine = {
    order: (id, control) => this.#send("simulation_control", { id, control }),
  };

  constructor(private readonly server: LensServer, private readonly line: Line) {}

  /** Takes a message. */
  hear(text: string): void {
    if (this.#waiting >= MOST_WAITING) {
      return this.line.close(1013, "too much waits to be stored; come back in a moment");
    }
    let input: PeerInput;
    try {
      input = parsePeerInput(text, this.server.options.clock.nowMs());
      if (input.kind === "events") input.events.forEach((event) => plausible(event, ""));
      if (input.kind === "topology") this.#takeTopology(input.topology);
    } catch (error) {
      return error instanceof InputError ? this.#complain(error) : this.#fail(error);
    }
    if (input.kind === "simulation") this.server.simulation.hear(this.#asSimulation, input.report);
    if (input.kind === "register") this.#wantsStored = input.wants.includes("stored");
    if (input.kind === "events") return this.#gather(input.events, input.seq);
    if (input.kind === "progress") this.server.insights.runs.progress(input.progress, this.#nowMs);
    if (input.kind === "request") {
      this.#store();
      this.#follow(() => this.#suggest(input));
    }
  }

  /** The connection is gone. */
  ended(): void {
    this.server.simulation.left(this.#asSimulation);
  }

  /** Resolves when all that was heard is worked off. */
  get settled(): Promise<void> {
    this.#store();
    return this.#work.then(() => this.#learned);
  }

  /** What comes in one turn of the event loop is handed on together. */
  #gather(events: readonly LensEvent[], seq: number | undefined): void {
    this.#waiting++;
    const batch = this.#batch;
    if (batch.messages++ === 0) setImmediate(() => this.#store());
    batch.events.push(...events);
    batch.upTo = Math.max(batch.upTo, seq ?? -1);
  }

  #store(): void {
    const { messages, events, upTo } = this.#batch;
    if (messages === 0) return;
    this.#batch = emptyBatch();
    const stored = new Promise<void>((resolve, reject) => {
      this.#learned = this.server.ingest(events, { onStored: () => resolve() }).then(
        () => {},
        reject,
      );
    });
    // Whether it worked is looked at in the order of messages, below.
    stored.catch(() => {});
    this.#follow(async () => {
      try {
        await stored;
        if (this.#wantsStored && upTo >= 0) this.#send("stored", { upTo });
      } finally {
        this.#waiting -= messages;
      }
    });
  }

  /** Does something after all that was heard before. */
  #follow(step: () => Promise<void>): void {
    this.#work = this.#work.then(step).catch((error) => this.#fail(error));
  }

  #fail(error: unknown): void {
    if (error instanceof UnavailableError) return this.line.close(1013, error.message);
    logger("server").error`message of a WebSocket: ${String(error)}`;
    this.line.close(1011, "an unexpected error; the log tells more");
  }

  #takeTopology(topology: Topology): void {
    const network = this.#topology.add(topology);
    if (network !== undefined) this.server.setTopology(network);
  }

  async #suggest({ seq, nodes, legacy }: PeerInput & { kind: "request" }): Promise<void> {
    await this.#learned;
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
    if (this.#complaints >= MOST_COMPLAINTS) return;
    this.#complaints++;
    this.#send("error", {
      answers: undefined,
      message: error.message.slice(0, 1000),
      field: error.fault.field?.slice(0, 200),
      expected: error.fault.expected.slice(0, 500),
    });
  }

  #send<T extends MessageType>(type: T, data: MessageData<T>): void {
    this.line.send(formatMessage(type, data, { seq: this.#seq++, timeMs: this.#nowMs }));
  }

  /** Time of the data; the clock's before there are any. */
  get #nowMs(): number {
    const { engine, clock } = this.server.options;
    return Number.isFinite(engine.nowMs) ? engine.nowMs : clock.nowMs();
  }
}
