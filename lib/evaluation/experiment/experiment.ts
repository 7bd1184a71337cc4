import { type ProgressFactory, runJobs, silentProgress } from "../../core/mod.ts";
import { type Arm, checkArms } from "./arm.ts";
import { type MetricName, METRICS } from "./metrics.ts";
import { type Interval, meanInterval } from "./paired.ts";
import type { ArmRecord, ExperimentJob, ExperimentSetup } from "./run.ts";

/** Arms that are compared on the same seeds. */
export interface Experiment {
  setup: ExperimentSetup;
  /** All others are compared with the first. */
  arms: readonly Arm[];
  seeds: readonly number[];
}

/** One figure of one arm over all seeds. */
export interface Comparison {
  metric: MetricName;
  arm: string;
  /** By seed, in the order of the seeds. */
  values: number[];
  mean: number;
  /** Over the first arm with the same seed, with Student's t interval over seeds; undefined for the first. */
  difference?: Interval;
}

/** How an experiment is run; none of it changes its figures. */
export interface ExperimentOptions {
  /** Threads. */
  workers: number;
  progress?: ProgressFactory;
  signal?: AbortSignal;
}

/**
 * Runs every arm with every seed and compares them, metric by metric.
 *
 * @throws {LensError} that a run ends with, such as an `InputError` for a graph that is wrong
 * @throws {UsageError} for arms that can't be compared
 */
export async function runExperiment(
  { setup, arms, seeds }: Experiment,
  { workers, progress = silentProgress, signal }: ExperimentOptions,
): Promise<Comparison[]> {
  checkArms(arms);
  const jobs: ExperimentJob[] = seeds.flatMap((seed) => arms.map((arm) => ({ setup, arm, seed })));
  const bar = progress("runs", jobs.length);
  let done = 0;
  try {
    const records = await runJobs<ExperimentJob, ArmRecord>(jobs, {
      script: new URL("./worker.ts", import.meta.url),
      workers,
      onResult: () => bar.update(++done),
      signal,
    });
    return compare(arms, records);
  } finally {
    bar.stop();
  }
}

/** @param records in the order of their seeds, every arm with each */
export function compare(arms: readonly Arm[], records: readonly ArmRecord[]): Comparison[] {
  const metrics = Object.keys(METRICS) as MetricName[];
  const valuesOf = (arm: Arm, metric: MetricName) =>
    records.filter((record) => record.arm === arm.name).map(({ values }) => values[metric]);
  return metrics.flatMap((metric) => {
    const first = valuesOf(arms[0], metric);
    return arms.map((arm, index) => {
      const values = valuesOf(arm, metric);
      const { mean } = meanInterval(values);
      const difference = index === 0
        ? undefined
        : meanInterval(values.map((value, seed) => value - first[seed]));
      return { metric, arm: arm.name, values, mean, difference };
    });
  });
}
