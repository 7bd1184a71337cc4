import { type Clock, errorMessage, isLoopback, logger, UnreachableError } from "../../core/mod.ts";
import { topologyFromNetwork } from "../../network/mod.ts";
import {
  formatMessage,
  type LegacySuggestion,
  legacySuggestion,
  type LensEvent,
  type SimulationReport,
  type Suggestion,
  type Topology,
} from "../../protocol/mod.ts";
import { type ClientInput, ClientInputError, parseClientInput } from "./client_input.ts";
import { answerControl, type ControlGuard, mayControl } from "./control_http.ts";
import type { SimulationControls } from "./controls.ts";
import { decideSuggestion } from "../decide.ts";
import { suggestionFromLegacy } from "./legacy_suggestion.ts";
import { MessageRing } from "./message_ring.ts";
import type { Simulation } from "../simulation.ts";
import { legacySpeaker, type Outgoing, type Speaker, speaker } from "./speakers.ts";
import { WsClient } from "./ws_client.ts";
import { upgrade } from "./ws_upgrade.ts";

/** Where and how a {@linkcode SimulationServer} speaks. */
export interface SimulationServerOptions {
  simulation: Simulation;
  clock: Clock;
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Suggestions below this confidence are refused. */
  minConfidence: number;
  /** Speak the shapes of the first LightningLens. */
  legacy?: boolean;
  /** Required of whoever looks at or changes how the simulation runs, where it is set. */
  token?: string;
}

/** A client that doesn't register is one of old: it hears all from then on. */
const REGISTER_WAIT_MS = 300;
/** How often slow clients are looked after. */
const PUMP_MS = 50;
/** A client that asks what to do is answered after so long with what came until then. */
const RELAY_WAIT_MS = 5000;

/** A question to the lenses that waits for its answer. */
interface Question {
  /** The client whose question was passed on; undefined for the simulation's own. */
  asker?: WsClient;
  /** Number of the message that asks. */
  seq: number;
  suggestions: Suggestion[];
  done: () => void;
}

/**
 * The simulation's WebSocket. Clients hear the topology, then the stream of events; what they
 * suggest is applied or refused and answered. Every message of the stream is numbered, and a
 * client that comes back gets what it missed.
 */
export class SimulationServer {
  readonly #options: SimulationServerOptions;
  readonly #ring = new MessageRing();
  readonly #clients = new Set<WsClient>();
  readonly #speaker: Speaker;
  readonly #topology: Topology[];
  readonly #log = logger("simulation");
  readonly #http: Deno.HttpServer<Deno.NetAddr>;
  readonly #stop = new AbortController();
  #legacyCount = 0;
  #pumping = false;
  readonly #questions = new Set<Question>();
  readonly #guard: ControlGuard;
  /** How the simulation is watched and controlled; while there is nothing here it can't be. */
  controls: SimulationControls | undefined;

  /** @throws {UnreachableError} when the port is in use or the address is not this machine's */
  constructor(options: SimulationServerOptions) {
    this.#options = options;
    const { network, operators } = options.simulation;
    this.#speaker = options.legacy ? legacySpeaker : speaker;
    this.#topology = topologyFromNetwork(network, operators);
    this.#guard = { loopbackOnly: isLoopback(options.host), token: options.token };
    this.#http = listen(options, (request) => this.#answer(request));
  }

  /** The port that is listened on. */
  get port(): number {
    return this.#http.addr.port;
  }

  /** Such as `ws://127.0.0.1:6789`. */
  get url(): string {
    const { host } = this.#options;
    return `ws://${host.includes(":") ? `[${host}]` : host}:${this.port}`;
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** Tells all clients of an event. */
  broadcast(event: LensEvent): void {
    for (const message of this.#speaker.event(event)) this.#push(message);
    this.#pumpAll();
  }

  /** Asks for suggestions and waits for none. Returns the number of the question. */
  askForSuggestions(): number {
    const { simulation } = this.#options;
    const seq = this.#ring.nextSeq;
    this.#push(this.#speaker.requestSuggestions(simulation.operators, simulation.nowMs));
    this.#pumpAll();
    return seq;
  }

  /**
   * Asks for suggestions and collects them until a client says that these were all. They are
   * not applied. Without a client, or after `timeoutMs` of the clock's time, the answer is what
   * came so far.
   */
  async requestSuggestions({ timeoutMs = 30_000 } = {}): Promise<Suggestion[]> {
    return this.#clients.size === 0 ? [] : await this.#ask(timeoutMs);
  }

  /** Asks and collects; see {@linkcode SimulationServer.requestSuggestions}. */
  async #ask(timeoutMs: number, asker?: WsClient): Promise<Suggestion[]> {
    const answered = new AbortController();
    const signal = AbortSignal.any([answered.signal, this.#stop.signal]);
    const seq = this.#ring.nextSeq;
    const question: Question = { asker, seq, suggestions: [], done: () => answered.abort() };
    this.#questions.add(question);
    this.askForSuggestions();
    await this.#options.clock.sleep(timeoutMs, signal);
    if (!signal.aborted) this.#log.warn`no client completed its suggestions in ${timeoutMs} ms`;
    this.#questions.delete(question);
    return question.suggestions;
  }

  /** Tells those who want to hear it how the simulation stands. */
  tellStatus(): void {
    if (this.controls === undefined) return;
    const status = this.controls.status();
    for (const client of this.#clients) {
      if (client.wants.has("simulation_status")) this.#report(client, { status });
    }
  }

  /** Closes all connections and stops to listen. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const client of this.#clients) client.socket.close(1001, "the simulation ends");
    this.#clients.clear();
    await this.#http.shutdown();
  }

  async #answer(request: Request): Promise<Response> {
    const answer = this.controls && await answerControl(request, this.controls, this.#guard);
    if (answer !== undefined) return answer;
    const trusted = mayControl(request, this.#guard);
    return upgrade(request, {
      clientCount: this.#clients.size,
      onOpen: (socket) => this.#welcome(new WsClient(socket, this.#ring, trusted)),
    });
  }

  #push({ type, format }: Outgoing): void {
    this.#ring.push(type, format);
  }

  #pushStates(): void {
    const { simulation } = this.#options;
    for (const message of this.#speaker.states(simulation.channelStates(), simulation.nowMs)) {
      this.#push(message);
    }
  }

  #welcome(client: WsClient): { onText(text: string): void; onClose(): void } {
    const { simulation, clock } = this.#options;
    this.#clients.add(client);
    const states = simulation.channelStates();
    const greeting = this.#speaker.greeting(this.#topology, states, simulation.nowMs);
    client.greet(greeting.map(({ format }) => () => format(this.#ring.nextSeq - 1)));
    this.#pumpAll();
    clock.sleep(REGISTER_WAIT_MS, this.#stop.signal).then(() => this.#start(client));
    return {
      onText: (text) => this.#hear(client, text),
      onClose: () => {
        this.#clients.delete(client);
        this.#log.info`${client.name} left, ${this.#clients.size} connected`;
        // Nobody is left to answer.
        if (this.#clients.size === 0) this.#questions.forEach(({ done }) => done());
      },
    };
  }

  /** Lets the stream flow to a client: from where it left off, or from how things stand now. */
  #start(client: WsClient, fromSeq?: number): void {
    if (client.started || !client.open || this.#stop.signal.aborted) return;
    client.started = true;
    const { firstSeq, nextSeq } = this.#ring;
    client.nextSeq = fromSeq ?? nextSeq;
    if (fromSeq === undefined) this.#pushStates();
    else if (fromSeq > nextSeq) {
      this.#tellMissed(client, fromSeq, `the stream began anew and stands at ${nextSeq}`);
    } else if (fromSeq < firstSeq) {
      this.#tellMissed(client, fromSeq, `the oldest message kept is ${firstSeq}`);
    }
    this.#log.info`${client.name} joined, ${this.#clients.size} connected`;
    this.#pumpAll();
  }

  /** Tells a client that there is a gap, and everybody how things stand. */
  #tellMissed(client: WsClient, fromSeq: number, why: string): void {
    this.#sendError(client, {
      message: `can't go on from message ${fromSeq}: ${why}; what follows is how things stand now`,
      field: "from_seq",
    });
    client.nextSeq = this.#ring.nextSeq;
    this.#pushStates();
  }

  #pumpAll(): void {
    let done = true;
    for (const client of this.#clients) {
      done = client.pump((first, last) => {
        this.#log.warn`${client.name} is too slow and missed messages ${first} to ${last}`;
        this.#tellMissed(client, first, `messages up to ${last} are no longer kept`);
      }) && done;
    }
    if (done || this.#pumping || this.#stop.signal.aborted) return;
    this.#pumping = true;
    this.#options.clock.sleep(PUMP_MS, this.#stop.signal).then(() => {
      this.#pumping = false;
      this.#pumpAll();
    });
  }

  #hear(client: WsClient, text: string): void {
    let input: ClientInput;
    try {
      input = parseClientInput(text, this.#options.simulation.nowMs);
    } catch (error) {
      if (!(error instanceof ClientInputError)) throw error;
      const { field, expected } = error.fault;
      this.#log.debug`${client.name}: ${error.message}`;
      return this.#sendError(client, {
        answers: error.answers,
        message: error.message,
        field,
        expected,
      });
    }
    switch (input.kind) {
      case "register":
        client.name = input.client;
        client.wants = new Set(input.wants);
        return this.#start(client, input.fromSeq);
      case "suggestion":
        return this.#suggested(client, input.suggestion);
      case "legacy_suggestions":
        for (const suggestion of input.suggestions) this.#suggestedLegacy(client, suggestion);
        // The legacy shape comes whole: nothing more follows.
        for (const { asker, done } of this.#questions) if (asker !== client) done();
        return;
      case "complete":
        for (const { seq, done } of this.#questions) if (seq === input.answers) done();
        return;
      case "request":
        return void this.#relay(client, input);
      case "control":
        return this.#control(client, input);
      case "complaint":
        this.#log.warn`${client.name} complains: ${input.message}`;
    }
  }

  #control(client: WsClient, { id, control }: ClientInput & { kind: "control" }): void {
    if (this.controls === undefined || !client.mayControl) {
      const why = client.mayControl
        ? "this simulation can't be controlled"
        : "the token is missing";
      return this.#sendError(client, { answers: id, message: `refused: ${why}` });
    }
    this.#report(client, { answers: id, ...this.controls.apply(control) });
  }

  #report(client: WsClient, report: SimulationReport): void {
    const head = { seq: this.#ring.nextSeq - 1, timeMs: this.#options.simulation.nowMs };
    client.send(formatMessage("simulation_status", report, head));
  }

  #suggested(client: WsClient, suggestion: Suggestion): void {
    const { simulation, minConfidence } = this.#options;
    let held = false;
    for (const { asker, suggestions } of this.#questions) {
      if (asker !== client) suggestions.push(suggestion);
      // What the simulation itself asked for is decided by who asked.
      held ||= asker === undefined;
    }
    if (!held) decideSuggestion(simulation, suggestion, minConfidence);
  }

  #suggestedLegacy(client: WsClient, legacy: LegacySuggestion): void {
    const id = `legacy-${++this.#legacyCount}`;
    const suggestion = suggestionFromLegacy(this.#options.simulation, legacy, id);
    if (typeof suggestion !== "string") return this.#suggested(client, suggestion);
    this.#sendError(client, { answers: id, message: `suggestion refused: ${suggestion}` });
  }

  /** Passes a client's question on to the other clients and answers with what they suggest. */
  async #relay(asker: WsClient, { legacy, seq }: { legacy: boolean; seq: number }): Promise<void> {
    const { simulation } = this.#options;
    const suggestions = this.#clients.size > 1 ? await this.#ask(RELAY_WAIT_MS, asker) : [];
    if (legacy) {
      const list = suggestions.map(legacySuggestion);
      return asker.send(JSON.stringify({ type: "rebalance_suggestions", suggestions: list }));
    }
    const head = { seq: this.#ring.nextSeq - 1, timeMs: simulation.nowMs };
    for (const s of suggestions) asker.send(formatMessage("rebalance_suggestion", s, head));
    const end = { answers: seq, count: suggestions.length };
    asker.send(formatMessage("suggestions_complete", end, head));
  }

  #sendError(client: WsClient, fault: Parameters<Speaker["error"]>[0]): void {
    const message = { ...fault, message: fault.message.slice(0, 1000) };
    const { format } = this.#speaker.error(message, this.#options.simulation.nowMs);
    client.send(format(this.#ring.nextSeq - 1));
  }
}

function listen(
  { host, port }: SimulationServerOptions,
  handler: (request: Request) => Promise<Response>,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({ hostname: host, port, onListen: () => {} }, handler);
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) {
      throw new UnreachableError(
        `port ${port} of ${host} is in use by another program; stop it or choose another port`,
      );
    }
    const message = errorMessage(error);
    throw new UnreachableError(`can't listen on ${host}:${port}: ${message}`);
  }
}
