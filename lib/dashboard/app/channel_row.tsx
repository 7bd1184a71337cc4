import { memo } from "hono/jsx/dom";
import { counted, decisionLabel, shortName } from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import { BalanceBar } from "./balance_bar.tsx";
import { SHORT_FROM } from "./channel_list.ts";
import { UNKNOWN, utcTime } from "./format.ts";
import { ForecastSpark } from "./forecast_spark.tsx";
import type { ChannelRow } from "./live_state.ts";
import { ownName, peerName } from "./names.ts";
import { channelHref } from "./route.ts";

/** One channel of the table; drawn anew only when something of it changed. */
export const Row = memo(({ row, manyNodes }: { row: ChannelRow; manyNodes: boolean }) => {
  const { channel, prediction } = row;
  const stakeMsat = prediction?.fees_at_stake_msat ?? null;
  return (
    <tr class={channel.active ? "" : "inactive"}>
      <th scope="row" title={`${channel.peer}\nchannel ${channel.channel_id}\nof ${channel.node}`}>
        <a class="peer" href={channelHref(channel)}>
          <bdi>{peerName(channel, 22)}</bdi>
        </a>
        <small>
          {shortName(channel.channel_id, 20)}
          {!manyNodes ? "" : (
            <>
              {" of "}
              <bdi>{ownName(channel, 14)}</bdi>
            </>
          )}
        </small>
      </th>
      <td class="number" data-label="Capacity">{formatSat(channel.capacity_sat)}</td>
      <td class="balance" data-label="Balance">
        <BalanceBar row={row} />
        <small title={`as of ${utcTime(Date.parse(channel.last_update))}`}>
          {formatPercent(channel.balance_ratio, 0)} · {formatSat(channel.local_balance_sat)}
        </small>
      </td>
      <td class="ahead" data-label="Ahead">
        <ForecastSpark row={row} />
      </td>
      <Need
        label="Outbound need"
        quantiles={prediction?.outbound_need_sat ?? null}
        short={prediction?.short_outbound ?? null}
      />
      <Need
        label="Inbound need"
        quantiles={prediction?.inbound_need_sat ?? null}
        short={prediction?.short_inbound ?? null}
      />
      <td class="number" data-label="At stake">
        {stakeMsat === null ? UNKNOWN : formatSat(stakeMsat / 1000)}
      </td>
      <td class="decision" data-label="Decision">
        <DecisionText row={row} />
      </td>
    </tr>
  );
});

/** A line above the channels of one peer. */
export function GroupHead({ rows, columns }: { rows: readonly ChannelRow[]; columns: number }) {
  const sum = (of: (row: ChannelRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const capacitySat = sum(({ channel }) => channel.capacity_sat);
  const localSat = sum(({ channel }) => channel.local_balance_sat);
  const stakeMsat = sum(({ prediction }) => prediction?.fees_at_stake_msat ?? 0);
  return (
    <tr class="group">
      <th scope="rowgroup" colSpan={columns}>
        <bdi>{peerName(rows[0].channel, 40)}</bdi>
        <small>
          {counted(rows.length, "channel")}, {formatSat(capacitySat)},{" "}
          {formatPercent(localSat / capacitySat, 0)} local, {formatSat(stakeMsat / 1000)} at stake
        </small>
      </th>
    </tr>
  );
}

function DecisionText({ row: { decision, suggestion } }: { row: ChannelRow }) {
  if (decision === undefined) return <small>no plan made yet</small>;
  return (
    <>
      <span class={`chip ${decision.code}`}>{decisionLabel(decision.code)}</span>
      {suggestion === undefined
        ? null
        : (
          <span class="sure" title="chance that the rebalance pays for itself">
            {formatPercent(suggestion.confidence, 0)} sure
          </span>
        )}
      <small>{decision.reason}</small>
    </>
  );
}

function Need(props: { label: string; quantiles: number[] | null; short: number | null }) {
  const { quantiles, short } = props;
  const range = quantiles === null
    ? ""
    : `80 % chance between ${formatSat(quantiles[0])} and ${
      formatSat(quantiles[quantiles.length - 1])
    }`;
  return (
    <td class="number" data-label={props.label} title={range}>
      {quantiles === null ? UNKNOWN : formatSat(quantiles[Math.floor(quantiles.length / 2)])}
      <small class={short !== null && short >= SHORT_FROM ? "short" : ""}>
        {short === null ? "" : `${formatPercent(short, 0)} short`}
      </small>
    </td>
  );
}
