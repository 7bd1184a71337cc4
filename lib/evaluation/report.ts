import { formatDuration, formatPercent, formatSat, isoTime } from "../core/mod.ts";
import { type ChartSpec, counted } from "../charts/mod.ts";
import { type ForecastModel, scoreLabel } from "../learning/mod.ts";
import type { Analysis, BalanceSide } from "./analysis.ts";
import { code, prose } from "./markdown.ts";
import type { NetworkFacts } from "./network_facts.ts";
import { channelPagesSection, type PagePictures } from "./report_channels.ts";
import { modelSection } from "./report_model.ts";
import { networkSection } from "./report_network.ts";
import {
  channelsSection,
  nodesSection,
  recommendationsSection,
  statisticsSection,
  whyNotSection,
} from "./report_tables.ts";
import type { AnalysisStatistics } from "./statistics.ts";

/** Everything a report tells. */
export interface ReportParts {
  analysis: Analysis;
  statistics: AnalysisStatistics;
  model: Pick<ForecastModel, "id" | "meta" | "metrics">;
  /** The pictures beside the report, with their files as it links them. */
  pictures: { spec: ChartSpec; file: string }[];
  /** Which file it was made from, and where the predictions went. */
  source: string;
  predictionsPath: string;
  /** When the report was made, Unix ms. */
  madeMs: number;
  /** The channel graph, where one was given: then route costs come from it. */
  network?: { facts: NetworkFacts; path: string };
  /** Drawn into the pages of channels; left out where they can't be shown. */
  pagePictures?: PagePictures;
}

/** The report in Markdown: what matters first, then tables, then method and limits. */
export function reportText(parts: ReportParts): string {
  const picture = (name: string) => {
    const { spec, file } = parts.pictures.find(({ spec }) => spec.name === name)!;
    return `![${prose(`${spec.title}. ${spec.summary}`)}](${file})`;
  };
  return [
    head(parts),
    summary(parts),
    recommendationsSection(parts.analysis),
    picture("rebalance_recommendations"),
    "## Channels",
    picture("balance_distribution"),
    picture("optimal_vs_current"),
    channelsSection(parts.analysis),
    whyNotSection(parts.analysis),
    channelPagesSection(parts.analysis, parts.pagePictures),
    nodesSection(parts.statistics),
    parts.network && networkSection(parts.network.facts, parts.network.path, picture("fee_rates")),
    statisticsSection(parts.statistics),
    modelSection(parts.model),
    picture("feature_importance"),
    method(parts),
  ].filter((section) => section !== undefined && section !== "").join("\n\n") + "\n";
}

function head({ analysis, model, source, predictionsPath, madeMs }: ReportParts): string {
  return [
    "# Rebalance report",
    "",
    `Made ${isoTime(madeMs)} from ${code(source, 200)}, as of ${isoTime(analysis.timeMs)}; ` +
    `model ${code(model.id, 80)}, horizon ${formatDuration(analysis.horizonMs)}. ` +
    `All predictions: ${code(predictionsPath, 200)}.`,
  ].join("\n");
}

function summary({ analysis, statistics, model }: ReportParts): string {
  const { channels, plan, stale } = analysis;
  const count = (side: BalanceSide) => channels.filter((channel) => channel.side === side).length;
  const stakeMsat = statistics.nodes.reduce((sum, node) => sum + node.feesAtStakeMsat, 0);
  const capacitySat = statistics.nodes.reduce((sum, node) => sum + node.capacitySat, 0);
  const lines = [
    `**${counted(channels.length, "channel")}** of ${
      counted(statistics.nodes.length, "node")
    } with ${formatSat(capacitySat)}: ` +
    `${count("within")} within their optimal interval, ${count("short_outbound")} short of ` +
    `outbound and ${count("short_inbound")} of inbound liquidity, ${
      count("learning")
    } still learning.`,
    `**${formatSat(stakeMsat / 1000)}** of fees are expected to be at stake within ` +
    `${formatDuration(analysis.horizonMs)}.`,
    recommended(plan.suggestions),
    modelWords(model),
  ];
  if (stale > 0) {
    lines.push(
      `Left out: ${counted(stale, "channel")} last seen more than a horizon before the end.`,
    );
  }
  return ["## Summary", "", ...lines.map((line) => `- ${line}`)].join("\n");
}

function recommended(suggestions: Analysis["plan"]["suggestions"]): string {
  if (suggestions.length === 0) {
    return "**No rebalance pays for itself now**, as far as is known. Why, is said below for each channel.";
  }
  const sum = (pick: (s: typeof suggestions[number]) => number) =>
    formatSat(suggestions.reduce((total, s) => total + pick(s), 0) / 1000);
  return `**${counted(suggestions.length, "rebalance")}** of together ${
    sum((s) => s.amountMsat)
  } ` +
    `${suggestions.length === 1 ? "is" : "are"} recommended: expected to bring ` +
    `${sum((s) => s.expectedGainMsat)} after ${sum((s) => s.expectedFeeMsat)} of fees.`;
}

/** How the model did on data it was not trained on, against the best baseline. */
function modelWords({ metrics }: ReportParts["model"]): string {
  const { model, ...baselines } = metrics.test;
  const best = Object.entries(baselines).sort(([, a], [, b]) => a.pinballSat - b.pinballSat)[0];
  if (model === undefined || best === undefined || !(best[1].pinballSat > 0)) {
    return "How good the model is was not measured when it was trained.";
  }
  const change = model.pinballSat / best[1].pinballSat - 1;
  return `On data after its training the model's error was ${formatPercent(Math.abs(change))} ` +
    `${change <= 0 ? "lower" : "**higher**"} than that of the best baseline (${
      prose(scoreLabel(best[0]))
    }).`;
}

function method({ analysis, network }: ReportParts): string {
  const horizon = formatDuration(analysis.horizonMs);
  return `## Method and limits

- For each channel the model forecasts, as quantiles, how much local balance the outflow of the next ${horizon} will need (U) and how much remote balance the inflow will (D), both as the deepest net flow. A balance from U to capacity - D serves everything; the optimal interval covers each need with 75 %.
- The chances to run short are read off the same quantiles; between them they are interpolated, beyond them an exponential tail is assumed. A channel's confidence is the chance that what is said of its balance comes true; that of a rebalance is the chance that it pays for itself within ${horizon}.
- A rebalance is recommended when the fees it is expected to earn at the target, less what the source gives up, exceed the route's fee by the planner's margin. Gains are after the fee.
- ${
    network === undefined
      ? "No channel graph was given: routes are taken to cost what they usually do, not what they would cost now."
      : "Costs of routes were searched in the channel graph, by the fees announced there; what its channels hold is not known."
  } What comes in by a channel is taken to earn the node's average fee rate. Whether a channel is online, and when it was last rebalanced, is not known here.
- A channel that was watched for less than a day is still learning and takes part in nothing. Forecasts are of the past's kind: a new peer, a change of fees or an outage is not foreseen.`;
}
