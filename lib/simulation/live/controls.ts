import { type Clock, isoTime, MINUTE_MS } from "../../core/mod.ts";
import type {
  SimulationControl,
  SimulationFault,
  SimulationFigures,
  SimulationReport,
  SimulationStatus,
} from "../../protocol/mod.ts";
import type { Fault } from "../faults.ts";
import type { Intervention } from "../interventions.ts";
import type { Simulation } from "../simulation.ts";

/** How fast virtual time is to go. Whoever runs a simulation keeps to it. */
export interface Pace {
  /** Virtual over real time; 0 lets it stand still. */
  speed: number;
}

/** What {@linkcode SimulationControls} work on. */
export interface ControlsOptions {
  simulation: Simulation;
  pace: Pace;
  /** Real time. */
  clock: Clock;
  seed: number;
  /** What both twins came to; that of the simulation alone where there is no other. */
  figures: () => { lens: SimulationFigures; baseline?: SimulationFigures };
  /** Told of what was done, and when in virtual time: a twin must suffer the same. */
  onIntervention?: (intervention: Intervention, timeMs: number) => void;
}

/** What stands for all operators in the place of a node's id. */
const ALL_OPERATORS = "operators";
/** Operators and faults that are told of. */
const MOST_OPERATORS = 100;
const MOST_FAULTS = 1000;
/** The speed that is reached is measured over so much real time. */
const MEASURED_MS = 5000;

/** A running simulation as one sees and changes it from outside. */
export class SimulationControls {
  readonly #options: ControlsOptions;
  /** Real and virtual times at which the status was asked for lately. */
  #marks: { realMs: number; virtualMs: number }[] = [];

  constructor(options: ControlsOptions) {
    this.#options = options;
  }

  /** Does what is asked, all or nothing, and tells how things stand then. */
  apply(control: SimulationControl): SimulationReport {
    const refused = control.fault && this.#suffer(control.fault);
    if (refused === undefined && control.speed !== undefined) {
      this.#options.pace.speed = control.speed;
    }
    return { ...(refused === undefined ? {} : { refused }), status: this.status() };
  }

  status(): SimulationStatus {
    const { simulation, pace, seed, figures } = this.#options;
    const { network, operators, nowMs } = simulation;
    const { payments, successRate, suggestions } = simulation.statistics();
    const { lens, baseline = null } = figures();
    return {
      time: isoTime(nowMs),
      speed: pace.speed,
      reached: this.#reached(),
      seed,
      nodes: network.nodeCount,
      channels: network.channelCount,
      operators: operators.slice(0, MOST_OPERATORS).map((id) => ({
        id,
        alias: network.aliases[network.nodeOf(id)!],
      })),
      payments,
      successRate,
      inFlight: simulation.inFlight,
      suggestions,
      faults: simulation.faults().slice(0, MOST_FAULTS).map(toldFault),
      lens,
      baseline,
    };
  }

  /** Returns why it can't be done. */
  #suffer(fault: SimulationFault): string | undefined {
    const { simulation, onIntervention } = this.#options;
    const { nowMs, operators, network } = simulation;
    const interventions = interventionsOf(fault, operators);
    const unknown = interventions.find((one) =>
      "node" in one && network.nodeOf(one.node) === undefined
    );
    if (unknown !== undefined && fault.kind === "offline") {
      return `node: found "${fault.node}", expected a node of the graph or ${ALL_OPERATORS}`;
    }
    try {
      for (const intervention of interventions) simulation.intervene(intervention);
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
    for (const intervention of interventions) onIntervention?.(intervention, nowMs);
    return undefined;
  }

  #reached(): number {
    const { simulation, clock } = this.#options;
    const now = { realMs: clock.nowMs(), virtualMs: simulation.nowMs };
    // The newest that is old enough stays, so that there is always something to measure from.
    const old = this.#marks.findLastIndex(({ realMs }) => now.realMs - realMs >= MEASURED_MS);
    this.#marks = [...this.#marks.slice(Math.max(0, old)), now];
    const [first] = this.#marks;
    const passedMs = now.realMs - first.realMs;
    return passedMs === 0 ? 0 : (now.virtualMs - first.virtualMs) / passedMs;
  }
}

function interventionsOf(fault: SimulationFault, operators: readonly string[]): Intervention[] {
  if (fault.kind === "traffic") {
    const { kind, factor, minutes } = fault;
    return [{ kind, factor, durationMs: minutes === undefined ? undefined : minutes * MINUTE_MS }];
  }
  const ids = fault.node === ALL_OPERATORS ? operators : [fault.node];
  const durationMs = Math.round(fault.minutes * MINUTE_MS);
  return ids.map((node) => ({ kind: "offline", node, durationMs }));
}

function toldFault(fault: Fault): SimulationStatus["faults"][number] {
  const { untilMs, ...rest } = fault;
  const until = untilMs === null ? null : isoTime(untilMs);
  return rest.kind === "traffic" ? { ...rest, until } : { ...rest, until: until! };
}
