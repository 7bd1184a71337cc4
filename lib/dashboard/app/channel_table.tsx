import { useMemo, useState } from "hono/jsx/dom";
import { Controls } from "./channel_controls.tsx";
import { type ListChoice, selectChannels, type SortKey } from "./channel_list.ts";
import { Row } from "./channel_row.tsx";
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

const FIRST_CHOICE: ListChoice = {
  search: "",
  node: "",
  filter: "all",
  sort: "stake",
  descending: true,
};

/** All channels with balance, forecast and decision; sorted, filtered and searched in the page. */
export function ChannelTable({ rows: all }: { rows: ReadonlyMap<string, ChannelRow> }) {
  const [choice, setChoice] = useState(FIRST_CHOICE);
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
  const count = `${rows.length.toLocaleString("en-US")} of ${all.size.toLocaleString("en-US")}`;
  return (
    <section id="channels" aria-labelledby="channels-title">
      <div class="section-head">
        <h2 id="channels-title">Channels</h2>
        <Controls
          {...{ choice, nodes, count, columns: COLUMNS, onChange: setChoice, onSort: sortBy }}
        />
      </div>
      <div class="table-frame">
        <table class="channels">
          <caption class="hidden">Channels with balance, forecast need and decision</caption>
          <TableHead choice={choice} onSort={sortBy} />
          <tbody>
            {rows.slice(0, most).map((row) => (
              <Row key={channelName(row.channel)} row={row} manyNodes={nodes.length > 1} />
            ))}
          </tbody>
        </table>
        {rows.length > 0 ? null : <p class="empty">{all.size === 0 ? NONE_YET : NO_MATCH}</p>}
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

const NONE_YET = "Channels appear here as soon as the server hears of one.";
const NO_MATCH = "No channel matches the search and the filter.";

function TableHead({ choice, onSort }: { choice: ListChoice; onSort: (key: SortKey) => void }) {
  const direction = choice.descending ? "descending" : "ascending";
  return (
    <thead>
      <tr>
        {COLUMNS.map(({ key, label, unit, number }) => (
          <th
            key={key}
            scope="col"
            class={number ? "number" : ""}
            aria-sort={choice.sort === key ? direction : "none"}
          >
            <button type="button" onClick={() => onSort(key)}>
              {label}
              <span class="arrow" aria-hidden="true">
                {choice.sort === key ? (choice.descending ? "▼" : "▲") : ""}
              </span>
            </button>
            {unit === undefined ? null : <small>{unit}</small>}
          </th>
        ))}
      </tr>
    </thead>
  );
}
