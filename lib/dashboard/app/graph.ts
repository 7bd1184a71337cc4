/// <reference lib="dom" />
/** The network on WebGL. A bundle of its own, `/network.js`, loaded when the view is opened. */
import { MultiUndirectedGraph } from "graphology";
import Sigma from "sigma";
import type { DrawnGraph, GraphModule, GraphOptions } from "./graph_api.ts";
import type { NetworkView } from "./insight_api.ts";
import { radialPositions } from "./radial.ts";

/** Draws the graph at once on circles by degree; a worker then finds better places. */
export const drawGraph: GraphModule["drawGraph"] = (container, network, options) => {
  const graph = build(network, options);
  let focused: string | undefined;
  let near = new Set<string>();
  const { colors } = options;
  const renderer = new Sigma(graph, container, {
    labelColor: { color: colors.text },
    labelRenderedSizeThreshold: 9,
    defaultEdgeColor: colors.edge,
    hideEdgesOnMove: true,
    zIndex: true,
    nodeReducer: (node, data) =>
      focused === undefined || near.has(node)
        ? data
        : { ...data, color: colors.edge, label: null, zIndex: 0 },
    edgeReducer: (edge, data) =>
      focused === undefined || graph.hasExtremity(edge, focused) ? data : { ...data, hidden: true },
  });
  renderer.on("clickNode", ({ node }) => options.onSelect(node));
  renderer.on("clickStage", () => options.onSelect(undefined));
  const worker = layOut(graph, network, () => renderer.refresh({ skipIndexation: false }));
  return {
    focus(node) {
      focused = node !== undefined && graph.hasNode(node) ? node : undefined;
      near = new Set(focused === undefined ? [] : [focused, ...graph.neighbors(focused)]);
      renderer.refresh();
    },
    destroy() {
      worker.terminate();
      renderer.kill();
    },
  } satisfies DrawnGraph;
};

function build(
  network: NetworkView,
  { own, channelColors, colors }: GraphOptions,
): MultiUndirectedGraph {
  const { nodes, aliases, channels, ends, capacity_sat } = network;
  const graph = new MultiUndirectedGraph();
  const { x, y, degree } = radialPositions(nodes.length, ends);
  const neighbours = new Set<number>();
  for (let i = 0; i < ends.length; i += 2) {
    if (own.has(nodes[ends[i]])) neighbours.add(ends[i + 1]);
    if (own.has(nodes[ends[i + 1]])) neighbours.add(ends[i]);
  }
  nodes.forEach((id, i) => {
    const mine = own.has(id);
    graph.addNode(id, {
      ...{ x: x[i], y: y[i], label: aliases[i] || id.slice(0, 10) },
      size: mine ? 9 : 1.5 + Math.sqrt(degree[i]) / 2.5,
      color: mine ? colors.own : neighbours.has(i) ? colors.neighbour : colors.node,
      zIndex: mine ? 2 : neighbours.has(i) ? 1 : 0,
    });
  });
  channels.forEach((name, i) => {
    const [a, b] = [nodes[ends[2 * i]], nodes[ends[2 * i + 1]]];
    if (a === b) return;
    const color = channelColors.get(name);
    graph.addEdge(a, b, {
      size: color === undefined ? 0.3 : 2 + Math.log10(1 + capacity_sat[i]) / 4,
      ...(color === undefined ? {} : { color, zIndex: 1 }),
    });
  });
  return graph;
}

/** Places from the worker, a few times a second, until it is done. */
function layOut(
  graph: MultiUndirectedGraph,
  { nodes, ends }: NetworkView,
  onMoved: () => void,
): Worker {
  const worker = new Worker("/layout.js", { type: "module" });
  worker.onmessage = ({ data }: MessageEvent<Float32Array>) => {
    let i = 0;
    graph.updateEachNodeAttributes((_, attributes) => {
      attributes.x = data[2 * i];
      attributes.y = data[2 * i + 1];
      i++;
      return attributes;
    }, { attributes: ["x", "y"] });
    onMoved();
  };
  worker.postMessage({ count: nodes.length, ends });
  return worker;
}
