import { join } from "node:path";
import { DAY_MS, HOUR_MS } from "../../core/mod.ts";
import { OPTIONS } from "../../protocol/mod.ts";
import {
  buildWorld,
  DRIFT_OPTIONS,
  ELASTIC_DEMAND,
  LATENCY_OPTIONS,
  paymentsPerDayIn,
  type RunLogPaths,
  RunLogs,
  type RunOptions,
  simulationOf,
} from "../../simulation/mod.ts";
import type { Arm } from "./arm.ts";
import { scheduleEvents } from "./events.ts";
import { type MetricName, METRICS } from "./metrics.ts";

/** What all runs of an experiment have in common. */
export interface ExperimentSetup {
  /** File of the channel graph; one is generated for each seed when left out. */
  graph?: string;
  nodes: number;
  operators: number;
  /** 0: as many as suit the network's size. */
  paymentsPerDay: number;
  /** Measured time, and that before it in which balances settle. */
  days: number;
  warmUpDays: number;
  /** Folder in which each run logs its payments and hops; no logs when left out. */
  logs?: string;
  /** Invariants are checked after every hour of virtual time, and not at the end alone. */
  check?: boolean;
}

/** One run: all that its record follows from, beside the code. */
export interface ExperimentJob {
  setup: ExperimentSetup;
  arm: Arm;
  seed: number;
}

/** What a run came to. */
export interface ArmRecord {
  arm: string;
  seed: number;
  values: Record<MetricName, number>;
}

/** When virtual time begins to count, whatever today is. */
const START_MS = Date.UTC(2024, 8, 22);

/**
 * Runs an arm with a seed. Arms of one seed share the network, the first balances and, unless
 * their demand is elastic, who wants to pay whom and when: common random numbers.
 */
export async function runArm({ setup, arm, seed }: ExperimentJob): Promise<ArmRecord> {
  const { warmUpDays, days, paymentsPerDay } = setup;
  const world = await buildWorld({ ...setup, seed });
  const perDay = paymentsPerDayIn(world.network, paymentsPerDay) * (arm.traffic ?? 1);
  const simulation = simulationOf(world, {
    startMs: START_MS,
    warmUpMs: warmUpDays * DAY_MS,
    paymentsPerDay: perDay,
    checkEveryMs: setup.check ? HOUR_MS : undefined,
    ...runOptions(arm, perDay),
  });
  scheduleEvents(simulation, arm.event ?? []);
  const logs = setup.logs === undefined
    ? undefined
    : await RunLogs.open(simulation, logPaths(setup.logs, arm, seed));
  const endMs = START_MS + days * DAY_MS;
  try {
    // In pieces, so that rows of logs don't pile up.
    while (simulation.nowMs < endMs) {
      simulation.runUntil(Math.min(endMs, simulation.nowMs + HOUR_MS));
      await logs?.written();
    }
    simulation.check();
    await logs?.close();
  } catch (error) {
    await logs?.abort();
    throw error;
  }
  const values = Object.entries(METRICS).map(([name, { read }]) => [name, read(simulation, days)]);
  return { arm: arm.name, seed, values: Object.fromEntries(values) };
}

/** Names of arms are free: what a file's name can't hold is escaped as in addresses. */
function logPaths(folder: string, { name }: Arm, seed: number): RunLogPaths {
  const plain = encodeURIComponent(name).replaceAll("%3D", "=").replaceAll("%2C", ",");
  const start = join(folder, `${plain}-${seed}`);
  return { payments: `${start}-payments.csv.gz`, hops: `${start}-hops.csv.gz` };
}

function runOptions(arm: Arm, paymentsPerDay: number): Partial<RunOptions> {
  const { max_attempts, max_parts, fee_limit_ppm, latency_ms } = arm;
  return {
    router: arm.router ?? OPTIONS.router.default,
    probing: { attemptsPerDay: (arm.probes ?? OPTIONS.probes.default) * paymentsPerDay },
    ...(arm.refresh_per_day === undefined ? {} : { refreshPerDay: arm.refresh_per_day }),
    ...(arm.drift ? { drift: DRIFT_OPTIONS } : {}),
    ...(arm.fee_setting ? { feeSetting: {} } : {}),
    ...(arm.peer_rebalancing ? { peerRebalancing: {} } : {}),
    ...(arm.elastic ? { traffic: ELASTIC_DEMAND } : {}),
    ...(latency_ms === undefined
      ? {}
      : { htlc: { latency: { ...LATENCY_OPTIONS, medianMs: latency_ms } } }),
    payments: {
      ...(max_attempts === undefined ? {} : { maxAttempts: max_attempts }),
      ...(max_parts === undefined ? {} : { maxParts: max_parts }),
      ...(fee_limit_ppm === undefined ? {} : { feeLimitPpm: fee_limit_ppm }),
    },
  };
}
