/// <reference lib="dom" />
import type { NetworkView } from "./insight_api.ts";

/** How the graph is shown. */
export interface GraphOptions {
  /** Own nodes, by id. */
  own: ReadonlySet<string>;
  /** Colours of own channels, by name: what each one lacks. */
  channelColors: ReadonlyMap<string, string>;
  colors: { node: string; own: string; neighbour: string; edge: string; text: string };
  /** Told of a node that was clicked; undefined for a click beside all. */
  onSelect(node: string | undefined): void;
}

/** A graph on the page. */
export interface DrawnGraph {
  /** Puts a node and its neighbours in focus; undefined shows all. */
  focus(node: string | undefined): void;
  /** Takes it off the page. */
  destroy(): void;
}

/** What `/network.js` exports; it is loaded when the view is opened. */
export interface GraphModule {
  drawGraph(container: HTMLElement, network: NetworkView, options: GraphOptions): DrawnGraph;
}
