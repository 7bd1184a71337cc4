import { terminalProgress, UsageError, writeFileAtomic } from "../../core/mod.ts";
import {
  checkArms,
  type Experiment,
  experimentTable,
  parseArm,
  readArms,
  runExperiment,
} from "../../evaluation/mod.ts";
import { experimentDifferences, renderPng } from "../../charts/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";

/** Before the time that is measured, balances settle. */
const WARM_UP_DAYS = 1;

/** `experiment`: arms compared on the same payments. */
export async function run(
  options: CommandOptions<"experiment">,
  { print, signal }: CommandContext,
): Promise<void> {
  const experiment = await experimentOf(options);
  const comparisons = await runExperiment(experiment, {
    workers: options.jobs,
    progress: terminalProgress,
    signal,
  });
  experimentTable(comparisons).forEach(print);
  if (options.json !== undefined) {
    const { setup, arms, seeds } = experiment;
    const result = { setup, arms, seeds, comparisons };
    await writeFileAtomic(options.json, JSON.stringify(result, null, 2) + "\n");
    print(`Written: ${options.json}`);
  }
  if (options.logs !== undefined) print(`Logs: ${options.logs}`);
  if (options.picture !== undefined) {
    await writeFileAtomic(options.picture, await renderPng(experimentDifferences(comparisons)));
    print(`Drawn: ${options.picture}`);
  }
}

/** @throws {UsageError} for arms that can't be compared */
async function experimentOf(options: CommandOptions<"experiment">): Promise<Experiment> {
  const { arm, arms: file, graph, nodes, operators, days, seeds, seed } = options;
  if ((arm === undefined) === (file === undefined)) {
    throw new UsageError("experiment: expected arms, by --arm twice or more or by --arms FILE");
  }
  const arms = file === undefined ? (arm ?? []).map(parseArm) : await readArms(file);
  checkArms(arms);
  return {
    setup: {
      graph,
      nodes,
      operators,
      paymentsPerDay: options["payments-per-day"],
      days,
      warmUpDays: WARM_UP_DAYS,
      logs: options.logs,
      check: options.check,
    },
    arms,
    seeds: Array.from({ length: seeds }, (_, i) => seed + i),
  };
}
