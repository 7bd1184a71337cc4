import { counted } from "../../charts/browser.ts";
import { formatPercent } from "../../core/browser.ts";
import type { Performance } from "./api.ts";
import { localTime, utcTime } from "./format.ts";
import { lossRows } from "./model_quality.ts";

/** The model that serves now, and its errors beside those of the baselines. */
export function ModelPanel({ performance }: { performance?: Performance | null }) {
  const rows = performance ? lossRows(performance) : [];
  const largest = Math.max(1e-12, ...rows.map(({ loss }) => loss));
  const model = performance?.model;
  return (
    <section id="model" aria-labelledby="model-title">
      <h2 id="model-title">Model</h2>
      <p class="note">
        {model ? `${model.id}` : "No model serves yet: every channel is learning."}
        {model?.trained_at === undefined ? null : (
          <>
            , trained{" "}
            <time dateTime={model.trained_at} title={utcTime(Date.parse(model.trained_at))}>
              {localTime(Date.parse(model.trained_at), 0)}
            </time>
          </>
        )}
        {typeof performance?.coverage_80 === "number"
          ? `; ${
            formatPercent(performance.coverage_80, 0)
          } of outcomes lay within the interval that should hold 80 %`
          : ""}
      </p>
      {rows.length === 0
        ? (
          <p class="empty">
            Errors appear once the horizon of the first forecasts has passed: only then is it known
            what happened.
          </p>
        )
        : (
          <table class="losses">
            <caption>
              Mean pinball loss of{" "}
              {counted(performance!.samples, "forecast")}, each judged before it was learned from;
              lower is better
            </caption>
            <tbody>
              {rows.map((row) => (
                <tr key={row.name} class={row.own ? "own" : ""}>
                  <th scope="row">{row.name}</th>
                  <td class="loss-bar">
                    <svg width="100%" height="10" aria-hidden="true">
                      <rect
                        width={`${(100 * row.loss / largest).toFixed(2)}%`}
                        height="10"
                        rx="2"
                      />
                    </svg>
                  </td>
                  <td class="number">{row.loss.toPrecision(3)}</td>
                  <td class="number">
                    {row.ratio === undefined ? "" : `${row.ratio.toFixed(2)} × best baseline`}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
    </section>
  );
}
