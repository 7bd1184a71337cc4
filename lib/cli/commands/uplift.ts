import { join } from "node:path";
import {
  elapsedMs,
  formatDuration,
  InputError,
  isSystemError,
  quote,
  terminalProgress,
  UsageError,
  writeFileAtomic,
} from "../../core/mod.ts";
import { renderPng } from "../../charts/mod.ts";
import {
  measureUplift,
  POLICIES,
  type PolicyName,
  type RunRecord,
  type ScenarioName,
  SCENARIOS,
  UPLIFT_DEFAULTS,
  upliftPicture,
  upliftReport,
  upliftRows,
} from "../../evaluation/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";

/** `uplift`: what policies earn on the same traffic. */
export async function run(
  options: CommandOptions<"uplift">,
  { print, signal }: CommandContext,
): Promise<void> {
  const startMs = elapsedMs();
  if (options.graph !== undefined) await requireGraph(options.graph);
  const results = await measureUplift({
    setup: {
      ...UPLIFT_DEFAULTS,
      graph: options.graph,
      nodes: options.nodes,
      operators: options.operators,
      paymentsPerDay: options["payments-per-day"],
      ...(options.check ? { check: true } : {}),
    },
    scenarios: named<ScenarioName>("scenario", options.scenario, SCENARIOS),
    policies: named<PolicyName>("policies", options.policies ?? ["all"], POLICIES),
    seeds: Array.from({ length: options.seeds }, (_, i) => options.seed + i),
  }, {
    workers: options.jobs,
    cacheFolder: join(options["data-dir"], "uplift-cache"),
    progress: terminalProgress,
    onRun: Deno.stderr.isTerminal() ? undefined : tellRun,
    signal,
  });
  for (const figures of results) {
    for (const line of [...upliftReport(figures), ""]) print(line);
    const picture = upliftPicture(figures);
    const path = join(options["visualizations-dir"], `${picture.name}.png`);
    await writeFileAtomic(path, await renderPng(picture));
    print(`Drawn: ${path}`);
  }
  if (options.json !== undefined) {
    const rows = results.flatMap((figures) => upliftRows(figures));
    await writeFileAtomic(options.json, JSON.stringify(rows, null, 2) + "\n");
    print(`Written: ${options.json}`);
  }
  print(`Took ${formatDuration(elapsedMs() - startMs)}.`);
}

/** Records of runs are looked up by what the graph holds: that it is there is said before. */
async function requireGraph(file: string): Promise<void> {
  try {
    await Deno.stat(file);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const found = error instanceof Deno.errors.NotFound ? "no such file" : error.message;
    throw new InputError({ file, found, expected: "a channel graph" });
  }
}

/** Names of a list that stand in a table; `all` are all of them. */
function named<N extends string>(
  option: string,
  names: readonly string[],
  table: Readonly<Record<N, unknown>>,
): N[] {
  const known = Object.keys(table) as N[];
  if (names.includes("all")) return known;
  const isKnown = (name: string): name is N => Object.hasOwn(table, name);
  return names.map((name) => {
    if (isKnown(name)) return name;
    throw new UsageError(
      `--${option}: found ${quote(name)}, expected ${known.join(", ")} or all`,
    );
  });
}

/** A line a run where no bar can be shown. */
function tellRun({ scenario, policy, seed }: RunRecord, { cached }: { cached: boolean }): void {
  if (!cached) console.error(`${scenario} ${policy} seed ${seed}: done`);
}
