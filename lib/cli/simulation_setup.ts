import { DAY_MS, HOUR_MS, type InputError, parseDuration, quote, UsageError } from "../core/mod.ts";
import { BALANCE_RULES, ROUTER_KINDS, type RouterKind } from "../network/mod.ts";
import type { CommandOptions } from "../protocol/mod.ts";
import {
  assignRoles,
  buildWorld,
  DRIFT_OPTIONS,
  ELASTIC_DEMAND,
  type Intervention,
  ListedPayments,
  paymentsPerDayIn,
  readPaymentsCsv,
  readSnapshot,
  type RunOptions,
  type Simulation,
  simulationOf,
} from "../simulation/mod.ts";

/** Faults that are shown one by one; the rest are counted. */
const FAULTS_SHOWN = 5;

/** Options of the world that is simulated. */
type WorldCommandOptions = Pick<
  CommandOptions<"generate">,
  | "graph"
  | "skip-invalid"
  | "nodes"
  | "operators"
  | "payments-per-day"
  | "payments"
  | "probes"
  | "elastic"
  | "drift"
  | "balances"
  | "router"
  | "check"
  | "seed"
>;

/** When a run begins, and what goes before. */
export interface RunStart extends Pick<RunOptions, "startMs" | "warmUpMs" | "name"> {
  /** Cuts `warmUpMs` to the time in which so many payments are made: for who is waited for. */
  warmUpPayments?: number;
}

/** All that a simulation follows from, as plain data: the same recipe, the same run. */
export interface SimulationRecipe {
  options: WorldCommandOptions;
  run: RunStart;
  /** A snapshot to go on from. */
  resume?: string;
}

/**
 * The simulation of a recipe; called twice it gives twins.
 *
 * @throws as {@linkcode simulationFrom} and {@linkcode readSnapshot}
 */
export async function openSimulation(
  { options, run, resume }: SimulationRecipe,
  warn: (line: string) => void,
): Promise<Simulation> {
  const simulation = await simulationFrom(options, run, warn);
  if (resume !== undefined) await readSnapshot(resume, simulation);
  return simulation;
}

/**
 * Builds the simulation that the options of a command describe, warmed up.
 *
 * @param warn told of faults of input files that are skipped
 * @throws {InputError} for a graph or a payments file that is wrong
 * @throws {UsageError} for a kind of router that there is not
 */
export async function simulationFrom(
  options: WorldCommandOptions,
  { warmUpPayments = Infinity, warmUpMs, ...run }: RunStart,
  warn: (line: string) => void,
): Promise<Simulation> {
  const router = routerKind(options.router);
  const skipped = new SkippedFaults(warn);
  const skipInvalid = options["skip-invalid"] ? skipped.onFault : undefined;
  const world = await buildWorld({ ...options, skipInvalid });
  const intents = options.payments === undefined ? undefined : await readPaymentsCsv(
    options.payments,
    { network: world.network, startMs: run.startMs, skipInvalid },
  );
  skipped.report();
  const paymentsPerDay = paymentsPerDayIn(world.network, options["payments-per-day"]);
  return simulationOf(world, {
    ...run,
    ...(warmUpMs === undefined
      ? {}
      : { warmUpMs: Math.min(warmUpMs, Math.round(warmUpPayments / paymentsPerDay * DAY_MS)) }),
    paymentsPerDay,
    router,
    balances: BALANCE_RULES.find((rule) => rule === options.balances),
    checkEveryMs: options.check ? HOUR_MS : undefined,
    probing: { attemptsPerDay: options.probes * paymentsPerDay },
    ...(options.elastic ? { traffic: ELASTIC_DEMAND } : {}),
    ...(options.drift ? { drift: DRIFT_OPTIONS } : {}),
    ...(intents === undefined
      ? {}
      : { intents: (network, rng) => new ListedPayments(intents, assignRoles(network, rng)) }),
  });
}

function routerKind(name: string): RouterKind {
  const kind = ROUTER_KINDS.find((known) => known === name);
  if (kind !== undefined) return kind;
  throw new UsageError(
    `--router: found ${quote(name)}, expected one of ${ROUTER_KINDS.join(", ")}`,
  );
}

/** Counts faults that are skipped and shows the first. */
class SkippedFaults {
  #count = 0;

  constructor(readonly warn: (line: string) => void) {}

  readonly onFault = (fault: InputError) => {
    if (++this.#count <= FAULTS_SHOWN) this.warn(`left out: ${fault.message}`);
  };

  report(): void {
    if (this.#count > 0) this.warn(`left out in all: ${this.#count}`);
  }
}

/** A node that is away for a while. */
export interface Outage {
  /** Id, or `operators` for all of them. */
  node: string;
  /** After the start. */
  afterMs: number;
  durationMs: number;
}

/** `NODE@2h+30m`. @throws {UsageError} for anything else */
export function parseOutage(text: string): Outage {
  const [, node, after, duration] = /^(.+)@([^+@]+)\+([^+@]+)$/.exec(text) ?? [];
  const afterMs = parseDuration(after ?? ""), durationMs = parseDuration(duration ?? "");
  if (afterMs === undefined || durationMs === undefined) {
    throw new UsageError(`--offline: found ${quote(text)}, expected NODE@T+D such as n12@2h+30m`);
  }
  return { node, afterMs, durationMs };
}

/**
 * Plans outages of a simulation, from now on.
 *
 * @param also told of all that is planned, for a twin
 * @returns when each begins
 * @throws {UsageError} for a node that is not in the graph
 */
export function planOutages(
  simulation: Simulation,
  outages: readonly Outage[],
  also: (intervention: Intervention, timeMs: number) => void = () => {},
): number[] {
  return outages.map(({ node, afterMs, durationMs }) => {
    const ids = node === "operators" ? simulation.operators : [node];
    const unknown = ids.find((id) => simulation.network.nodeOf(id) === undefined);
    if (unknown !== undefined) {
      throw new UsageError(`--offline: found ${quote(unknown)}, expected a node of the graph`);
    }
    const timeMs = simulation.nowMs + afterMs;
    for (const id of ids) {
      const intervention = { kind: "offline", node: id, durationMs } as const;
      simulation.schedule(timeMs, intervention);
      also(intervention, timeMs);
    }
    return timeMs;
  });
}
