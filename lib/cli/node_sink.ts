import type { Lens } from "../lens/mod.ts";
import type { Network } from "../network/mod.ts";
import { type EventSink, type Gap, nodeNote } from "../nodes/mod.ts";
import type { ChannelState, LensEvent } from "../protocol/mod.ts";
import type { Notes, Store } from "../store/mod.ts";

/** Where events go in: a store's journal and whoever learns from it. */
type TakeEvents = (events: readonly LensEvent[], notes?: Notes) => Promise<unknown>;

/**
 * A node's events into a store and a lens. Gaps are kept among the metrics: their time is the
 * beginning, their value the length in ms.
 */
export class NodeSink implements EventSink {
  /** The graph as it was last told. */
  graph: Network | undefined;

  /**
   * @param takeEvents makes events and notes durable, then teaches the lens those that are new
   * @param onGraph told of the graph whenever it is told anew
   */
  constructor(
    private readonly store: Store,
    private readonly lens: Lens,
    private readonly takeEvents: TakeEvents,
    private readonly onGraph?: (network: Network) => void,
  ) {}

  take(events: readonly LensEvent[], notes?: Notes): Promise<unknown> {
    return this.takeEvents(events, notes);
  }

  note(name: string): Promise<number | undefined> {
    return this.store.note(name);
  }

  setNote(name: string, value: number): Promise<void> {
    return this.store.setNote(name, value);
  }

  async gap(node: string, { stream, fromMs, toMs }: Gap): Promise<void> {
    const name = nodeNote(node, `gap/${stream}`);
    await this.store.saveMetrics([{ timeMs: fromMs, name, value: toMs - fromMs }]);
  }

  async channels(node: string): Promise<ChannelState[]> {
    const rows = await this.store.channels();
    return rows.map(({ channel }) => channel).filter((c) => c.node === node && c.active);
  }

  topology(network: Network): void {
    this.graph = network;
    this.lens.setTopology(network);
    this.onGraph?.(network);
  }
}

/**
 * How long of the time since `fromMs` failed forwards of a node were not heard of: before it was
 * first followed, in gaps, and since it was last heard.
 */
export async function unheardMs(
  store: Store,
  node: string,
  { fromMs, nowMs }: { fromMs: number; nowMs: number },
): Promise<number> {
  const since = await store.note(nodeNote(node, "since/forwards"));
  const heard = await store.note(nodeNote(node, "heard/forwards"));
  if (since === undefined || heard === undefined) return nowMs - fromMs;
  const gaps = (await store.metrics(0)).filter(({ name }) =>
    name === nodeNote(node, "gap/forwards")
  );
  return [
    [-Infinity, since],
    [heard, nowMs],
    ...gaps.map(({ timeMs, value }) => [timeMs, timeMs + value]),
  ].reduce(
    (sum, [start, end]) => sum + Math.max(0, Math.min(nowMs, end) - Math.max(fromMs, start)),
    0,
  );
}
