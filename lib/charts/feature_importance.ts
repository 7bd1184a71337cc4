import { barLabels } from "./bar_labels.ts";
import { axis, baseOptions, type ChartSpec } from "./spec.ts";
import { wholePercent } from "./text.ts";
import { type ChartStyle, PICTURE_STYLE } from "./theme.ts";

/** Features drawn at most. */
export const MOST_FEATURES = 15;

const LONG_AXIS = "share of the reduction of the loss by all splits (%)";

/** What one feature contributed to a model. */
export interface FeatureShare {
  feature: string;
  /** Its gain in any unit, 0 or more; shares of the sum are drawn. */
  gain: number;
}

/**
 * The features that the model gained most from, as shares of its whole gain.
 *
 * @param features in any order
 */
export function featureImportance(
  features: readonly FeatureShare[],
  style: ChartStyle = PICTURE_STYLE,
): ChartSpec {
  const total = features.reduce((sum, { gain }) => sum + gain, 0);
  const rows = features.filter(({ gain }) => gain > 0)
    .sort((a, b) => b.gain - a.gain || (a.feature < b.feature ? -1 : 1))
    .slice(0, MOST_FEATURES)
    .map(({ feature, gain }) => ({ feature, share: gain / total }));
  const head = {
    name: "feature_importance",
    title: "What the model looks at",
    summary: summarize(rows),
    widthPx: 900,
    heightPx: 150 + 27 * Math.max(3, rows.length),
  };
  // The values stand beside the bars.
  const options = baseOptions(head, style, style.titles ? undefined : 34);
  options.indexAxis = "y";
  options.plugins!.legend!.display = false;
  options.scales = {
    x: axis(style.titles ? LONG_AXIS : "share of what was learned (%)", style, {
      beginAtZero: true,
      grace: "12%",
    }),
    y: axis("", style, { grid: { display: false }, ticks: { autoSkip: false } }),
  };
  return {
    ...head,
    config: {
      type: "bar",
      data: {
        labels: rows.map(({ feature }) => feature),
        datasets: [{
          data: rows.map(({ share }) => share * 100),
          backgroundColor: style.theme.shortInbound,
          barPercentage: 0.8,
          categoryPercentage: 0.9,
          borderRadius: 2,
        }],
      },
      options,
      plugins: [barLabels([{
        dataset: 0,
        labels: rows.map(({ share }) => `${(share * 100).toFixed(1)} %`),
        color: style.theme.text,
        font: `11px "${style.fontFamily}"`,
      }])],
    },
  };
}

function summarize(rows: readonly { feature: string; share: number }[]): string {
  if (rows.length === 0) {
    return "The model makes no splits: it predicts the same for every channel.";
  }
  const shown = rows.reduce((sum, { share }) => sum + share, 0);
  const first = `${rows[0].feature} alone brings ${wholePercent(rows[0].share)} of what the model`;
  return rows.length === 1
    ? `${first} learned.`
    : `${first} learned, the ${rows.length} features shown ${wholePercent(shown)}.`;
}
