import { shortName } from "../../charts/mod.ts";
import {
  formatPercent,
  formatSat,
  InputError,
  isoTime,
  systemClock,
  terminalProgress,
  textTable,
} from "../../core/mod.ts";
import {
  type Analysis,
  type AnalysisFiles,
  analyzeFeatures,
  whyNotCounts,
  writeAnalysis,
} from "../../evaluation/mod.ts";
import { chosenModel } from "../../learning/mod.ts";
import { RouteCosts } from "../../lens/mod.ts";
import { readFeatureTable } from "../../liquidity/mod.ts";
import { type CommandOptions, snakeNames } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { newestFile } from "../newest_file.ts";

/** `analyze`: predictions, pictures and a report from a features file. */
export async function run(
  options: CommandOptions<"analyze">,
  { print }: CommandContext,
): Promise<void> {
  const dataDir = options["data-dir"];
  const model = await chosenModel(dataDir, options.model);
  const featuresPath = options.data ?? await newestFile(dataDir, "features");
  const table = await readFeatureTable(featuresPath);
  // Nothing was carried out that route costs could have learned from: their time does not matter.
  const estimate = new RouteCosts().estimator(0);
  const analysis = analyzeFeatures(table, {
    forecaster: model,
    further: model.parts.further,
    estimate,
  });
  if (analysis.channels.length === 0) {
    throw new InputError({
      file: featuresPath,
      field: "capacity",
      found: "no channel with a capacity and balances",
      expected: "at least one; make the features with --snapshots",
    });
  }
  const files = await writeAnalysis(analysis, {
    model,
    featuresPath,
    dataDir,
    visualizationsDir: options["visualizations-dir"],
    madeMs: systemClock.nowMs(),
    progress: terminalProgress,
  });
  if (options.json) print(JSON.stringify(jsonSummary(analysis, model.id, files), null, 2));
  else summaryLines(analysis, files).forEach(print);
}

/** The recommendations, or why there are none, and the files. */
function summaryLines({ channels, plan, timeMs }: Analysis, files: AnalysisFiles): string[] {
  const counts = whyNotCounts(channels).map(({ reason, count }) => `${count} ${reason}`).join(", ");
  const moved = plan.suggestions.length === 0 ? ["No rebalance pays for itself now."] : textTable(
    ["node", "out by", "back by", "amount", "confidence", "gain", "fee limit"],
    plan.suggestions.map((s) => [
      shortName(s.node, 16),
      `${shortName(s.sourceNode, 16)} ${shortName(s.sourceChannel, 20)}`,
      `${shortName(s.targetNode, 16)} ${shortName(s.targetChannel, 20)}`,
      formatSat(s.amountMsat / 1000),
      formatPercent(s.confidence, 0),
      formatSat(s.expectedGainMsat / 1000),
      formatSat(s.feeLimitMsat / 1000),
    ]),
  );
  return [
    `${channels.length} channels as of ${isoTime(timeMs)}`,
    "",
    ...moved,
    "",
    `Without a rebalance: ${counts || "none"}`,
    "",
    `Report:      ${files.report}`,
    `As a page:   ${files.page}`,
    ...files.pictures.map((path) => `Picture:     ${path}`),
    `Predictions: ${files.predictions}`,
  ];
}

function jsonSummary({ channels, plan, timeMs }: Analysis, modelId: string, files: AnalysisFiles) {
  const count = (side: string) => channels.filter((channel) => channel.side === side).length;
  return {
    model: modelId,
    timestamp: isoTime(timeMs),
    channels: channels.length,
    short_outbound: count("short_outbound"),
    short_inbound: count("short_inbound"),
    within: count("within"),
    learning: count("learning"),
    suggestions: plan.suggestions.map((s) => ({
      ...snakeNames(s) as object,
      expires_at: isoTime(s.expiresAt),
    })),
    why_not: whyNotCounts(channels).map(({ code, count }) => ({ code, count })),
    ...files,
  };
}
