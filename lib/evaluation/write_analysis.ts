import { join } from "node:path";
import { feeRates, renderPng, renderSvg } from "../charts/mod.ts";
import { fileStamp, type ProgressFactory, writeFileAtomic } from "../core/mod.ts";
import type { ForecastModel } from "../learning/mod.ts";
import type { Network } from "../network/mod.ts";
import type { Analysis } from "./analysis.ts";
import { networkFacts } from "./network_facts.ts";
import { drawPages } from "./page_pictures.ts";
import { analysisPictures } from "./pictures.ts";
import { writePredictions } from "./predictions_csv.ts";
import { type ReportParts, reportText } from "./report.ts";
import { reportHtml } from "./report_html.ts";
import { type AnalysisStatistics, analysisStatistics } from "./statistics.ts";

/** Where an analysis is written, and what its report names. */
export interface WriteOptions {
  model: Pick<ForecastModel, "id" | "meta" | "metrics" | "importance">;
  source: string;
  dataDir: string;
  visualizationsDir: string;
  /** When it is made, Unix ms; names the predictions file. */
  madeMs: number;
  progress: ProgressFactory;
  /** The channel graph that route costs came from, where one was given. */
  network?: { network: Network; path: string };
}

/** Files of an analysis. */
export interface AnalysisFiles {
  predictions: string;
  report: string;
  /** The report with its pictures as one page. */
  page: string;
  /** PNG files; an SVG of the same name lies beside each. */
  pictures: string[];
}

/**
 * Writes predictions, pictures and the report, each whole or not at all. The same analysis made at
 * the same time gives the same bytes.
 */
export async function writeAnalysis(
  analysis: Analysis,
  options: WriteOptions,
): Promise<AnalysisFiles> {
  const { model, source, dataDir, visualizationsDir, madeMs, progress } = options;
  const specs = analysisPictures(analysis, model.importance());
  const bar = progress("analyzing", specs.length + 2);
  try {
    const statistics = await analysisStatistics(analysis.channels);
    const network = options.network && placedIn(options.network, statistics);
    if (network) specs.push(feeRates(network.facts.feeRatesPpm));
    const predictions = join(dataDir, "predictions", `predictions_${fileStamp(madeMs)}.csv`);
    await writePredictions(predictions, analysis, model.id);
    const pictures: string[] = [];
    const drawings = new Map<string, string>();
    for (const [index, spec] of specs.entries()) {
      bar.update(1 + index, spec.name);
      const path = join(visualizationsDir, `${spec.name}.png`);
      await writeFileAtomic(path, await renderPng(spec));
      const drawing = await renderSvg(spec);
      await writeFileAtomic(join(visualizationsDir, `${spec.name}.svg`), drawing);
      drawings.set(`${spec.name}.png`, drawing);
      pictures.push(path);
    }
    bar.update(1 + specs.length, "report");
    const parts: ReportParts = {
      analysis,
      statistics,
      network,
      model,
      pictures: specs.map((spec) => ({ spec, file: `${spec.name}.png` })),
      source,
      predictionsPath: predictions,
      madeMs,
    };
    const text = reportText(parts);
    const report = join(visualizationsDir, "rebalance_report.md");
    await writeFileAtomic(report, text);
    const page = join(visualizationsDir, "rebalance_report.html");
    const pages = await drawPages(analysis);
    const pageText = reportText({ ...parts, pagePictures: pages.picturesOf });
    await writeFileAtomic(page, reportHtml(pageText, new Map([...drawings, ...pages.drawings])));
    return { predictions, report, page, pictures };
  } finally {
    bar.stop();
  }
}

/** Nodes whose place in the network is told at most: those with most at stake. */
const MOST_PLACES = 3;

function placedIn(
  { network, path }: { network: Network; path: string },
  { nodes }: AnalysisStatistics,
): ReportParts["network"] {
  const ids = nodes.slice(0, MOST_PLACES).map(({ node }) => node);
  return { facts: networkFacts(network, ids), path };
}
