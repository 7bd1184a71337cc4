import { isLoopback, seededRng, systemClock } from "../../core/mod.ts";
import { topologyFromNetwork } from "../../network/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import { readOrMakeToken } from "../../server/mod.ts";
import {
  HttpAdapter,
  type Intervention,
  LiveSimulation,
  type Simulation,
  SimulationControls,
  SimulationServer,
} from "../../simulation/mod.ts";
import { toldPair } from "../twin/figures.ts";
import { FollowingTwin } from "../twin/following_twin.ts";
import type { Twin } from "../twin/twin.ts";
import { ControlLine, STATUS_MS } from "./control_line.ts";

/** What a {@linkcode LiveStage} is made of. */
export interface LiveStageOptions {
  simulation: Simulation;
  /** Follows it without suggestions. */
  twin?: Twin;
  options: CommandOptions<"simulate">;
  /** Told of what is done to the network from outside. */
  onIntervention: (intervention: Intervention) => void;
}

/**
 * What runs around a live simulation: its WebSocket and HTTP server, the adapter that posts to a
 * server of LightningLens and the line by which that one controls it, and the twin.
 */
export class LiveStage {
  readonly live: LiveSimulation;
  /** The twin, where there is one. */
  readonly following: FollowingTwin | undefined;
  readonly #server: SimulationServer;
  readonly #line: ControlLine;
  readonly #options: CommandOptions<"simulate">;
  readonly #adapter: HttpAdapter | undefined;

  private constructor(
    { simulation, twin, options, onIntervention }: LiveStageOptions,
    { token, adapter }: { token?: string; adapter?: HttpAdapter },
  ) {
    const { host, port, apply: minConfidence, legacy, speed, seed } = options;
    const clock = systemClock;
    this.#options = options;
    this.#adapter = adapter;
    this.#server = new SimulationServer({
      ...{ simulation, clock, host, port, minConfidence, legacy, token },
    });
    this.live = new LiveSimulation({
      ...{ simulation, clock, speed },
      ask: () => this.#server.askForSuggestions(),
      ready: () => adapter?.ready ?? true,
    });
    this.following = twin && new FollowingTwin(simulation, twin);
    const controls = new SimulationControls({
      ...{ simulation, clock, seed, pace: this.live },
      figures: () => toldPair(simulation, this.following?.pair),
      onIntervention: (intervention, timeMs) => {
        twin?.suffer(intervention, timeMs);
        onIntervention(intervention);
      },
    });
    this.#server.controls = controls;
    const topology = options.post === undefined
      ? []
      : topologyFromNetwork(simulation.network, simulation.operators);
    this.#line = new ControlLine(controls, clock, topology);
    simulation.onProgress = this.#line.progress;
  }

  /**
   * Begins to listen, once the server that is posted to answers.
   *
   * @throws {UnreachableError} when it doesn't, or the port is in use
   */
  static async open(options: LiveStageOptions): Promise<LiveStage> {
    const { post, host, "data-dir": folder } = options.options;
    const token = isLoopback(host) ? undefined : (await readOrMakeToken(folder)).token;
    const adapter = post === undefined
      ? undefined
      : new HttpAdapter({ url: post, clock: systemClock });
    await adapter?.start();
    return new LiveStage(options, { token, adapter });
  }

  /** Such as `ws://127.0.0.1:6789, 2 clients`. */
  get address(): string {
    return `${this.#server.url}, ${this.#server.clientCount} clients`;
  }

  /** Events that were posted; undefined where none are. */
  get posted(): number | undefined {
    return this.#adapter?.posted;
  }

  /** Tells clients and server of an event. */
  readonly hear: Simulation["onEvent"] = (event) => {
    this.#server.broadcast(event);
    this.#adapter?.push(event);
  };

  /** Runs the simulation and all around it until the signal aborts, then closes what listens. */
  async run(signal: AbortSignal): Promise<void> {
    const { post, seed } = this.#options;
    const rng = seededRng(seed).fork("reconnect");
    await Promise.all([
      this.live.run(signal),
      this.following?.run(signal),
      this.#tellClients(signal),
      post === undefined ? undefined : this.#line.run(post, { rng, signal }),
    ]);
    await this.#server.stop();
  }

  /** Posts what is left; returns the number of events that could not be. */
  async finish(): Promise<number> {
    return await this.#adapter?.stop() ?? 0;
  }

  async #tellClients(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await systemClock.sleep(STATUS_MS, signal);
      this.#server.tellStatus();
    }
  }
}
