import { basename, dirname, join } from "node:path";
import {
  fileStamp,
  formatDuration,
  HOUR_MS,
  isoTime,
  listFiles,
  systemClock,
  terminalProgress,
  textTable,
} from "../../core/mod.ts";
import { buildFeatures, type FeaturesSummary } from "../../liquidity/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { newestFile } from "../newest_file.ts";

/** `features`: events of a file to features and labels. */
export async function run(
  options: CommandOptions<"features">,
  context: CommandContext,
): Promise<void> {
  const dataDir = options["data-dir"];
  const input = options.input ?? await newestFile(dataDir, "forwards");
  const output = options.output ??
    join(dataDir, "processed", `features_${fileStamp(systemClock.nowMs())}.csv`);
  const summary = await buildFeatures({
    input,
    snapshots: options.snapshots ?? await snapshotsBeside(input),
    output,
    horizonMs: options["horizon-hours"] * HOUR_MS,
    skipInvalid: options["skip-invalid"],
    progress: terminalProgress,
    signal: context.signal,
  });
  if (options.json) context.print(JSON.stringify(jsonSummary(summary), null, 2));
  else printSummary(summary, context);
}

/** `snapshots_STAMP.csv` beside `forwards_STAMP.csv`, where there is one. */
async function snapshotsBeside(input: string): Promise<string | undefined> {
  const name = basename(input);
  if (!name.startsWith("forwards_")) return undefined;
  const stem = name.replace(/^forwards_/, "snapshots_").replace(/\.gz$/, "");
  const found = await listFiles(dirname(input), /^snapshots_.*\.csv(\.gz)?$/);
  const match = found.find((file) => file.replace(/\.gz$/, "") === stem);
  return match && join(dirname(input), match);
}

function printSummary(summary: FeaturesSummary, { print }: CommandContext): void {
  const number = (value: number) => value.toLocaleString("en-US");
  const rows: [string, string][] = [
    ["kind of input", summary.kind.replace("_", " ")],
    ["time", `${isoTime(summary.firstMs)} to ${isoTime(summary.lastMs)}`],
    ["", formatDuration(summary.lastMs - summary.firstMs)],
    ["events", number(summary.events)],
    ["nodes", number(summary.nodes)],
    ["channels", number(summary.channels)],
    ["  without balances", number(summary.channelsWithoutBalances)],
    ["rows written", number(summary.rows)],
    ["  with a label", number(summary.labelledRows)],
    ["  open for a silence", number(summary.gaps)],
    ["repeated failures", number(summary.retries)],
    ["rows refused", number(summary.rejectedRows)],
  ];
  for (const line of textTable(["features", ""], rows)) print(line);
  print("");
  print(`Written: ${summary.output}`);
  if (summary.rejectedPath !== undefined) print(`Refused: ${summary.rejectedPath}`);
  if (summary.labelledRows === 0) {
    print("No row has a label: the data are shorter than the horizon; see --horizon-hours.");
  }
}

function jsonSummary(summary: FeaturesSummary): Record<string, unknown> {
  return {
    kind: summary.kind,
    output: summary.output,
    from: isoTime(summary.firstMs),
    to: isoTime(summary.lastMs),
    events: summary.events,
    nodes: summary.nodes,
    channels: summary.channels,
    channels_without_balances: summary.channelsWithoutBalances,
    rows: summary.rows,
    labelled_rows: summary.labelledRows,
    gap_rows: summary.gaps,
    repeated_failures: summary.retries,
    rejected_rows: summary.rejectedRows,
    rejected: summary.rejectedPath ?? null,
  };
}
