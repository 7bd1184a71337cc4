import { Fragment, useMemo, useState } from "hono/jsx/dom";
import { Controls } from "./channel_controls.tsx";
import { groupByPeer, type ListChoice, selectChannels, type SortKey } from "./channel_list.ts";
import { GroupHead, Row } from "./channel_row.tsx";
import { channelName, type ChannelRow } from "./live_state.ts";
import { View } from "./section.tsx";

const COLUMNS: readonly {
  key: SortKey | "ahead";
  label: string;
  unit?: string;
  number?: boolean;
}[] = [
  { key: "peer", label: "Channel" },
  { key: "capacity", label: "Capacity", number: true },
  { key: "balance", label: "Balance", unit: "local share, optimal interval below" },
  { key: "ahead", label: "Ahead", unit: "where demand may take it" },
  { key: "outbound", label: "Outbound need", unit: "median; chance to run short", number: true },
  { key: "inbound", label: "Inbound need", unit: "median; chance to run short", number: true },
  { key: "stake", label: "At stake", unit: "fees within the horizon", number: true },
  { key: "decision", label: "Decision and reason" },
];
/** Columns by which the table can be sorted. */
const SORTED = COLUMNS.flatMap(({ key, label }) => key === "ahead" ? [] : [{ key, label }]);
/** Rows drawn at first, and added by each press of the button. */
const PAGE = 100;

/** How the table is shown at first. */
export const FIRST_CHOICE: ListChoice = {
  search: "",
  node: "",
  filter: "all",
  sort: "stake",
  descending: true,
  grouped: false,
};

/** All channels with balance, forecast and decision; sorted, filtered and searched in the page. */
export function ChannelTable(
  { rows: all, choice, onChoice: setChoice }: {
    rows: ReadonlyMap<string, ChannelRow>;
    choice: ListChoice;
    onChoice: (choice: ListChoice) => void;
  },
) {
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
    <View
      name="channels"
      title="Channels"
      note={
        <Controls
          {...{ choice, nodes, count, columns: SORTED, onChange: setChoice, onSort: sortBy }}
        />
      }
    >
      <div class="table-frame">
        <table class="channels">
          <caption class="hidden">Channels with balance, forecast need and decision</caption>
          <TableHead choice={choice} onSort={sortBy} />
          <tbody>
            {choice.grouped
              ? groupByPeer(rows.slice(0, most)).map((group) => (
                <Fragment key={group[0].channel.peer}>
                  <GroupHead rows={group} columns={COLUMNS.length} />
                  {group.map((row) => (
                    <Row key={channelName(row.channel)} row={row} manyNodes={nodes.length > 1} />
                  ))}
                </Fragment>
              ))
              : rows.slice(0, most).map((row) => (
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
    </View>
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
            class={number ? "number" : key === "ahead" ? key : ""}
            aria-sort={key === "ahead" ? undefined : choice.sort === key ? direction : "none"}
          >
            {key === "ahead" ? label : (
              <button type="button" onClick={() => onSort(key)}>
                {label}
                <span class="arrow" aria-hidden="true">
                  {choice.sort === key ? (choice.descending ? "▼" : "▲") : ""}
                </span>
              </button>
            )}
            {unit === undefined ? null : <small>{unit}</small>}
          </th>
        ))}
      </tr>
    </thead>
  );
}
