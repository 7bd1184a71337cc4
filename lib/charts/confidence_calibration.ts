import { counted, wholePercent } from "./text.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** Suggestions of like confidence. */
export interface CalibrationBin {
  count: number;
  /** Their mean confidence and the share that paid for itself, 0 to 1. */
  confidence: number;
  paid: number;
}

/** How often suggestions paid for themselves beside how often they were said to. */
export function confidenceCalibration(
  bins: readonly CalibrationBin[],
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  const { theme } = style;
  const known = bins.filter(({ count }) => count > 0);
  const head = {
    name: "confidence_calibration",
    title: "Is confidence what it says?",
    summary: summarize(known),
    widthPx: 560,
    heightPx: 480,
  };
  const most = Math.max(1, ...known.map(({ count }) => count));
  const options = baseOptions(head, style);
  options.plugins!.legend!.labels!.usePointStyle = true;
  options.plugins!.tooltip = {
    callbacks: {
      label: (item) => {
        const bin = known[item.dataIndex];
        return bin === undefined
          ? ""
          : `${counted(bin.count, "suggestion")}: said ${wholePercent(bin.confidence)}, paid ${
            wholePercent(bin.paid)
          }`;
      },
    },
    filter: (item) => item.datasetIndex === 0,
  };
  const percent = { type: "linear", min: 0, max: 100, ticks: { stepSize: 20 } };
  options.scales = {
    x: axis("confidence (%)", style, percent),
    y: axis("paid for themselves (%)", style, percent),
  };
  return {
    ...head,
    config: {
      type: "scatter",
      data: {
        datasets: [
          {
            label: "suggestions, larger: more of them",
            data: known.map(({ confidence, paid }) => ({ x: confidence * 100, y: paid * 100 })),
            pointRadius: known.map(({ count }) => 4 + 8 * Math.sqrt(count / most)),
            ...{ backgroundColor: `${theme.fine}bb`, borderColor: theme.fine, clip: false },
          },
          {
            label: "as it should be",
            data: [{ x: 0, y: 0 }, { x: 100, y: 100 }],
            ...{ showLine: true, pointRadius: 0, pointStyle: "line" as const },
            ...{ borderColor: theme.neutral, borderDash: [5, 4], borderWidth: 1.5 },
          },
        ],
      },
      options,
    },
  };
}

function summarize(bins: readonly CalibrationBin[]): string {
  const count = bins.reduce((sum, bin) => sum + bin.count, 0);
  if (count === 0) return "No suggestion's horizon has passed yet.";
  const mean = (of: (bin: CalibrationBin) => number) =>
    bins.reduce((sum, bin) => sum + bin.count * of(bin), 0) / count;
  return `Of ${counted(count, "suggestion")} whose horizon has passed, ${
    wholePercent(mean(({ paid }) => paid))
  } paid for themselves; ${
    wholePercent(mean(({ confidence }) => confidence))
  } were expected to. Those that were not carried out are judged as if they had been.`;
}
