import { formatPercent } from "../../core/browser.ts";
import { sideOf } from "./channel_list.ts";
import type { ChannelRow } from "./live_state.ts";

const percent = (ratio: number) => `${(ratio * 100).toFixed(2)}%`;

/** Local balance as a share of the capacity, with the optimal interval marked below it. */
export function BalanceBar({ row }: { row: ChannelRow }) {
  const ratio = row.channel.balance_ratio;
  const { low_ratio: low = null, high_ratio: high = null } = row.prediction ?? {};
  const optimal = low === null || high === null
    ? "still learning"
    : `optimal ${formatPercent(low, 0)} to ${formatPercent(high, 0)}`;
  const label = `${formatPercent(ratio, 0)} local, ${optimal}`;
  return (
    <svg class={`bar ${sideOf(row)}`} role="img" aria-label={label} width="100%" height="18">
      <title>{label}</title>
      <rect class="track" x="0" y="1" width="100%" height="9" rx="2" />
      <rect class="local" x="0" y="1" width={percent(ratio)} height="9" rx="2" />
      {low === null || high === null ? null : (
        <rect
          class="optimal"
          x={percent(Math.min(low, 0.98))}
          y="13"
          width={percent(Math.max(0.02, high - low))}
          height="4"
          rx="2"
        />
      )}
    </svg>
  );
}
