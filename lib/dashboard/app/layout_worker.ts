/// <reference lib="webworker" />
/** Finds places for the nodes of a graph off the page's thread; posts them as they get better. */
import { UndirectedGraph } from "graphology";
// @ts-types="./forceatlas2.d.ts"
import forceAtlas2 from "graphology-layout-forceatlas2";
import { radialPositions } from "./radial.ts";

/** Rounds of the layout, and after how many of them the places are told. */
const ROUNDS = 12;
const ITERATIONS = 8;

const scope = self as unknown as DedicatedWorkerGlobalScope;

scope.onmessage = ({ data }: MessageEvent<{ count: number; ends: number[] }>) => {
  const { count, ends } = data;
  const graph = new UndirectedGraph<{ x: number; y: number }>();
  const { x, y } = radialPositions(count, ends);
  for (let i = 0; i < count; i++) graph.addNode(i, { x: 1000 * x[i], y: 1000 * y[i] });
  for (let i = 0; i < ends.length; i += 2) {
    if (ends[i] !== ends[i + 1]) graph.mergeEdge(ends[i], ends[i + 1]);
  }
  const settings = {
    ...forceAtlas2.inferSettings(graph),
    barnesHutOptimize: count > 500,
    linLogMode: true,
    slowDown: 4,
  };
  for (let round = 0; round < ROUNDS; round++) {
    forceAtlas2.assign(graph, { iterations: ITERATIONS, settings });
    const places = new Float32Array(2 * count);
    let i = 0;
    graph.forEachNode((_, at) => {
      places[i++] = at.x;
      places[i++] = at.y;
    });
    scope.postMessage(places, [places.buffer]);
  }
};
