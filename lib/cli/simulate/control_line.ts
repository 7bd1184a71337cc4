import { type Clock, InputError, logger, type Rng, SECOND_MS } from "../../core/mod.ts";
import { stayConnected, type Wire } from "../../client/mod.ts";
import {
  formatMessage,
  type MessageData,
  type MessageType,
  parseJsonText,
  parseMessage,
  type RebalanceProgress,
  type Topology,
} from "../../protocol/mod.ts";
import type { SimulationControls } from "../../simulation/mod.ts";

/** How often a server is told how the simulation stands. */
export const STATUS_MS = SECOND_MS;
/** How often it is told how rebalances under way stand, and of how many at most. */
const PROGRESS_MS = STATUS_MS / 4;
const MOST_TOLD = 20;

/**
 * A running simulation's line to the server that shows it: tells how it stands, and does what it is
 * told to. While there is no connection nothing is told.
 */
export class ControlLine {
  readonly #controls: SimulationControls;
  readonly #clock: Clock;
  #wire: Wire | undefined;
  #seq = 0;
  /** Rebalances of which something is new, the oldest first. */
  readonly #moved = new Map<string, RebalanceProgress>();

  /**
   * @param clock gives messages their time
   * @param topology told first, where the server has no other way to know the graph
   */
  constructor(
    controls: SimulationControls,
    clock: Clock,
    private readonly topology: readonly Topology[] = [],
  ) {
    this.#controls = controls;
    this.#clock = clock;
  }

  /** A connection stands. */
  opened(wire: Wire): void {
    this.#wire = wire;
    for (const part of this.topology) this.send("topology", part);
    this.tell();
  }

  closed(): void {
    this.#wire = undefined;
  }

  /** Tells how the simulation stands. */
  tell(): void {
    if (this.#wire !== undefined) {
      this.send("simulation_status", { status: this.#controls.status() });
    }
  }

  /** Takes how a rebalance stands; what follows within a moment is told in its place. */
  readonly progress = (progress: RebalanceProgress): void => {
    this.#moved.delete(progress.id);
    this.#moved.set(progress.id, progress);
  };

  /** Tells how the newest rebalances stand of which something is new. */
  tellProgress(): void {
    const newest = [...this.#moved.values()].slice(-MOST_TOLD);
    this.#moved.clear();
    for (const progress of newest) this.send("rebalance_progress", progress);
  }

  send<T extends MessageType>(type: T, data: MessageData<T>): void {
    const head = { seq: this.#seq++, timeMs: this.#clock.nowMs() };
    this.#wire?.send(formatMessage(type, data, head));
  }

  /** Does what it is told; what is none of its business is left alone. */
  heard(text: string): void {
    try {
      const message = parseMessage(parseJsonText(text));
      if (message.type === "error") logger("simulation").warn`server: ${message.data.message}`;
      if (message.type !== "simulation_control") return;
      const { id, control } = message.data;
      this.send("simulation_status", { answers: id, ...this.#controls.apply(control) });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      logger("simulation").warn`server: ${error.message}`;
    }
  }

  /**
   * Stays connected until the signal aborts, and tells how things stand once a second.
   *
   * @param server base of its HTTP API, such as `http://127.0.0.1:5001`
   */
  async run(server: string, { rng, signal }: { rng: Rng; signal: AbortSignal }): Promise<void> {
    const clock = this.#clock;
    const connected = stayConnected(this, {
      uri: socketOf(server),
      clock,
      rng,
      signal,
      patienceMs: Infinity,
    });
    for (let looks = 1; !signal.aborted; looks++) {
      await clock.sleep(PROGRESS_MS, signal);
      this.tellProgress();
      if (looks % (STATUS_MS / PROGRESS_MS) === 0) this.tell();
    }
    await connected;
  }
}

/** The address of a server's WebSocket. */
function socketOf(server: string): string {
  const url = new URL("ws", server.replace(/\/*$/, "/"));
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
