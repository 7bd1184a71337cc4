import { join } from "node:path";
import { renderPng } from "../../charts/mod.ts";
import {
  elapsedMs,
  formatDuration,
  terminalProgress,
  UsageError,
  writeFileAtomic,
} from "../../core/mod.ts";
import {
  backtest,
  backtestChart,
  backtestLines,
  backtestRows,
  readCapacities,
} from "../../evaluation/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";

/** `backtest`: forecasts and policies on a node's own history. */
export async function run(
  options: CommandOptions<"backtest">,
  { print }: CommandContext,
): Promise<void> {
  const { forwards, channels, seed } = options;
  if (forwards === undefined) throw new UsageError("backtest: --forwards FILE is required");
  const startMs = elapsedMs();
  const result = await backtest({
    forwards,
    assumptions: {
      costPpm: options["cost-ppm"],
      probability: options["success-share"],
      capacitiesSat: channels === undefined ? undefined : await readCapacities(channels),
      seed,
    },
    refits: options.refits,
    trees: options.trees,
    seed,
    progress: terminalProgress,
  });
  const chart = backtestChart(result);
  const picture = join(options["visualizations-dir"], `${chart.name}.png`);
  await writeFileAtomic(picture, await renderPng(chart));
  if (options.json) {
    print(JSON.stringify(backtestRows(result), null, 2));
    return;
  }
  for (const line of backtestLines(result)) print(line);
  print("");
  print(`Picture: ${picture}`);
  print(`Took ${formatDuration(elapsedMs() - startMs)}.`);
}
