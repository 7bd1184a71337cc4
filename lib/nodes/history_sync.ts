import type { LensEvent } from "../protocol/mod.ts";
import { type EventSink, nodeNote } from "./event_sink.ts";
import { forwardEvent, isSelfPayment, paymentEvents, receiptEvent } from "./to_events.ts";
import type { HistoryPage, LightningNode, PageRequest } from "./types.ts";

/** Items asked for at a time: a page is half a megabyte of JSON, or one. */
const PAGE = { forwards: 1000, payments: 500, receipts: 1000 } as const;

type SourceName = keyof typeof PAGE;

/** What one reading came to. */
export interface SyncCounts {
  forwards: number;
  payments: number;
  receipts: number;
  rebalances: number;
}

/** How a {@linkcode syncHistory} goes about it. */
export interface SyncOptions {
  node: LightningNode;
  nodeId: string;
  sink: Pick<EventSink, "take" | "note">;
  /** Payments that are told by whoever sent them, by their hash: left out here. */
  isTold?: (paymentHash: string) => boolean;
  /** Told after every page. */
  onProgress?: (counts: SyncCounts) => void;
  /** Ends it early, between pages. */
  signal?: AbortSignal;
}

/**
 * Reads what is new in a node's histories (all of it the first time) and gives it to the sink in
 * order of time. How far it came is kept together with the events: an end at any moment loses nothing
 * and reads nothing twice but what pages share, which has the same ids and counts once.
 */
export async function syncHistory(options: SyncOptions): Promise<SyncCounts> {
  const counts: SyncCounts = { forwards: 0, payments: 0, receipts: 0, rebalances: 0 };
  const sources = sourcesOf(options);
  await Promise.all(sources.map((source) => source.load()));
  while (!options.signal?.aborted) {
    // Up to this time all sources are known.
    const knownMs = Math.min(...sources.map((source) => source.knownMs));
    const batch = sources.flatMap((source) => source.takeUntil(knownMs));
    batch.sort((a, b) => a.timeMs - b.timeMs);
    const empty = sources.filter((source) => source.isEmpty);
    await options.sink.take(batch, Object.fromEntries(empty.map((source) => source.cursor)));
    count(counts, batch);
    if (batch.length > 0) options.onProgress?.(counts);
    const unfinished = empty.filter((source) => source.more);
    if (unfinished.length === 0) break;
    await Promise.all(unfinished.map((source) => source.load()));
  }
  return counts;
}

function sourcesOf({ node, nodeId, sink, isTold }: SyncOptions): Source[] {
  const own = new Set<string>();
  const source = <Item>(
    name: SourceName,
    read: (page: PageRequest) => Promise<HistoryPage<Item> | undefined>,
    toEvents: (item: Item) => LensEvent[],
  ) =>
    new Source({
      limit: PAGE[name],
      noteName: nodeNote(nodeId, name),
      sink,
      read: async (page) => {
        const found = await read(page);
        return found && { ...found, items: found.items.flatMap(toEvents) };
      },
    });
  return [
    source("payments", (page) => node.payments(page), (payment) => {
      if (isSelfPayment(nodeId, payment)) own.add(payment.paymentHash);
      return isTold?.(payment.paymentHash) ? [] : paymentEvents(nodeId, payment);
    }),
    source("forwards", (page) => node.forwards(page), (item) => [forwardEvent(nodeId, item)]),
    source(
      "receipts",
      (page) => node.receipts(page),
      (receipt) =>
        own.has(receipt.paymentHash) || isTold?.(receipt.paymentHash)
          ? []
          : [receiptEvent(nodeId, receipt)],
    ),
  ];
}

interface SourceParts {
  limit: number;
  noteName: string;
  sink: SyncOptions["sink"];
  read: (page: PageRequest) => Promise<HistoryPage<LensEvent> | undefined>;
}

/** One history, page by page. */
class Source {
  more = true;
  #events: LensEvent[] = [];
  #next: number | undefined;
  #resume = 0;
  #lastMs = -Infinity;
  /** Ids of the last page: pages may overlap. */
  #seen = new Set<string | undefined>();

  constructor(private readonly parts: SourceParts) {}

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /** What happened until then is known of this source. */
  get knownMs(): number {
    return this.more ? this.#lastMs : Infinity;
  }

  /** Reads on until there is something or nothing is left. */
  async load(): Promise<void> {
    do {
      this.#next ??= await this.parts.sink.note(this.parts.noteName) ?? 0;
      const page = await this.parts.read({ from: this.#next, limit: this.parts.limit });
      this.more = page?.more ?? false;
      if (page === undefined) return;
      this.#next = page.next;
      this.#resume = page.resume;
      this.#events = page.items.filter(({ eventId }) => !this.#seen.has(eventId));
      this.#seen = new Set(page.items.map(({ eventId }) => eventId));
      this.#lastMs = this.#events.reduce((last, { timeMs }) => Math.max(last, timeMs), -Infinity);
    } while (this.more && this.isEmpty);
  }

  takeUntil(timeMs: number): LensEvent[] {
    if (this.#lastMs <= timeMs) return this.#events.splice(0);
    const taken = this.#events.filter((event) => event.timeMs <= timeMs);
    this.#events = this.#events.filter((event) => event.timeMs > timeMs);
    return taken;
  }

  /** The note that says where a later reading starts. */
  get cursor(): [name: string, value: number] {
    return [this.parts.noteName, this.#resume];
  }
}

function count(counts: SyncCounts, events: readonly LensEvent[]): void {
  for (const { kind, eventId = "" } of events) {
    if (kind === "forward") counts.forwards++;
    else if (kind === "rebalance") counts.rebalances++;
    else if (eventId.startsWith("receipt/")) counts.receipts++;
    else counts.payments++;
  }
}
