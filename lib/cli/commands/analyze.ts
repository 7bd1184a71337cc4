import { shortName } from "../../charts/mod.ts";
import {
  formatPercent,
  formatSat,
  InputError,
  isoTime,
  systemClock,
  terminalProgress,
  textTable,
  UsageError,
} from "../../core/mod.ts";
import {
  type Analysis,
  type AnalysisFiles,
  analyzeFeatures,
  analyzeView,
  rowsAtEnd,
  whyNotCounts,
  writeAnalysis,
} from "../../evaluation/mod.ts";
import { chosenModel, type ForecastModel } from "../../learning/mod.ts";
import { RouteCosts } from "../../lens/mod.ts";
import { readFeatureTable } from "../../liquidity/mod.ts";
import { loadNetwork, type Network } from "../../network/mod.ts";
import { type CommandOptions, snakeNames } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { openLens } from "../lens_setup.ts";
import { newestFile } from "../newest_file.ts";
import { readNodeDump } from "../node_dump.ts";
import { lensSetup } from "../operator_settings.ts";

type Options = CommandOptions<"analyze">;

/** `analyze`: predictions, pictures and a report from a features file or a node's files. */
export async function run(
  options: Options,
  { print }: CommandContext,
): Promise<void> {
  const dataDir = options["data-dir"];
  const model = await chosenModel(dataDir, options.model);
  const { analysis, source, graph, notes } = options.channels === undefined
    ? await fromFeatures(options, model)
    : await fromDump(options, options.channels, model);
  if (analysis.channels.length === 0) {
    throw new InputError({
      file: source,
      field: "capacity",
      found: "no channel with a capacity and balances",
      expected: "at least one; make the features with --snapshots",
    });
  }
  const files = await writeAnalysis(analysis, {
    model,
    source,
    dataDir,
    visualizationsDir: options["visualizations-dir"],
    madeMs: systemClock.nowMs(),
    progress: terminalProgress,
    network: graph && { network: graph, path: options.graph! },
  });
  if (options.json) print(JSON.stringify(jsonSummary(analysis, model.id, files), null, 2));
  else [...summaryLines(analysis, files), ...notes].forEach(print);
}

/** What is analyzed, and from which file. */
interface Found {
  analysis: Analysis;
  source: string;
  graph: Network | undefined;
  /** What the reader should know of its grounds. */
  notes: string[];
}

async function fromFeatures(options: Options, model: ForecastModel): Promise<Found> {
  const given = (["forwards", "node-id"] as const).find((name) => options[name] !== undefined);
  if (given !== undefined) throw new UsageError(`analyze: found --${given} without --channels`);
  const source = options.data ?? await newestFile(options["data-dir"], "features");
  const table = await readFeatureTable(source);
  const graph = options.graph === undefined ? undefined : await loadNetwork(options.graph);
  const costs = new RouteCosts();
  if (graph !== undefined) costs.setNetwork(graph);
  const { planner, minObservedMs } = await lensSetup(options);
  const analysis = analyzeFeatures(table, {
    forecaster: model,
    further: model.parts.further,
    // Nothing was carried out that route costs could have learned from: their time does not matter.
    estimate: costs.estimator(0),
    planner,
    minObservedMs,
  });
  return { analysis, source, graph, notes: [] };
}

/** The same as `recommend` says of these files. */
async function fromDump(
  options: Options,
  channels: string,
  model: ForecastModel,
): Promise<Found> {
  if (options.data !== undefined) {
    throw new UsageError("analyze: found --data and --channels, expected one of them");
  }
  const { lens } = await openLens(await lensSetup(options));
  const { graph, events, notes } = await readNodeDump(channels, options);
  for (const event of events) lens.ingest(event);
  if (graph !== undefined) lens.setTopology(graph);
  const outlooks = lens.outlooks(), plan = lens.recommend(), timeMs = lens.nowMs;
  const table = rowsAtEnd(events, outlooks, model.horizonMs);
  const analysis = analyzeView({ table, outlooks, plan, timeMs, stale: 0 }, {
    forecaster: model,
    further: model.parts.further,
  });
  return { analysis, source: channels, graph, notes: notes.map((note) => `Note: ${note}`) };
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
