import { type Clock, InputError, logger, MINUTE_MS } from "../core/mod.ts";
import { type Network, TopologyParts } from "../network/mod.ts";
import type { Plan } from "../planning/mod.ts";
import {
  formatMessage,
  legacySuggestion,
  type LensEvent,
  type MessageData,
  type MessageType,
  parsePeerInput,
  type PeerInput,
  type Suggestion,
  type Topology,
  wireTime,
} from "../protocol/mod.ts";
import { SuggestionBook } from "./suggestion_book.ts";

/** What the client asks of the lens. */
export interface ClientEngine {
  ingest(event: LensEvent): void;
  /** Unix ms of the newest event; -Infinity before the first. */
  readonly nowMs: number;
  setTopology(network: Network): void;
  recommend(): Plan;
}

/** Settings of a {@linkcode LensClient}. */
export interface LensClientOptions {
  engine: ClientEngine;
  /** Stands in for times that messages do not carry. */
  clock: Clock;
  /** How the client names itself. */
  name?: string;
  /** Suggestions are sent unasked so often, in event time; 0 means only when asked. */
  suggestEveryMs?: number;
}

const DEFAULTS = { name: "lightning-lens", suggestEveryMs: 30 * MINUTE_MS };
/** Complaints sent on one connection at most: a peer that talks rubbish is not answered for ever. */
const MAX_COMPLAINTS = 50;

/** What went over the wire so far. */
export interface ClientCounts {
  connections: number;
  messages: number;
  events: number;
  /** Messages that could not be understood. */
  rubbish: number;
  /** Messages that were heard before, on an earlier connection. */
  repeated: number;
}

/** The part of a WebSocket that the conversation needs. */
export interface Wire {
  send(text: string): void;
}

/**
 * The conversation with a simulation or node over whatever carries text: learns from what it hears
 * and answers with suggestions. It outlives connections: {@linkcode LensClient.opened} resumes the
 * stream where the last one broke off.
 */
export class LensClient {
  readonly book = new SuggestionBook();
  readonly counts: ClientCounts = {
    connections: 0,
    messages: 0,
    events: 0,
    rubbish: 0,
    repeated: 0,
  };
  #options: LensClientOptions & typeof DEFAULTS;
  #wire: Wire | undefined;
  #legacy = false;
  #sentSeq = 0;
  /** Position of the newest message heard; undefined before the first. */
  #heardSeq: number | undefined;
  #fresh = true;
  #complaints = 0;
  #parts = new TopologyParts();
  #suggestedMs = -Infinity;
  #log = logger("client");

  constructor(options: LensClientOptions) {
    this.#options = { ...DEFAULTS, ...options };
  }

  /** True once the peer spoke in a legacy shape. */
  get legacy(): boolean {
    return this.#legacy;
  }

  /** A connection stands: introduces the client and asks for what it missed. */
  opened(wire: Wire): void {
    this.#wire = wire;
    this.#fresh = true;
    this.#complaints = 0;
    this.#parts.clear();
    this.counts.connections++;
    this.#send("register", {
      client: this.#options.name,
      wants: [],
      fromSeq: this.#heardSeq === undefined ? undefined : this.#heardSeq + 1,
    });
  }

  /** The connection is gone; nothing is sent until the next one. */
  closed(): void {
    this.#wire = undefined;
  }

  /** Takes one message. Rubbish is counted and complained of, never thrown. */
  heard(text: string): void {
    this.counts.messages++;
    let input: PeerInput;
    try {
      input = parsePeerInput(text, this.#options.clock.nowMs());
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return this.#complain(error);
    }
    this.#legacy = input.legacy;
    const inStream = input.kind === "events" || input.kind === "request";
    if (inStream && this.#wasHeard(input.seq)) {
      this.counts.repeated++;
      return;
    }
    switch (input.kind) {
      case "events":
        for (const event of input.events) this.#learn(event);
        return this.#suggestUnasked();
      case "topology":
        return this.#takeTopology(input.topology);
      case "request":
        return this.#answer(input);
      case "complaint":
        return this.#log.warn`the peer complains: ${input.message}`;
      case "register":
      case "simulation":
      case "other":
        return this.#log.debug`heard ${input.kind === "other" ? input.type : input.kind}`;
    }
  }

  /** Plans now and sends what is not under way already. Returns what was sent. */
  suggest(): Suggestion[] {
    const { engine } = this.#options;
    this.#suggestedMs = engine.nowMs;
    this.book.expire(engine.nowMs);
    const fresh = engine.recommend().suggestions.filter((s) => !this.book.isBusy(s));
    if (fresh.length === 0) return [];
    if (this.#legacy) {
      this.#sendLegacy({
        type: "suggestions",
        client: this.#options.name,
        timestamp: wireTime(engine.nowMs).slice(0, -1),
        suggestions: fresh.map(legacySuggestion),
      });
    } else this.#sendSuggestions(fresh);
    this.#note(fresh);
    return fresh;
  }

  /** A stream that starts anew on a new connection is a restarted peer; else it is a repetition. */
  #wasHeard(seq: number | undefined): boolean {
    if (seq === undefined) return false;
    const known = this.#heardSeq !== undefined && seq <= this.#heardSeq;
    if (known && !this.#fresh) return true;
    if (known) this.#log.info`the peer's stream starts anew at ${seq}`;
    this.#fresh = false;
    this.#heardSeq = seq;
    return false;
  }

  #learn(event: LensEvent): void {
    this.counts.events++;
    if (event.kind === "rebalance") {
      const { status, reason, feeMsat, amountMsat, id } = event.rebalance;
      const answered = this.book.settle(event.rebalance) === undefined ? "another's" : "ours";
      this.#log
        .debug`result of ${id} (${answered}): ${status} ${
        reason ?? ""
      }, ${amountMsat} msat for ${feeMsat} msat`;
    }
    this.#options.engine.ingest(event);
  }

  #suggestUnasked(): void {
    const { engine, suggestEveryMs } = this.#options;
    if (suggestEveryMs <= 0 || !Number.isFinite(engine.nowMs)) return;
    if (this.#suggestedMs === -Infinity) this.#suggestedMs = engine.nowMs;
    if (engine.nowMs - this.#suggestedMs >= suggestEveryMs) this.suggest();
  }

  #answer(request: { seq?: number; nodes: string[] }): void {
    const { engine } = this.#options;
    this.#suggestedMs = engine.nowMs;
    this.book.expire(engine.nowMs);
    const plan = Number.isFinite(engine.nowMs) ? engine.recommend().suggestions : [];
    const wanted = request.nodes.length === 0
      ? plan
      : plan.filter((s) => request.nodes.includes(s.node));
    if (this.#legacy) {
      this.#sendLegacy({
        type: "rebalance_suggestions",
        suggestions: wanted.map(legacySuggestion),
      });
    } else {
      this.#sendSuggestions(wanted);
      this.#send("suggestions_complete", { answers: request.seq ?? 0, count: wanted.length });
    }
    this.#note(wanted);
  }

  #note(suggestions: readonly Suggestion[]): void {
    for (const s of suggestions) {
      // The first program's simulations answer nothing: there is nothing to wait for.
      if (this.#legacy) this.book.counts.sent++;
      else this.book.add(s);
      this.#log
        .debug`suggested ${s.id}: ${s.amountMsat} msat from ${s.sourceChannel} to ${s.targetChannel} of ${s.node}, confidence ${s.confidence}: ${
        s.reasons.join("; ")
      }`;
    }
    if (suggestions.length > 0) this.#log.info`sent ${suggestions.length} suggestions`;
  }

  #takeTopology(topology: Topology): void {
    try {
      const network = this.#parts.add(topology);
      if (network === undefined) return;
      this.#options.engine.setTopology(network);
      this.#log.info`topology of ${network.nodeCount} nodes and ${network.channelCount} channels`;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.#complain(error);
    }
  }

  #complain(error: InputError): void {
    this.counts.rubbish++;
    this.#log.warn`not understood: ${error.message}`;
    if (this.#legacy || this.#complaints >= MAX_COMPLAINTS) return;
    this.#complaints++;
    const { field, expected } = error.fault;
    this.#send("error", {
      message: error.message.slice(0, 1000),
      field: field?.slice(0, 200),
      expected: expected.slice(0, 500),
      answers: undefined,
    });
  }

  #sendSuggestions(suggestions: readonly Suggestion[]): void {
    for (const suggestion of suggestions) this.#send("rebalance_suggestion", suggestion);
  }

  #send<T extends MessageType>(type: T, data: MessageData<T>): void {
    const { engine, clock } = this.#options;
    const timeMs = Number.isFinite(engine.nowMs) ? engine.nowMs : clock.nowMs();
    this.#wire?.send(formatMessage(type, data, { seq: this.#sentSeq++, timeMs }));
  }

  #sendLegacy(message: object): void {
    this.#wire?.send(JSON.stringify(message));
  }
}
