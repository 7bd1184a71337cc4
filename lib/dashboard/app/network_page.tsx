/// <reference lib="dom" />
import { useMemo, useRef, useState } from "hono/jsx/dom";
import { counted, shortName } from "../../charts/browser.ts";
import { formatSat } from "../../core/browser.ts";
import { type Side, sideOf } from "./channel_list.ts";
import { useDark } from "./chart_view.tsx";
import { useEffect } from "./effect.ts";
import type { DrawnGraph, GraphModule } from "./graph_api.ts";
import type { NetworkView } from "./insight_api.ts";
import { type NodeFacts, nodeFacts } from "./node_facts.ts";
import type { ChannelRow, LiveState } from "./live_state.ts";
import { Loading } from "./loading.tsx";
import { useResource } from "./resource.ts";
import { channelHref } from "./route.ts";
import { View } from "./section.tsx";

/** The bundle with the graph libraries; its address is kept from the bundler. */
const GRAPH_MODULE = "/network.js";

/** The graph that routes are looked for in, with the own node and its neighbours in focus. */
export function NetworkPage({ state, fresh }: { state: LiveState; fresh: boolean }) {
  const network = useResource<NetworkView | null>("/api/network", fresh);
  const [selected, setSelected] = useState<string | undefined>(undefined);
  // Loaded while the graph is: what is wrong with it is told where it is used.
  useEffect(() => void loadGraphModule().catch(() => {}), []);
  const own = useMemo(
    () => [...new Set([...state.rows.values()].map(({ channel }) => channel.node))],
    [state.rows.size],
  );
  const data = network.data ?? undefined;
  const facts = useMemo(
    () => data === undefined || selected === undefined ? undefined : nodeFacts(data, selected),
    [data, selected],
  );
  const note = data === undefined ? undefined : (
    <p class="note">
      {counted(data.nodes.length, "node")}, {counted(data.channels.length, "channel")}
    </p>
  );
  return (
    <View name="network" title="Network" note={note}>
      {network.data === null
        ? (
          <p class="empty">
            The server knows no graph. It does with <code>serve --graph FILE</code>{" "}
            (a describegraph or CSV file), with a node it follows, or with a simulation.
          </p>
        )
        : data === undefined
        ? <Loading of={network} what="The network" />
        : (
          <>
            <Finder {...{ network: data, own, selected, onSelect: setSelected }} />
            <GraphView
              {...{ network: data, own, rows: state.rows, selected, onSelect: setSelected }}
            />
            <NodePanel facts={facts} rows={state.rows} own={own} />
          </>
        )}
    </View>
  );
}

/** A node by its name, for those who don't click on a picture. */
function Finder(props: {
  network: NetworkView;
  own: readonly string[];
  selected?: string;
  onSelect: (node: string | undefined) => void;
}) {
  const { network, own, selected, onSelect } = props;
  const [said, setSaid] = useState("");
  const find = (event: Event) => {
    event.preventDefault();
    const words = String(new FormData(event.target as HTMLFormElement).get("node"))
      .trim().toLowerCase();
    const at = words === ""
      ? -1
      : network.nodes.findIndex((id, i) =>
        id.toLowerCase().startsWith(words) || network.aliases[i].toLowerCase().includes(words)
      );
    setSaid(at < 0 && words !== "" ? "No node has this name." : "");
    onSelect(at < 0 ? undefined : network.nodes[at]);
  };
  return (
    <form class="controls" role="search" onSubmit={find}>
      <label>
        <span class="hidden">Find a node</span>
        <input type="search" name="node" placeholder="alias or key of a node" />
      </label>
      <button type="submit">Find</button>
      {own.slice(0, 1).map((node) => (
        <button
          key={node}
          type="button"
          onClick={() => onSelect(node)}
        >
          Own node
        </button>
      ))}
      {selected === undefined
        ? null
        : <button type="button" onClick={() => onSelect(undefined)}>Show all</button>}
      <span role="status" class="said">{said}</span>
    </form>
  );
}

function GraphView(props: {
  network: NetworkView;
  own: readonly string[];
  rows: ReadonlyMap<string, ChannelRow>;
  selected?: string;
  onSelect: (node: string | undefined) => void;
}) {
  const { network, own, rows, selected, onSelect } = props;
  const frame = useRef<HTMLDivElement>(null);
  const drawn = useRef<DrawnGraph | null>(null);
  const [problem, setProblem] = useState("");
  const dark = useDark();
  useEffect(() => {
    let current = true;
    loadGraphModule().then((module) => {
      if (!current) return;
      drawn.current = module.drawGraph(frame.current!, network, {
        own: new Set(own),
        channelColors: channelColors(rows),
        colors: graphColors(),
        onSelect,
      });
      if (selected !== undefined) drawn.current.focus(selected);
      frame.current!.dataset.drawn = "yes";
    }).catch((error: unknown) => setProblem(String(error)));
    return () => {
      current = false;
      drawn.current?.destroy();
      drawn.current = null;
    };
  }, [network, dark, own]);
  const focused = useRef(selected);
  useEffect(() => {
    if (focused.current !== selected) drawn.current?.focus(selected);
    focused.current = selected;
  }, [selected]);
  return (
    <>
      <figure class="chart network">
        <figcaption>
          <p>
            <i class="key own" /> own node <i class="key neighbour" /> its peers; own channels:{" "}
            <i class="key out" /> short of outbound <i class="key in" /> short of inbound{" "}
            <i class="key fine" /> as it should be <i class="key unknown" />{" "}
            still learning. The larger a node, the more channels; drag, scroll to come closer, click
            for a node.
          </p>
        </figcaption>
        <div class="graph" ref={frame} role="img" aria-label="The network as a graph" />
      </figure>
      {problem === ""
        ? null
        : <p class="empty" role="alert">The graph can't be drawn: {problem}</p>}
    </>
  );
}

async function loadGraphModule(): Promise<GraphModule> {
  const path = GRAPH_MODULE;
  return await import(path);
}

const SIDE_COLORS: Record<Side, string> = {
  outbound: "--out",
  inbound: "--in",
  within: "--fine",
  unknown: "--neutral",
};

function cssColor(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function channelColors(rows: ReadonlyMap<string, ChannelRow>): Map<string, string> {
  return new Map(
    [...rows.values()].map((row) => [row.channel.channel_id, cssColor(SIDE_COLORS[sideOf(row)])]),
  );
}

function graphColors() {
  return {
    node: cssColor("--node"),
    own: cssColor("--cost"),
    neighbour: cssColor("--text"),
    edge: cssColor("--edge"),
    text: cssColor("--text"),
  };
}

function NodePanel(props: {
  facts?: NodeFacts;
  rows: ReadonlyMap<string, ChannelRow>;
  own: readonly string[];
}) {
  const { facts, rows, own } = props;
  if (facts === undefined) {
    return <p class="note">Click a node, or find one by its name, to see what it is.</p>;
  }
  const shared = [...rows.values()].filter(({ channel }) =>
    channel.peer === facts.id || channel.peer === facts.alias
  );
  return (
    <section class="panel" aria-live="polite" aria-labelledby="node-title">
      <h3 id="node-title">
        {shortName(facts.alias || facts.id, 40)}
        {own.includes(facts.id) ? " (own)" : ""}
      </h3>
      <p class="note key-text">{facts.id}</p>
      <p>
        {counted(facts.channels, "channel")} with {formatSat(facts.capacitySat)} to{" "}
        {counted(facts.neighbours, "node")}; rank {facts.rank.toLocaleString("en-US")} by capacity.
      </p>
      {shared.length === 0 ? null : (
        <ul>
          {shared.map(({ channel }) => (
            <li key={channel.channel_id}>
              <a href={channelHref(channel)}>channel {channel.channel_id}</a>,{" "}
              {formatSat(channel.capacity_sat)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
