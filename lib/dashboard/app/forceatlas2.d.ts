/** The part of graphology-layout-forceatlas2 that is used; its own types are of another module kind. */
import type { UndirectedGraph } from "graphology";

interface ForceAtlas2 {
  /** Moves the nodes of a graph whose nodes have `x` and `y`. */
  assign(
    graph: UndirectedGraph,
    options: { iterations: number; settings: Record<string, number | boolean> },
  ): void;
  inferSettings(graph: UndirectedGraph): Record<string, number | boolean>;
}

declare const forceAtlas2: ForceAtlas2;
export default forceAtlas2;
