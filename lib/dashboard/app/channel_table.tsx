/// <reference lib="dom" />
import { memo, useMemo, useState } from "hono/jsx/dom";
import { decisionLabel, shortName } from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import type { ChannelItem } from "./api.ts";
import { BalanceBar } from "./balance_bar.tsx";
import {
  type ChannelFilter,
  FILTERS,
  type ListChoice,
  selectChannels,
  SHORT_FROM,
  type SortKey,
} from "./channel_list.ts";
import { percentOr, UNKNOWN, utcTime } from "./format.ts";
import { channelName } from "./live_state.ts";

const COLUMNS: readonly { key: SortKey; label: string; unit?: string; number?: boolean }[] = [
  { key: "peer", label: "Channel" },
  { key: "capacity", label: "Capacity", number: true },
  { key: "balance", label: "Balance", unit: "local share, optimal interval below" },
  { key: "outbound", label: "Outbound need", unit: "median; chance to run short", number: true },
  { key: "inbound", label: "Inbound need", unit: "median; chance to run short", number: true },
  { key: "stake", label: "At stake", unit: "fees within the horizon", number: true },
  { key: "confidence", label: "Confidence", number: true },
  { key: "decision", label: "Decision and reason" },
];
/** Rows drawn at first, and added by each press of the button. */
const PAGE = 100;

/** All channels with balance, forecast and decision; sorted, filtered and searched in the page. */
export function ChannelTable({ channels }: { channels: ReadonlyMap<string, ChannelItem> }) {
  const [choice, setChoice] = useState<ListChoice>({
    search: "",
    node: "",
    filter: "all",
    sort: "stake",
    descending: true,
  });
  const [most, setMost] = useState(PAGE);
  const rows = useMemo(() => selectChannels(channels.values(), choice), [channels, choice]);
  const nodes = useMemo(
    () => [...new Set([...channels.values()].map(({ node }) => node))].sort(),
    [channels],
  );
  const sortBy = (sort: SortKey) =>
    setChoice({
      ...choice,
      sort,
      descending: choice.sort === sort ? !choice.descending : sort !== "peer",
    });
  return (
    <section id="channels" aria-labelledby="channels-title">
      <div class="section-head">
        <h2 id="channels-title">Channels</h2>
        <Controls
          choice={choice}
          nodes={nodes}
          onChange={setChoice}
          count={`${rows.length.toLocaleString("en-US")} of ${
            channels.size.toLocaleString("en-US")
          }`}
          onSort={sortBy}
        />
      </div>
      <div class="table-frame">
        <table class="channels">
          <caption class="hidden">
            Channels with balance, forecast need, confidence and decision
          </caption>
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <th
                  key={column.key}
                  scope="col"
                  class={column.number ? "number" : ""}
                  aria-sort={choice.sort !== column.key
                    ? "none"
                    : choice.descending
                    ? "descending"
                    : "ascending"}
                >
                  <button type="button" onClick={() => sortBy(column.key)}>
                    {column.label}
                    <span class="arrow" aria-hidden="true">
                      {choice.sort === column.key ? (choice.descending ? "▼" : "▲") : ""}
                    </span>
                  </button>
                  {column.unit === undefined ? null : <small>{column.unit}</small>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((channel) => (
              <Row key={channelName(channel)} channel={channel} manyNodes={nodes.length > 1} />
            ))}
          </tbody>
        </table>
        {rows.length > 0 ? null : (
          <p class="empty">
            {channels.size === 0
              ? "Channels appear here as soon as the server hears of one."
              : "No channel matches the search and the filter."}
          </p>
        )}
      </div>
      {rows.length <= most
        ? null
        : (
          <button type="button" class="more" onClick={() => setMost(most + PAGE)}>
            Show {Math.min(PAGE, rows.length - most)} more of {rows.length - most}
          </button>
        )}
    </section>
  );
}

function Controls(props: {
  choice: ListChoice;
  nodes: readonly string[];
  onChange: (choice: ListChoice) => void;
  onSort: (key: SortKey) => void;
  count: string;
}) {
  const { choice, onChange } = props;
  return (
    <form class="controls" role="search" onSubmit={(event: Event) => event.preventDefault()}>
      <label>
        <span class="hidden">Search channels</span>
        <input
          type="search"
          placeholder="peer, channel or node"
          value={choice.search}
          onInput={(event: Event) =>
            onChange({ ...choice, search: (event.target as HTMLInputElement).value })}
        />
      </label>
      <label>
        <span class="hidden">Filter channels</span>
        <select
          onChange={(event: Event) =>
            onChange({
              ...choice,
              filter: (event.target as HTMLSelectElement).value as ChannelFilter,
            })}
        >
          {FILTERS.map(({ value, label }) => (
            <option key={value} value={value} selected={value === choice.filter}>{label}</option>
          ))}
        </select>
      </label>
      {props.nodes.length < 2 ? null : (
        <label>
          <span class="hidden">Channels of one node</span>
          <select
            onChange={(event: Event) =>
              onChange({ ...choice, node: (event.target as HTMLSelectElement).value })}
          >
            <option value="" selected={choice.node === ""}>of {props.nodes.length} nodes</option>
            {props.nodes.map((node) => (
              <option key={node} value={node} selected={node === choice.node}>
                of {shortName(node, 18)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="narrow-only">
        <span class="hidden">Sort channels by</span>
        <select
          onChange={(event: Event) =>
            props.onSort((event.target as HTMLSelectElement).value as SortKey)}
        >
          {COLUMNS.map(({ key, label }) => (
            <option key={key} value={key} selected={key === choice.sort}>by {label}</option>
          ))}
        </select>
      </label>
      <output class="count" aria-live="polite">{props.count}</output>
    </form>
  );
}

const Row = memo(({ channel, manyNodes }: { channel: ChannelItem; manyNodes: boolean }) => {
  const stakeSat = channel.fees_at_stake_msat === null
    ? undefined
    : channel.fees_at_stake_msat / 1000;
  return (
    <tr>
      <th scope="row" title={`${channel.peer}\nchannel ${channel.channel_id}\nof ${channel.node}`}>
        <span class="peer">{shortName(channel.peer, 22)}</span>
        <small>
          {shortName(channel.channel_id, 20)}
          {manyNodes ? ` of ${shortName(channel.node, 14)}` : ""}
        </small>
      </th>
      <td class="number" data-label="Capacity">{formatSat(channel.capacity_sat)}</td>
      <td class="balance" data-label="Balance">
        <BalanceBar channel={channel} />
        <small title={`${formatSat(channel.local_balance_sat)} local`}>
          {formatPercent(channel.balance_ratio, 0)} · {formatSat(channel.local_balance_sat)}
        </small>
      </td>
      <Need
        label="Outbound need"
        quantiles={channel.outbound_need_sat}
        short={channel.short_outbound}
      />
      <Need
        label="Inbound need"
        quantiles={channel.inbound_need_sat}
        short={channel.short_inbound}
      />
      <td class="number" data-label="At stake">
        {stakeSat === undefined ? UNKNOWN : formatSat(stakeSat)}
      </td>
      <td class="number" data-label="Confidence">{percentOr(channel.confidence)}</td>
      <td
        class="decision"
        data-label="Decision"
        title={`as of ${utcTime(Date.parse(channel.updated_at))}`}
      >
        {channel.decision === null ? <small>no plan made yet</small> : (
          <>
            <span class={`chip ${channel.decision.code}`}>
              {decisionLabel(channel.decision.code)}
            </span>
            <small>{channel.decision.reason}</small>
          </>
        )}
      </td>
    </tr>
  );
});

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
