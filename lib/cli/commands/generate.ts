import {
  DAY_MS,
  fileStamp,
  formatPercent,
  formatPpm,
  HOUR_MS,
  LensError,
  parseIsoTime,
  systemClock,
  terminalProgress,
  textTable,
} from "../../core/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import {
  type DatasetPaths,
  datasetPaths,
  type DatasetRows,
  RunLogs,
  type Simulation,
  writeDataset,
} from "../../simulation/mod.ts";
import type { CommandContext } from "../command.ts";
import { simulationFrom } from "../simulation_setup.ts";

/** When generated data begin: the same seed gives the same bytes, whenever it is run. */
const START_MS = parseIsoTime("2024-09-22T00:00:00Z")!;

/** `generate`: sample data as CSV. */
export async function run(
  options: CommandOptions<"generate">,
  { print, signal }: CommandContext,
): Promise<void> {
  const paths = datasetPaths(options["data-dir"], fileStamp(systemClock.nowMs()));
  const durationMs = options.days * DAY_MS;
  const run = { startMs: START_MS };
  const simulation = await simulationFrom(options, run, (line) => console.error(line));
  const logs = await RunLogs.open(simulation, { hops: options["log-hops"] });
  const progress = terminalProgress("simulating", durationMs / HOUR_MS);
  let rows: DatasetRows;
  try {
    rows = await writeDataset(simulation, { paths, durationMs, progress, signal });
    await logs.close();
  } catch (error) {
    await logs.abort();
    if (signal.aborted) throw new LensError("stopped before the end; nothing was written");
    throw error;
  } finally {
    progress.stop();
  }
  simulation.check();
  const summary = summarise(simulation, options.days);
  if (options.json) print(JSON.stringify({ seed: options.seed, paths, rows, ...summary }, null, 2));
  else describe(paths, rows, summary).forEach(print);
}

/** Figures of a run by which one sees whether it is plausible. */
function summarise(simulation: Simulation, days: number) {
  const { payments, successRate } = simulation.statistics();
  const { forwards, failedHere, failedDownstream, forwardIncomeMsat, forwardedMsat } = simulation
    .operatorsAccount();
  const attempts = forwards + failedHere + failedDownstream;
  return {
    nodes: simulation.network.nodeCount,
    channels: simulation.network.channelCount,
    operators: simulation.operators,
    payments,
    success_rate: successRate,
    forwards_per_day_and_operator: forwards / days / simulation.operators.length,
    local_failure_share: attempts === 0 ? 0 : failedHere / attempts,
    earned_ppm: forwardedMsat === 0 ? 0 : forwardIncomeMsat / forwardedMsat * 1_000_000,
  };
}

function describe(
  paths: DatasetPaths,
  rows: DatasetRows,
  summary: ReturnType<typeof summarise>,
): string[] {
  const files = (Object.keys(paths) as (keyof DatasetPaths)[])
    .map((name) => [paths[name], rows[name].toLocaleString("en-US")]);
  const figures: [string, string][] = [
    ["network", `${summary.nodes} nodes, ${summary.channels} channels`],
    ["operators", String(summary.operators.length)],
    ["payments that arrived", formatPercent(summary.success_rate)],
    ["forwards a day and operator", summary.forwards_per_day_and_operator.toFixed(1)],
    [
      "forwards that failed for lack of balance there",
      formatPercent(summary.local_failure_share),
    ],
    ["earned by forwarding", formatPpm(summary.earned_ppm)],
  ];
  return [
    ...textTable(["file", "rows"], files),
    "",
    ...textTable(["of the run", ""], figures),
    "",
    `Next: deno task features --input ${paths.forwards}`,
  ];
}
