import { useMemo, useState } from "hono/jsx/dom";
import {
  confidenceCalibration,
  counted,
  errorHistory,
  featureImportance,
} from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import type { PerformanceView } from "./api.ts";
import { ChartView } from "./chart_view.tsx";
import type { ActivityView, ErrorHistoryView, ModelsView } from "./insight_api.ts";
import { Registry } from "./registry.tsx";
import { useResource } from "./resource.ts";
import { View } from "./section.tsx";
import { Time } from "./time.tsx";
import { coverage, judgedForecasts, type LossRow, lossRows } from "./model_quality.ts";

/** The model that serves now, its errors beside those of the baselines, and the registry. */
export function ModelPage(
  { performance, fresh }: { performance?: PerformanceView; fresh: boolean },
) {
  const rows = lossRows(performance);
  const key = `${fresh} ${performance?.model} ${performance?.last_retraining?.finished}`;
  const [changes, setChanges] = useState(0);
  const models = useResource<ModelsView>("/api/models", `${key} ${changes}`);
  const errors = useResource<ErrorHistoryView>("/api/performance/history", key);
  const activity = useResource<ActivityView>("/api/activity", key);
  return (
    <View name="model" title="Model">
      <Serving performance={performance} />
      <Drift performance={performance} />
      {rows.length === 0
        ? (
          <p class="empty">
            Errors appear once the horizon of the first forecasts has passed: only then is it known
            what happened.
          </p>
        )
        : <Losses rows={rows} judged={judgedForecasts(performance)} />}
      <div class="charts two">
        <ErrorChart errors={errors.data} />
        <CalibrationChart activity={activity.data} />
      </div>
      <Importance models={models.data} serving={performance?.model ?? null} />
      <Registry models={models} onChange={() => setChanges((count) => count + 1)} />
    </View>
  );
}

function Drift({ performance }: { performance?: PerformanceView }) {
  const drift = performance?.drift;
  if (!drift) return null;
  const words = {
    learning: "What errors are usual is being learned; drift is watched from then on.",
    steady: "Errors are as usual: no drift.",
    warning: "Errors begin to leave what is usual.",
    drift: "Errors have left what was usual: the model is retrained early.",
  } as const;
  const tone = { learning: "", steady: "fine", warning: "", drift: "urgent" } as const;
  return (
    <p class={`attention ${tone[drift.state]}`}>
      {words[drift.state]} Level {drift.level.toFixed(2)} of 1.
      {drift.alarms === 0 ? "" : ` ${counted(drift.alarms, "alarm")} so far`}
      {drift.last_alarm?.since
        ? (
          <>
            , the last since <Time iso={drift.last_alarm.since} />
          </>
        )
        : ""}
    </p>
  );
}

function ErrorChart({ errors }: { errors?: ErrorHistoryView }) {
  const moments = useMemo(
    () => (errors?.points ?? []).map(({ time, losses }) => ({ timeMs: Date.parse(time), losses })),
    [errors],
  );
  return (
    <ChartView
      make={errorHistory}
      data={moments}
      empty={moments.length < 2
        ? "Errors are taken down with every export; the curve begins with the second one after the first forecasts were judged."
        : undefined}
    />
  );
}

function CalibrationChart({ activity }: { activity?: ActivityView }) {
  const bins = useMemo(
    () =>
      (activity?.confidence ?? []).map(({ count, mean, paid }) => ({
        count,
        confidence: mean ?? 0,
        paid: paid ?? 0,
      })),
    [activity],
  );
  return (
    <ChartView
      make={confidenceCalibration}
      data={bins}
      empty={bins.every(({ count }) => count === 0)
        ? "Each suggestion becomes part of this picture when its horizon has passed, carried out or not."
        : undefined}
    />
  );
}

function Importance({ models, serving }: { models?: ModelsView; serving: string | null }) {
  const shares = models?.models.find(({ id }) => id === serving)?.details.importance;
  const features = useMemo(
    () => (shares ?? []).map(({ feature, share }) => ({ feature, gain: share })),
    [shares],
  );
  if (features.length === 0) return null;
  return (
    <div class="charts tall">
      <ChartView make={featureImportance} data={features} />
    </div>
  );
}

function Serving({ performance }: { performance?: PerformanceView }) {
  if (!performance?.model) {
    return <p class="note">No model serves yet: every channel is learning.</p>;
  }
  const held = coverage(performance);
  const last = performance.last_retraining;
  return (
    <p class="note">
      <strong>{performance.model}</strong>
      {performance.serving_since === null ? "" : (
        <>
          , serving since <Time iso={performance.serving_since} />
        </>
      )}
      {held === undefined
        ? ""
        : `; ${formatPercent(held, 0)} of outcomes lay within the interval that should hold 80 %`}
      {performance.retraining ? "; a retraining is under way" : ""}
      {last === null ? "" : (
        <>
          ; last retraining <Time iso={last.finished} />: {last.status}, {last.reason}
        </>
      )}
    </p>
  );
}

function Losses({ rows, judged }: { rows: LossRow[]; judged: number }) {
  const largest = Math.max(1e-12, ...rows.map(({ loss }) => loss));
  return (
    <table class="losses">
      <caption>
        Mean error (pinball loss) of{" "}
        {counted(judged, "forecast")}, each judged before it was learned from; lower is better
      </caption>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name} class={row.own ? "own" : ""}>
            <th scope="row">{row.name}</th>
            <td class="loss-bar">
              <svg width="100%" height="10" aria-hidden="true">
                <rect width={`${(100 * row.loss / largest).toFixed(2)}%`} height="10" rx="2" />
              </svg>
            </td>
            <td class="number">{formatSat(row.loss)}</td>
            <td class="number">
              {row.ratio === undefined ? "" : `${row.ratio.toFixed(2)} × best baseline`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
