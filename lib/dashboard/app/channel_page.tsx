import { useMemo } from "hono/jsx/dom";
import { balanceTrail, decisionLabel, shortName } from "../../charts/browser.ts";
import { formatPercent, formatSat, HOUR_MS } from "../../core/browser.ts";
import { BalanceBar } from "./balance_bar.tsx";
import { ForwardList, PolicyTable } from "./channel_tables.tsx";
import { ChartView } from "./chart_view.tsx";
import { UNKNOWN } from "./format.ts";
import type { ChannelHistoryView } from "./insight_api.ts";
import { channelName, type ChannelRow, type LiveState } from "./live_state.ts";
import { Loading } from "./loading.tsx";
import { peerName } from "./names.ts";
import { NodeName } from "./node_name.tsx";
import { Reasons } from "./reasons.tsx";
import { useResource } from "./resource.ts";
import { viewHref } from "./route.ts";
import { type Tile, TileRow, View } from "./section.tsx";
import { WhatIf } from "./what_if.tsx";

/** All that is known of one channel. */
export function ChannelPage(props: {
  node: string;
  channelId: string;
  /** Whether the first snapshot is there. */
  loaded: boolean;
  rows: LiveState["rows"];
}) {
  const { node, channelId, loaded, rows } = props;
  const row = rows.get(channelName({ node, channel_id: channelId }));
  if (row === undefined) {
    return (
      <View name="channel" title={`Channel ${shortName(channelId, 30)}`} note={<BackLink />}>
        <p class="empty">
          {loaded ? "The server knows no such channel (any more)." : "Loading the channel …"}
        </p>
      </View>
    );
  }
  const path = `/api/channels/${encodeURIComponent(node)}/${encodeURIComponent(channelId)}/history`;
  const history = useResource<ChannelHistoryView>(path, row.channel.last_update.slice(0, 15));
  return (
    <View name="channel" title={peerName(row.channel, 40)} note={<BackLink />}>
      <Summary row={row} />
      <TileRow tiles={tilesOf(row, history.data)} />
      {history.data === undefined
        ? <Loading of={history} what="the channel's history" />
        : <Details {...{ row, rows }} history={history.data} />}
    </View>
  );
}

function BackLink() {
  return <a class="back" href={viewHref("channels")}>all channels</a>;
}

function Summary({ row }: { row: ChannelRow }) {
  const { channel, decision, suggestion } = row;
  return (
    <div class="panel">
      <p class="note">
        channel {channel.channel_id} of <NodeName id={channel.node} maxLength={24} /> to{" "}
        <NodeName id={channel.peer} maxLength={24} />
        {channel.peer_alias === null ? "" : `, key ${shortName(channel.peer)}`}
        {channel.active ? "" : ", inactive"}
      </p>
      <BalanceBar row={row} />
      <p>
        {decision === undefined ? "No plan has been made yet." : (
          <>
            <span class={`chip ${decision.code}`}>{decisionLabel(decision.code)}</span>{" "}
            {decision.reason}
          </>
        )}
        {suggestion === undefined ? null : (
          <>
            {" "}
            <a href={viewHref("recommendations")}>See the recommendation</a>
          </>
        )}
      </p>
    </div>
  );
}

function tilesOf({ channel, prediction: p }: ChannelRow, history?: ChannelHistoryView): Tile[] {
  const orUnknown = (value: number | null | undefined, write: (value: number) => string) =>
    value === null || value === undefined ? UNKNOWN : write(value);
  const percent = (ratio: number) => formatPercent(ratio, 0);
  const within = p?.horizon_hours ? `within ${p.horizon_hours} h` : "once it is forecast";
  return [
    {
      label: "Local balance",
      value: percent(channel.balance_ratio),
      note: `${formatSat(channel.local_balance_sat)} of ${formatSat(channel.capacity_sat)}`,
    },
    {
      label: "Optimal balance",
      value: orUnknown(p?.optimal_ratio, percent),
      note: p?.low_ratio == null || p.high_ratio == null
        ? "still learning"
        : `anywhere from ${percent(p.low_ratio)} to ${percent(p.high_ratio)}`,
    },
    {
      label: "Short of outbound",
      value: orUnknown(p?.short_outbound, percent),
      note: `chance ${within}`,
    },
    {
      label: "Short of inbound",
      value: orUnknown(p?.short_inbound, percent),
      note: `chance ${within}`,
    },
    {
      label: "Fees at stake",
      value: orUnknown(p?.fees_at_stake_msat, (msat) => formatSat(msat / 1000)),
      note: `of all expected forwards ${within}`,
    },
    {
      label: "Failed for lack of balance",
      value: orUnknown(history?.shortage.count, (count) => count.toLocaleString("en-US")),
      note: history === undefined
        ? ""
        : `${formatSat(history.shortage.amount_msat / 1000)} in ${history.shortage.days} days`,
    },
  ];
}

function Details({ row, rows, history }: {
  row: ChannelRow;
  rows: LiveState["rows"];
  history: ChannelHistoryView;
}) {
  const { channel, prediction: p } = row;
  const trail = useMemo(() => {
    const out = p?.outbound_need_sat ?? null, into = p?.inbound_need_sat ?? null;
    const capacitySat = channel.capacity_sat;
    const nowMs = Date.parse(channel.last_update);
    const sat = (ratio: number | null) => ratio === null ? null : ratio * capacitySat;
    return {
      capacitySat,
      localBalanceSat: channel.local_balance_sat,
      past: history.trail.map(({ hour, local_balance_sat, low_ratio, high_ratio }) => ({
        // A point tells of the end of its hour.
        hours: Math.min(0, (Date.parse(hour) - nowMs) / HOUR_MS + 1),
        localSat: local_balance_sat,
        lowSat: sat(low_ratio),
        highSat: sat(high_ratio),
      })),
      ahead: out === null || into === null ? undefined : {
        horizonMs: (p?.horizon_hours ?? 24) * HOUR_MS,
        outbound: { half: out[out.length >> 1], most: out[out.length - 1] },
        inbound: { half: into[into.length >> 1], most: into[into.length - 1] },
      },
    };
  }, [history, channel, p]);
  return (
    <>
      <div class="charts tall">
        <ChartView make={balanceTrail} data={trail} />
      </div>
      <div class="charts two">
        <WhatIf channel={channel} points={history.what_if} />
        <Reasons reasons={history.reasons} />
      </div>
      <PolicyTable local={history.local_policy} remote={history.remote_policy} />
      <ForwardList channel={channel} rows={rows} forwards={history.forwards} />
    </>
  );
}
