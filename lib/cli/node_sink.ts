import type { Lens } from "../lens/mod.ts";
import { type TimeSpan, UnheardTimes } from "../liquidity/mod.ts";
import type { Network } from "../network/mod.ts";
import { type EventSink, type Gap, nodeNote } from "../nodes/mod.ts";
import type { ChannelState, LensEvent } from "../protocol/mod.ts";
import type { Notes, Store } from "../store/mod.ts";

/** The stream that alone tells of forwards that failed. */
const FAILURES = "forwards";

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

  deaf(node: string, stream: string, fromMs: number): void {
    if (stream === FAILURES) this.lens.unheard.begin(node, fromMs);
  }

  async gap(node: string, { stream, fromMs, toMs }: Gap): Promise<void> {
    if (stream === FAILURES) this.lens.unheard.add(node, { fromMs, toMs });
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
  const times = new UnheardTimes();
  times.add(node, { fromMs: -Infinity, toMs: since });
  for (const gap of await gapsOf(store, node)) times.add(node, gap);
  times.begin(node, heard);
  return times.withinMs(node, { fromMs, toMs: nowMs });
}

/** Tells a lens, before it learns from the journal, when a node was not heard in earlier runs. */
export async function recallGaps(store: Store, lens: Lens, node: string): Promise<void> {
  for (const gap of await gapsOf(store, node)) lens.unheard.add(node, gap);
}

/** When failed forwards of a node were not heard of though it was followed before, oldest first. */
async function gapsOf(store: Store, node: string): Promise<TimeSpan[]> {
  const gapName = nodeNote(node, `gap/${FAILURES}`);
  return (await store.metrics(0)).filter(({ name }) => name === gapName)
    .map(({ timeMs, value }) => ({ fromMs: timeMs, toMs: timeMs + value }));
}
