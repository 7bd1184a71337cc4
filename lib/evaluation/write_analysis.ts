import { join } from "node:path";
import { type ChartSpec, feeRates, renderPng, renderSvg } from "../charts/mod.ts";
import { fileStamp, type ProgressFactory, writeFileAtomic } from "../core/mod.ts";
import type { ForecastModel } from "../learning/mod.ts";
import type { Network } from "../network/mod.ts";
import type { Analysis } from "./analysis.ts";
import { networkFacts } from "./network_facts.ts";
import { drawPages } from "./page_pictures.ts";
import { withPeerNames } from "./peer_names.ts";
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
  const { model, source, dataDir, visualizationsDir: folder, madeMs } = options;
  const shown = options.network ? withPeerNames(analysis, options.network.network) : analysis;
  const specs = analysisPictures(shown, model.importance());
  const bar = options.progress("analyzing", specs.length + (options.network ? 4 : 2));
  try {
    let step = 0;
    const next = (what: string) => bar.update(step++, what);
    next("predictions");
    const predictions = join(dataDir, "predictions", `predictions_${fileStamp(madeMs)}.csv`);
    await writePredictions(predictions, analysis, model.id);
    const statistics = await analysisStatistics(analysis.channels);
    if (options.network) next("network");
    const network = options.network && placedIn(options.network, statistics);
    if (network) specs.push(feeRates(network.facts.feeRatesPpm));
    const drawings = new Map<string, string>();
    for (const spec of specs) {
      next(spec.name);
      drawings.set(`${spec.name}.png`, await writePicture(folder, spec));
    }
    next("report");
    const report = await writeReport(folder, {
      ...{ analysis: shown, statistics, network, model, source, madeMs },
      pictures: specs.map((spec) => ({ spec, file: `${spec.name}.png` })),
      predictionsPath: predictions,
    }, drawings);
    const pictures = specs.map((spec) => join(folder, `${spec.name}.png`));
    return { predictions, ...report, pictures };
  } finally {
    bar.stop();
  }
}

/** Writes PNG and SVG of one name; returns the SVG. */
async function writePicture(folder: string, spec: ChartSpec): Promise<string> {
  await writeFileAtomic(join(folder, `${spec.name}.png`), await renderPng(spec));
  const drawing = await renderSvg(spec);
  await writeFileAtomic(join(folder, `${spec.name}.svg`), drawing);
  return drawing;
}

/** Writes the report as Markdown, and as one page with its pictures in it. */
async function writeReport(
  folder: string,
  parts: ReportParts,
  drawings: ReadonlyMap<string, string>,
): Promise<Pick<AnalysisFiles, "report" | "page">> {
  const report = join(folder, "rebalance_report.md");
  const page = join(folder, "rebalance_report.html");
  await writeFileAtomic(report, reportText(parts));
  const pages = await drawPages(parts.analysis);
  const text = reportText({ ...parts, pagePictures: pages.picturesOf });
  await writeFileAtomic(page, reportHtml(text, new Map([...drawings, ...pages.drawings])));
  return { report, page };
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
