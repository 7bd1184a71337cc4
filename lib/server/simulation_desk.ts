import { type Clock, parseIsoTime, SECOND_MS } from "../core/mod.ts";
import {
  type SimulationControl,
  type SimulationReport,
  type SimulationStatus,
  snakeNames,
} from "../protocol/mod.ts";
import type { TwinView } from "./state/engine.ts";
import { TwinHistory } from "./state/twin_history.ts";
import { twinView } from "./views/views.ts";

/** The connection of a simulation. */
export interface SimulationLine {
  /** Sends it what it is to do; the answer comes as a report with the same id. */
  order(id: string, control: SimulationControl): void;
}

/** What a {@linkcode SimulationDesk} works with. */
export interface DeskOptions {
  clock: Clock;
  /** Tells live readers. */
  publish: (event: "simulation" | "twin", data: object | null) => void;
}

/** A simulation that does not answer is waited for so long. */
const ANSWER_MS = 5 * SECOND_MS;

/**
 * The simulation that is connected: how it stands, both twins over time, and the way to it for
 * whoever wants to change how it runs. The one that spoke last counts.
 */
export class SimulationDesk {
  readonly #options: DeskOptions;
  readonly #twins = new TwinHistory();
  readonly #waiting = new Map<string, (report: SimulationReport) => void>();
  #line: SimulationLine | undefined;
  #status: SimulationStatus | undefined;
  #orders = 0;

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** How it stands, on the wire; null where none is connected. */
  view(): object | null {
    return this.#status === undefined ? null : snakeNames(this.#status) as object;
  }

  get twin(): TwinView | undefined {
    return this.#twins.last;
  }

  /** Both twins, oldest first. */
  get twins(): readonly TwinView[] {
    return this.#twins.list();
  }

  /** Takes what a simulation tells. */
  hear(line: SimulationLine, report: SimulationReport): void {
    this.#line = line;
    this.#status = report.status;
    this.#options.publish("simulation", this.view());
    this.#compare(report.status);
    if (report.answers !== undefined) this.#waiting.get(report.answers)?.(report);
  }

  /** Its connection is gone. What the twins came to stays to be looked at. */
  left(line: SimulationLine): void {
    if (line !== this.#line) return;
    this.#line = this.#status = undefined;
    this.#options.publish("simulation", null);
  }

  /**
   * Has the simulation do something.
   *
   * @returns what it answers; `none` where there is no simulation, `silent` where it does not answer
   */
  async control(control: SimulationControl): Promise<SimulationReport | "none" | "silent"> {
    const line = this.#line;
    if (line === undefined) return "none";
    const id = `order-${++this.#orders}`;
    const answered = new AbortController();
    let answer: SimulationReport | undefined;
    this.#waiting.set(id, (report) => {
      answer = report;
      answered.abort();
    });
    line.order(id, control);
    await this.#options.clock.sleep(ANSWER_MS, answered.signal);
    this.#waiting.delete(id);
    return answer ?? "silent";
  }

  /** A simulation with a twin without suggestions shows what these are worth. */
  #compare({ time, lens, baseline }: SimulationStatus): void {
    if (baseline === null) return;
    const timeMs = parseIsoTime(time)!;
    const same = this.twin?.timeMs === timeMs && this.twin.baseline.payments === baseline.payments;
    if (same) return;
    const gainMsat = lens.netIncomeMsat - baseline.netIncomeMsat;
    this.#twins.add({ timeMs, lens, baseline, gainMsat });
    this.#options.publish("twin", { twin: twinView(this.twin) });
  }
}
