/// <reference lib="dom" />
import { type ChannelFilter, FILTERS, type ListChoice, type SortKey } from "./channel_list.ts";
import { useNames } from "./node_name.tsx";

/** Search, filter and, on phones, order of the channels. */
export function Controls(props: {
  choice: ListChoice;
  nodes: readonly string[];
  columns: readonly { key: SortKey; label: string }[];
  onChange: (choice: ListChoice) => void;
  onSort: (key: SortKey) => void;
  /** How many are shown, such as `3 of 84`. */
  count: string;
}) {
  const { choice, nodes, onChange } = props;
  const nameOf = useNames();
  const ofNodes = [
    { value: "", label: `of ${nodes.length} nodes` },
    ...nodes.map((node) => ({ value: node, label: `of ${nameOf(node, 18)}` })),
  ];
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
      <Choice
        label="Filter channels"
        options={FILTERS}
        value={choice.filter}
        onChange={(filter) => onChange({ ...choice, filter: filter as ChannelFilter })}
      />
      {nodes.length < 2 ? null : (
        <Choice
          label="Channels of one node"
          options={ofNodes}
          value={choice.node}
          onChange={(node) => onChange({ ...choice, node })}
        />
      )}
      <Choice
        class="narrow-only"
        label="Sort channels"
        options={props.columns.map(({ key, label }) => ({ value: key, label: `by ${label}` }))}
        value={choice.sort}
        onChange={(key) => props.onSort(key as SortKey)}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={choice.grouped}
          onChange={(event: Event) =>
            onChange({ ...choice, grouped: (event.target as HTMLInputElement).checked })}
        />
        group by peer
      </label>
      <output class="count" aria-live="polite">{props.count}</output>
    </form>
  );
}

function Choice(props: {
  label: string;
  options: readonly { value: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
  class?: string;
}) {
  return (
    <label class={props.class ?? ""}>
      <span class="hidden">{props.label}</span>
      <select
        onChange={(event: Event) => props.onChange((event.target as HTMLSelectElement).value)}
      >
        {props.options.map(({ value, label }) => (
          <option key={value} value={value} selected={value === props.value}>{label}</option>
        ))}
      </select>
    </label>
  );
}
