import { formatSat } from "../../core/browser.ts";
import { UNKNOWN } from "./format.ts";
import type { ChannelRow } from "./live_state.ts";

const WIDTH = 90;
const HEIGHT = 30;

/**
 * From today's balance (left) to where the deepest outflow (down) and inflow (up) within the horizon
 * may take it: in half of all cases the dark wedges, in nine of ten the light ones.
 */
export function ForecastSpark({ row: { channel, prediction } }: { row: ChannelRow }) {
  const out = prediction?.outbound_need_sat ?? null, into = prediction?.inbound_need_sat ?? null;
  if (out === null || into === null) return <span class="note">{UNKNOWN}</span>;
  const { capacity_sat, local_balance_sat: now } = channel;
  const y = (sat: number) =>
    HEIGHT - 1 - (HEIGHT - 2) * Math.min(1, Math.max(0, sat / capacity_sat));
  const wedge = (sat: number) =>
    `0,${y(now)} ${WIDTH},${y(now)} ${WIDTH},${y(now + sat).toFixed(1)}`;
  const last = out.length - 1, middle = out.length >> 1;
  const label = `within ${prediction!.horizon_hours} h up to ${formatSat(out[last])} out, up to ${
    formatSat(into[last])
  } in`;
  return (
    <svg class="spark" role="img" aria-label={label} width={WIDTH} height={HEIGHT}>
      <title>{label}</title>
      <rect class="frame" x="0.5" y="0.5" width={WIDTH - 1} height={HEIGHT - 1} />
      <polygon class="out" points={wedge(-out[last])} />
      <polygon class="out" points={wedge(-out[middle])} />
      <polygon class="in" points={wedge(into[last])} />
      <polygon class="in" points={wedge(into[middle])} />
      <line class="now" x1="0" x2={WIDTH} y1={y(now)} y2={y(now)} />
    </svg>
  );
}
