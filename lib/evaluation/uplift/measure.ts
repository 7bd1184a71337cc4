import { type ProgressFactory, runJobs, silentProgress } from "../../core/mod.ts";
import type { UpliftJob } from "./job.ts";
import { POLICIES, type PolicyName } from "./policies/mod.ts";
import type { RunRecord } from "./record.ts";
import { type PolicyFigures, policyFigures } from "./report/figures.ts";
import { RunCache } from "./run_cache.ts";
import type { ScenarioName } from "./scenarios.ts";
import { measuredDays, type UpliftSetup } from "./setup.ts";

/** An experiment. */
export interface UpliftExperiment {
  setup: UpliftSetup;
  scenarios: readonly ScenarioName[];
  /** In any order; `none` takes part always, as all others are compared with it. */
  policies: readonly PolicyName[];
  seeds: readonly number[];
}

/** How an experiment is run; none of it changes its figures. */
export interface MeasureOptions {
  /** Threads. */
  workers: number;
  /** Where records of runs are kept; they are not when left out. */
  cacheFolder?: string;
  progress?: ProgressFactory;
  /** Told of each run that is done, found in the cache or not, as it comes. */
  onRun?: (record: RunRecord, run: { cached: boolean }) => void;
  signal?: AbortSignal;
}

/**
 * Runs every policy in every scenario with every seed and compares them.
 *
 * @returns figures by scenario, the policies of each in the order of {@linkcode POLICIES}
 * @throws {LensError} that a run ends with, such as an `InputError` for a graph that is wrong
 */
export async function measureUplift(
  { setup, scenarios, policies, seeds }: UpliftExperiment,
  options: MeasureOptions,
): Promise<PolicyFigures[][]> {
  const wanted = (Object.keys(POLICIES) as PolicyName[])
    .filter((policy) => policy === "none" || policies.includes(policy));
  // Seed by seed, so that what is done so far can be compared.
  const jobs: UpliftJob[] = scenarios.flatMap((scenario) =>
    seeds.flatMap((seed) => wanted.map((policy) => ({ setup, scenario, policy, seed })))
  );
  const records = await recordsOf(jobs, options);
  const days = measuredDays(setup);
  return scenarios.map((scenario) => {
    const ofScenario = records.filter((record) => record.scenario === scenario);
    return wanted.map((policy) => policyFigures(ofScenario, policy, days));
  });
}

/** Records of jobs, in their order. */
async function recordsOf(
  jobs: readonly UpliftJob[],
  { workers, cacheFolder, progress = silentProgress, onRun, signal }: MeasureOptions,
): Promise<RunRecord[]> {
  const cache = cacheFolder === undefined ? undefined : await RunCache.open(cacheFolder);
  const records = await Promise.all(jobs.map((job) => cache?.find(job)));
  const missing = jobs.flatMap((job, index) =>
    records[index] === undefined ? [{ job, index }] : []
  );
  const bar = progress("runs", jobs.length);
  let done = jobs.length - missing.length;
  try {
    for (const record of records) if (record !== undefined) onRun?.(record, { cached: true });
    bar.update(done);
    const kept: Promise<void>[] = [];
    const fresh = await runJobs<UpliftJob, RunRecord>(missing.map(({ job }) => job), {
      script: new URL("./job_worker.ts", import.meta.url),
      workers,
      signal,
      onResult: (record, i) => {
        bar.update(++done, `${record.scenario}/${record.policy}`);
        onRun?.(record, { cached: false });
        if (cache !== undefined) kept.push(cache.keep(missing[i].job, record));
      },
    });
    await Promise.all(kept);
    missing.forEach(({ index }, i) => records[index] = fresh[i]);
  } finally {
    bar.stop();
  }
  return records.map((record) => record!);
}
