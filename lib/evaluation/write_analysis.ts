import { join } from "node:path";
import { renderPng, renderSvg } from "../charts/mod.ts";
import { fileStamp, type ProgressFactory, writeFileAtomic } from "../core/mod.ts";
import type { ForecastModel } from "../learning/mod.ts";
import type { Analysis } from "./analysis.ts";
import { drawPages } from "./page_pictures.ts";
import { analysisPictures } from "./pictures.ts";
import { writePredictions } from "./predictions_csv.ts";
import { type ReportParts, reportText } from "./report.ts";
import { reportHtml } from "./report_html.ts";
import { analysisStatistics } from "./statistics.ts";

/** Where an analysis is written, and what its report names. */
export interface WriteOptions {
  model: Pick<ForecastModel, "id" | "meta" | "metrics" | "importance">;
  featuresPath: string;
  dataDir: string;
  visualizationsDir: string;
  /** When it is made, Unix ms; names the predictions file. */
  madeMs: number;
  progress: ProgressFactory;
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
  { model, featuresPath, dataDir, visualizationsDir, madeMs, progress }: WriteOptions,
): Promise<AnalysisFiles> {
  const specs = analysisPictures(analysis, model.importance());
  const bar = progress("analyzing", specs.length + 2);
  try {
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
      statistics: await analysisStatistics(analysis.channels),
      model,
      pictures: specs.map((spec) => ({ spec, file: `${spec.name}.png` })),
      featuresPath,
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
