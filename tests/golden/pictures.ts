/** What the goldens of pictures and report are made from; see tests/golden/pictures/README.md. */
import { join } from "node:path";
import {
  balanceBarSvg,
  balanceDistribution,
  type ChartSpec,
  demandFan,
  featureImportance,
  feeRates,
  optimalVsCurrent,
  rebalanceRecommendations,
} from "../../lib/charts/mod.ts";
import { HOUR_MS, silentProgress } from "../../lib/core/mod.ts";
import { analyzeFeatures, writeAnalysis } from "../../lib/evaluation/mod.ts";
import { sampleChannels, sampleFeatures, sampleSuggestions } from "../charts/sample_data.ts";
import {
  cheapRoutes,
  halfForecaster,
  reportedModel,
  sampleTable,
  START_MS,
} from "../evaluation/sample_table.ts";

/** Where the goldens lie. */
export const GOLDEN_FOLDER = new URL("./pictures/", import.meta.url);

/** Every kind of picture once, by the name of its golden. */
export const GOLDEN_SPECS: Record<string, () => ChartSpec> = {
  balance_distribution: () => balanceDistribution(sampleChannels(40)),
  optimal_rows: () => optimalVsCurrent(sampleChannels(12)),
  optimal_cloud: () => optimalVsCurrent(sampleChannels(100)),
  recommendations: () => rebalanceRecommendations(sampleSuggestions(5)),
  nothing_pays: () =>
    rebalanceRecommendations([], [{ reason: "too expensive", count: 9 }, {
      reason: "balanced",
      count: 30,
    }]),
  feature_importance: () => featureImportance(sampleFeatures(8)),
  fee_rates: () => feeRates({ all: [0, 1, 1, 20, 100, 300, 700, 3000], own: [100, 250] }),
  demand_fan: () =>
    demandFan({
      label: "peer",
      capacitySat: 5_000_000,
      localBalanceSat: 1_200_000,
      points: [6, 24, 72].map((hours) => ({
        horizonMs: hours * HOUR_MS,
        outbound: { half: 8000 * hours, most: 30_000 * hours },
        inbound: { half: 2000 * hours, most: 20_000 * hours },
      })),
    }),
};

/** The bar of a channel's page. */
export function goldenBar(): string {
  return balanceBarSvg({ ratio: 0.3, optimal: { low: 0.4, high: 0.7 } }, "30 % are local");
}

/** Settings of the golden plan, whatever the defaults become. */
const PLANNER = {
  marginFactor: 2,
  minGainMsat: 300,
  minAmountSat: 10_000,
  maxAmountSat: 5_000_000,
  maxPerNode: 10,
  minConfidence: 0.1,
};

/** The report of six channels, as Markdown and as a page, without the folder's name. */
export async function goldenReport(): Promise<{ markdown: string; page: string }> {
  const folder = await Deno.makeTempDir();
  try {
    const analysis = analyzeFeatures(sampleTable(6), {
      forecaster: halfForecaster,
      estimate: cheapRoutes,
      planner: PLANNER,
    });
    const { report, page } = await writeAnalysis(analysis, {
      model: reportedModel,
      source: "features.csv",
      dataDir: join(folder, "data"),
      visualizationsDir: folder,
      madeMs: START_MS,
      progress: silentProgress,
    });
    const read = async (path: string) => (await Deno.readTextFile(path)).replaceAll(folder, "DIR");
    // Pictures have goldens of their own.
    const withoutPictures = (html: string) => html.replace(/<svg [^]*?<\/svg>\s*/g, "<svg/>");
    return { markdown: await read(report), page: withoutPictures(await read(page)) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
