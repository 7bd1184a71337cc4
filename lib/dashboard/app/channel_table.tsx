/// <reference lib="dom" />
import { memo, useMemo, useState } from "hono/jsx/dom";
import { decisionLabel, shortName } from "../../charts/browser.ts";
import { formatPercent, formatSat } from "../../core/browser.ts";
import { BalanceBar } from "./balance_bar.tsx";
import {
  type ChannelFilter,
  FILTERS,
  type ListChoice,
  selectChannels,
  SHORT_FROM,
  type SortKey,
} from "./channel_list.ts";
import { UNKNOWN, utcTime } from "./format.ts";
import { channelName, type ChannelRow } from "./live_state.ts";

const COLUMNS: readonly { key: SortKey; label: string; unit?: string; number?: boolean }[] = [
  { key: "peer", label: "Channel" },
  { key: "capacity", label: "Capacity", number: true },
  { key: "balance", label: "Balance", unit: "local share, optimal interval below" },
  { key: "outbound", label: "Outbound need", unit: "median; chance to run short", number: true },
  { key: "inbound", label: "Inbound need", unit: "median; chance to run short", number: true },
  { key: "stake", label: "At stake", unit: "fees within the horizon", number: true },
  { key: "decision", label: "Decision and reason" },
];
/** Rows drawn at first, and added by each press of the button. */
const PAGE = 100;

/** All channels with balance, forecast and decision; sorted, filtered and searched in the page. */
export function ChannelTable({ rows: all }: { rows: ReadonlyMap<string, ChannelRow> }) {
  const [choice, setChoice] = useState<ListChoice>({
    search: "",
    node: "",
    filter: "all",
    sort: "stake",
    descending: true,
  });
  const [most, setMost] = useState(PAGE);
  const rows = useMemo(() => selectChannels(all.values(), choice), [all, choice]);
  const nodes = useMemo(
    () => [...new Set([...all.values()].map(({ channel }) => channel.node))].sort(),
    [all],
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
          count={`${rows.length.toLocaleString("en-US")} of ${all.size.toLocaleString("en-US")}`}
          onSort={sortBy}
        />
      </div>
      <div class="table-frame">
        <table class="channels">
          <caption class="hidden">
            Channels with balance, forecast need and decision
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
            {rows.slice(0, most).map((row) => (
              <Row key={channelName(row.channel)} row={row} manyNodes={nodes.length > 1} />
            ))}
          </tbody>
        </table>
        {rows.length > 0 ? null : (
          <p class="empty">
            {all.size === 0
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

const Row = memo(({ row, manyNodes }: { row: ChannelRow; manyNodes: boolean }) => {
  const { channel, prediction } = row;
  const stakeMsat = prediction?.fees_at_stake_msat ?? null;
  return (
    <tr class={channel.active ? "" : "inactive"}>
      <th scope="row" title={`${channel.peer}\nchannel ${channel.channel_id}\nof ${channel.node}`}>
        <span class="peer">{shortName(channel.peer, 22)}</span>
        <small>
          {shortName(channel.channel_id, 20)}
          {manyNodes ? ` of ${shortName(channel.node, 14)}` : ""}
        </small>
      </th>
      <td class="number" data-label="Capacity">{formatSat(channel.capacity_sat)}</td>
      <td class="balance" data-label="Balance">
        <BalanceBar row={row} />
        <small title={`as of ${utcTime(Date.parse(channel.last_update))}`}>
          {formatPercent(channel.balance_ratio, 0)} · {formatSat(channel.local_balance_sat)}
        </small>
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

function DecisionText({ row: { decision, suggestion } }: { row: ChannelRow }) {
  if (decision === undefined) return <small>no plan made yet</small>;
  return (
    <>
      <span class={`chip ${decision.code}`}>{decisionLabel(decision.code)}</span>
      {suggestion === undefined
        ? null
        : <span class="sure">{formatPercent(suggestion.confidence, 0)} sure to pay off</span>}
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
