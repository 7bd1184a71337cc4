import { formatPercent, formatSat, isoTime } from "../core/mod.ts";
import { type ForecastModel, type ForecastScore, scoreLabel } from "../learning/mod.ts";
import { code, prose, table } from "./markdown.ts";

/** What the model was made from, and how it did against the baselines when it was trained. */
export function modelSection(
  { id, meta, metrics }: Pick<ForecastModel, "id" | "meta" | "metrics">,
): string {
  const { data } = meta;
  const made = `${code(id, 80)} was trained ${isoTime(meta.createdMs)} on ` +
    `${data.trainRows.toLocaleString("en-US")} of ${data.rows.toLocaleString("en-US")} rows of ` +
    `${data.channels} channels of ${data.nodes} ${data.nodes === 1 ? "node" : "nodes"}, ` +
    `${isoTime(data.fromMs)} to ${isoTime(data.toMs)}.`;
  return [
    "## Model",
    made,
    ...scores("On the latest part of that time, which it did not see:", metrics.test),
    ...scores("On nodes that it did not see either:", metrics.heldOutNodes),
  ].join("\n\n");
}

/** A table of scores, the lowest error first; nothing where none were measured. */
function scores(title: string, byName: Record<string, ForecastScore>): string[] {
  const rows = Object.entries(byName).sort(([, a], [, b]) => a.pinballSat - b.pinballSat);
  if (rows.length === 0) return [];
  const names = [
    ...["rows", "pinball loss", "error of the median", "in the 80 % interval"],
    "of those not at nothing",
    "error of the fees",
  ];
  const columns = [
    { name: "forecaster" },
    ...names.map((name) => ({ name, align: "right" as const })),
  ];
  return [
    title,
    table(
      columns,
      rows.map(([name, score]) => [
        name === "model" ? "**model**" : prose(scoreLabel(name)),
        score.rows.toLocaleString("en-US"),
        sat(score.pinballSat),
        sat(score.medianErrorSat),
        share(score.coverage),
        share(score.coverageActive),
        sat(score.feesErrorMsat / 1000),
      ]),
    ),
  ];
}

function sat(value: number): string {
  return Number.isFinite(value) ? formatSat(value) : "–";
}

function share(value: number): string {
  return Number.isFinite(value) ? formatPercent(value) : "–";
}
