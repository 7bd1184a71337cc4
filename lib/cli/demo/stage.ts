import { join } from "node:path";
import { type Clock, logger, type RecentLog, seededRng, systemClock } from "../../core/mod.ts";
import { type ClientEngine, LensClient, stayConnected } from "../../client/mod.ts";
import { readDashboardFile } from "../../dashboard/mod.ts";
import type { Suggestion } from "../../protocol/mod.ts";
import { LensServer, listen, type Listening } from "../../server/mod.ts";
import {
  HttpAdapter,
  type Pace,
  type Simulation,
  SimulationControls,
  SimulationServer,
} from "../../simulation/mod.ts";
import { SqliteStore } from "../../store/mod.ts";
import { openLens } from "../lens_setup.ts";
import { ControlLine } from "../simulate/control_line.ts";
import { toldPair } from "../twin/figures.ts";
import type { Twin } from "../twin/twin.ts";
import type { DemoState } from "./report.ts";

/** Where a demo keeps its data and on which ports it shows itself. */
export interface StageOptions {
  simulation: Simulation;
  /** Suffers what the simulation suffers. */
  twin: Twin;
  pace: Pace;
  /** The demo's own folder; emptied at the start, so that every run begins with no history. */
  folder: string;
  port: number;
  wsPort: number;
  minConfidence: number;
  seed: number;
  /** Shown on the dashboard. */
  log: RecentLog;
}

/** Waiting for others in the process: a short pause. */
const PAUSE_MS = 5;

/**
 * All of LightningLens around one simulation, talking over real sockets: the simulation's WebSocket
 * server, the client that suggests, the HTTP server with the dashboard, the adapter that posts
 * events to it, and the line by which the dashboard controls the simulation. Its time is that of the
 * events. There is one lens: it learns in the server, and the client sends what it plans there.
 */
export class Stage {
  readonly #stop = new AbortController();
  readonly #sockets: SimulationServer;
  readonly #line: ControlLine;
  #connections: Promise<void>[] = [];
  #state: DemoState | undefined;

  private constructor(
    readonly options: StageOptions,
    readonly server: LensServer,
    readonly listening: Listening,
    readonly adapter: HttpAdapter,
  ) {
    const { simulation, twin, pace, seed, wsPort, minConfidence } = options;
    this.#sockets = new SimulationServer({
      simulation,
      clock: systemClock,
      host: "127.0.0.1",
      port: wsPort,
      minConfidence,
    });
    const controls = new SimulationControls({
      simulation,
      pace,
      seed,
      clock: systemClock,
      figures: () => toldPair(simulation, this.#state),
      onIntervention: (intervention, timeMs) => twin.suffer(intervention, timeMs),
    });
    this.#sockets.controls = controls;
    this.#line = new ControlLine(controls, systemClock);
  }

  /**
   * Builds everything and connects it.
   *
   * @throws {UnreachableError} when a port is in use
   */
  static async open(options: StageOptions): Promise<Stage> {
    const { simulation, folder, port, seed, log } = options;
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    await Deno.mkdir(folder, { recursive: true });
    const clock: Clock = { nowMs: () => simulation.nowMs, sleep: systemClock.sleep };
    const { lens, modelId, ...learning } = await openLens({
      ...{ folder, seed, clock },
      // It is asked for a plan every six hours.
      shadowEveryMs: 0,
    });
    const store = SqliteStore.open(folder);
    const server = await LensServer.open({
      engine: lens,
      store,
      clock,
      folder,
      modelId,
      ...learning,
      log,
    });
    server.setTopology(simulation.network);
    try {
      const listening = listen(server, { host: "127.0.0.1", port }, {
        dashboard: readDashboardFile,
      });
      const adapter = new HttpAdapter({ url: listening.url, clock: systemClock });
      await adapter.start();
      const stage = new Stage(options, server, listening, adapter);
      await stage.#connect();
      return stage;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  /** Address of the dashboard. */
  get url(): string {
    return this.listening.url;
  }

  /** Asks the client what to do now: what the server planned when it was last renewed. */
  suggest(): Promise<Suggestion[]> {
    return this.#sockets.requestSuggestions();
  }

  /** Waits until the HTTP server has all events, and renews what it shows. */
  async flush(): Promise<void> {
    while (this.adapter.waiting > 0) await systemClock.sleep(PAUSE_MS);
    await this.server.renew();
  }

  /** Trains on what was seen so far; a better model serves from then on. */
  async retrain(): Promise<void> {
    const { status, reason } = await this.server.retrain();
    if (status === "failed") logger("demo").warn`retraining failed: ${reason}`;
  }

  /** Puts both twins on the dashboard. */
  show(state: DemoState): void {
    this.#state = state;
    this.#line.tell();
  }

  /** Ends all connections, writes a last export and frees the ports. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#connections);
    await this.#sockets.stop();
    await this.adapter.stop();
    await this.listening.stop();
    await this.server.close();
  }

  async #connect(): Promise<void> {
    const { simulation, seed } = this.options;
    const client = new LensClient({
      engine: engineOf(this.server),
      clock: systemClock,
      suggestEveryMs: 0,
    });
    const rng = seededRng(seed).fork("reconnect"), { signal } = this.#stop;
    this.#connections = [
      stayConnected(client, { uri: this.#sockets.url, clock: systemClock, rng, signal }),
      this.#line.run(this.listening.url, { rng, signal }),
    ];
    while (client.counts.messages === 0) await systemClock.sleep(PAUSE_MS);
    simulation.onEvent = (event) => {
      this.#sockets.broadcast(event);
      this.adapter.push(event);
    };
    simulation.onProgress = this.#line.progress;
    simulation.tellStates();
  }
}

/** The lens of a server that hears of all events by itself. */
function engineOf(server: LensServer): ClientEngine {
  const { engine } = server.options;
  return {
    ingest() {},
    get nowMs() {
      return engine.nowMs;
    },
    setTopology() {},
    recommend: () => server.plan ?? engine.recommend(),
  };
}

/** The demo's folder within a data folder. */
export function demoFolder(dataDir: string): string {
  return join(dataDir, "demo");
}
