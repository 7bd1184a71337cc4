import { formatPercent } from "../../core/browser.ts";
import type { ChannelItem } from "./api.ts";
import { isShortInbound, isShortOutbound } from "./channel_list.ts";

const percent = (ratio: number) => `${(ratio * 100).toFixed(2)}%`;

/** Local balance as a share of the capacity, with the optimal interval marked below it. */
export function BalanceBar({ channel }: { channel: ChannelItem }) {
  const { balance_ratio: ratio, optimal_low: low, optimal_high: high } = channel;
  const side = low === null || high === null
    ? "unknown"
    : isShortOutbound(channel)
    ? "out"
    : isShortInbound(channel)
    ? "in"
    : "fine";
  const label = low === null || high === null
    ? `${formatPercent(ratio, 0)} local, still learning`
    : `${formatPercent(ratio, 0)} local, optimal ${formatPercent(low, 0)} to ${
      formatPercent(high, 0)
    }`;
  return (
    <svg class={`bar ${side}`} role="img" aria-label={label} width="100%" height="18">
      <title>{label}</title>
      <rect class="track" x="0" y="1" width="100%" height="9" rx="2" />
      <rect class="local" x="0" y="1" width={percent(ratio)} height="9" rx="2" />
      {low === null || high === null ? null : (
        <rect
          class="optimal"
          x={percent(low)}
          y="13"
          width={percent(Math.max(0.012, high - low))}
          height="4"
          rx="2"
        />
      )}
    </svg>
  );
}
