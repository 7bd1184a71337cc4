import { formatSat } from "../../core/browser.ts";
import { signedSat } from "./format.ts";
import type { ChannelHistoryView, ReasonView } from "./insight_api.ts";

/** What moves the forecast needs most, in words and as bars. */
export function Reasons({ reasons }: { reasons: ChannelHistoryView["reasons"] }) {
  const all = [...reasons?.outbound ?? [], ...reasons?.inbound ?? []];
  const largest = Math.max(1, ...all.map(({ effect_sat }) => Math.abs(effect_sat)));
  return (
    <section class="chart" aria-labelledby="reasons-title">
      <h3 id="reasons-title">Why these needs are forecast</h3>
      {all.length === 0
        ? (
          <p class="note">
            {reasons === null
              ? "A baseline forecasts now: it repeats what was, so there is nothing to explain. Reasons appear with the first trained model."
              : "The model sees nothing that sets this channel apart from a typical one."}
          </p>
        )
        : (
          <>
            <p class="note">
              Beside a typical channel; the bars to the right raise a need, those to the left lower
              it. The longest is {formatSat(largest)}.
            </p>
            <Side title="Outbound need" reasons={reasons!.outbound} largest={largest} />
            <Side title="Inbound need" reasons={reasons!.inbound} largest={largest} />
          </>
        )}
    </section>
  );
}

function Side(props: { title: string; reasons: ReasonView[]; largest: number }) {
  const { title, reasons, largest } = props;
  return (
    <>
      <h4>{title}</h4>
      {reasons.length === 0 ? <p class="note">nothing in particular</p> : (
        <ul class="reason-bars">
          {reasons.map(({ feature, effect_sat, text }) => (
            <li key={feature}>
              <svg width="100%" height="8" aria-hidden="true">
                <rect
                  class={effect_sat < 0 ? "lowers" : "raises"}
                  x={`${effect_sat < 0 ? 50 + 50 * effect_sat / largest : 50}%`}
                  width={`${50 * Math.abs(effect_sat) / largest}%`}
                  height="8"
                />
                <line x1="50%" x2="50%" y1="0" y2="8" />
              </svg>
              <span title={signedSat(effect_sat)}>{text}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
