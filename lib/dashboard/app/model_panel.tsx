import { counted } from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import type { PerformanceView } from "./api.ts";
import { Time } from "./time.tsx";
import { coverage, judgedForecasts, type LossRow, lossRows } from "./model_quality.ts";

/** The model that serves now, and its errors beside those of the baselines. */
export function ModelPanel({ performance }: { performance?: PerformanceView }) {
  const rows = lossRows(performance);
  return (
    <section id="model" aria-labelledby="model-title">
      <h2 id="model-title">Model</h2>
      <Serving performance={performance} />
      {rows.length === 0
        ? (
          <p class="empty">
            Errors appear once the horizon of the first forecasts has passed: only then is it known
            what happened.
          </p>
        )
        : <Losses rows={rows} judged={judgedForecasts(performance)} />}
    </section>
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
