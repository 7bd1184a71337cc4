/// <reference lib="dom" />
/** The network on WebGL. A bundle of its own, `/network.js`, loaded when the view is opened. */
import { MultiUndirectedGraph } from "graphology";
import Sigma from "sigma";
import { EdgeLineProgram, EdgeRectangleProgram } from "sigma/rendering";
import type { DrawnGraph, GraphModule, GraphOptions } from "./graph_api.ts";
import type { NetworkView } from "./insight_api.ts";
import { radialPositions } from "./radial.ts";

/** The first drawing has the machine to itself for so long; then the worker begins. */
const LAYOUT_AFTER_MS = 600;

/** Draws the graph at once on a spiral by degree; a worker then finds better places. */
export const drawGraph: GraphModule["drawGraph"] = (container, network, options) => {
  const graph = build(network, options);
  const { colors } = options;
  const renderer = new Sigma(graph, container, {
    labelColor: { color: colors.text },
    labelRenderedSizeThreshold: 9,
    defaultEdgeColor: colors.edge,
    // Tens of thousands of edges are drawn as bare lines: a tenth of the work.
    edgeProgramClasses: { thin: EdgeLineProgram, wide: EdgeRectangleProgram },
    hideEdgesOnMove: true,
    // A resize may come when the view has just been left, before it is destroyed.
    allowInvalidContainer: true,
  });
  renderer.on("clickNode", ({ node }) => options.onSelect(node));
  renderer.on("clickStage", () => options.onSelect(undefined));
  let worker: Worker | undefined;
  const timer = setTimeout(() => {
    worker = layOut(graph, network, () => renderer.refresh());
  }, LAYOUT_AFTER_MS);
  return {
    focus: (node) => focusOn(node !== undefined && graph.hasNode(node) ? node : undefined),
    destroy() {
      clearTimeout(timer);
      worker?.terminate();
      renderer.kill();
    },
  } satisfies DrawnGraph;

  /** Fades all but a node and its neighbours. Without a focus nothing is asked node by node. */
  function focusOn(node: string | undefined): void {
    if (node === undefined) {
      renderer.setSettings({ nodeReducer: null, edgeReducer: null });
      return;
    }
    const near = new Set([node, ...graph.neighbors(node)]);
    renderer.setSettings({
      nodeReducer: (other, data) =>
        near.has(other) ? data : { ...data, color: colors.edge, label: null },
      edgeReducer: (edge, data) =>
        graph.hasExtremity(edge, node) ? data : { ...data, hidden: true },
    });
  }
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
      forceLabel: mine,
      color: mine ? colors.own : neighbours.has(i) ? colors.neighbour : colors.node,
    });
  });
  // Hundreds of own channels would cover everything if each were as wide as a few are.
  const ownWidthPx = Math.min(2, Math.max(0.2, 150 / channelColors.size - 0.5));
  const order = channels.map((_, i) => i);
  // What is drawn last lies on top: own channels.
  order.sort((a, b) =>
    Number(channelColors.has(channels[a])) - Number(channelColors.has(channels[b])) || a - b
  );
  order.forEach((i) => {
    const [a, b] = [nodes[ends[2 * i]], nodes[ends[2 * i + 1]]];
    if (a === b) return;
    const color = channelColors.get(channels[i]);
    const ownPx = ownWidthPx + Math.log10(1 + capacity_sat[i]) / 4;
    graph.addEdge(a, b, {
      type: color === undefined ? "thin" : "wide",
      size: color === undefined ? 0.3 : ownPx,
      ...(color === undefined ? {} : { color }),
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
