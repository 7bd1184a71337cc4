import type {
  AppendResult,
  ChannelRow,
  EventPage,
  EventQuery,
  HourQuery,
  HourRow,
  JournalBatch,
  MetricRow,
  Notes,
  NumberedEvent,
  PredictionRow,
  PruneResult,
  Store,
  SuggestionQuery,
  SuggestionRow,
} from "../../lib/store/mod.ts";
import {
  type ChannelState,
  eventNode,
  type LensEvent,
  type Suggestion,
} from "../../lib/protocol/mod.ts";
import { DAY_MS } from "../../lib/core/mod.ts";
import { hourRows } from "../../lib/store/hour_table.ts";

/** The store contract over plain arrays: the twin that the SQLite store is compared with. */
export class MemoryStore implements Store {
  #journal: { seq: number; event: LensEvent }[] = [];
  #names = new Set<string>();
  #channels = new Map<string, ChannelRow>();
  #predictions: PredictionRow[] = [];
  #suggestions: SuggestionRow[] = [];
  #metrics: MetricRow[] = [];
  #notes = new Map<string, number>();
  /** What was pruned. */
  #gone: LensEvent[] = [];
  lastSeq = 0;

  get newestMs(): number | undefined {
    const times = this.#journal.map(({ event }) => event.timeMs);
    return times.length === 0 ? undefined : Math.max(...times);
  }

  append(events: readonly LensEvent[], notes: Notes = {}): Promise<AppendResult> {
    for (const [name, value] of Object.entries(notes)) this.#notes.set(name, value);
    const accepted: LensEvent[] = [];
    for (const event of structuredClone(events)) {
      if (event.eventId !== undefined) {
        if (this.#names.has(event.eventId)) continue;
        this.#names.add(event.eventId);
      }
      accepted.push(event);
      this.#journal.push({ seq: ++this.lastSeq, event });
      if (event.kind === "channel_state") this.#see(event.timeMs, event.channel);
      if (event.kind === "rebalance") {
        for (const channel of event.rebalance.channels) this.#see(event.timeMs, channel);
        const row = this.#suggestions.find((s) => s.suggestion.id === event.rebalance.id);
        if (row) row.result = event.rebalance;
      }
    }
    const duplicates = events.length - accepted.length;
    return Promise.resolve({ accepted, duplicates, lastSeq: this.lastSeq });
  }

  #see(timeMs: number, channel: ChannelState): void {
    const key = `${channel.node}/${channel.channelId}`;
    const known = this.#channels.get(key);
    if (!known || timeMs >= known.timeMs) this.#channels.set(key, { timeMs, channel });
  }

  async *replay(afterSeq: number): AsyncGenerator<JournalBatch> {
    for (const { seq, event } of this.#journal) {
      if (seq > afterSeq) yield await Promise.resolve({ firstSeq: seq, events: [event] });
    }
  }

  eventfulSince(days: number): number | undefined {
    const starts = this.#journal.map(({ event }) => Math.floor(event.timeMs / DAY_MS) * DAY_MS);
    return [...new Set(starts)].sort((a, b) => b - a)[days - 1];
  }

  recent({ kind, node, beforeSeq = Infinity, limit }: EventQuery): Promise<EventPage> {
    const fits = ({ seq, event }: NumberedEvent) =>
      event.kind === kind && seq < beforeSeq && (node === undefined || eventNode(event) === node);
    const all = this.#journal.filter(fits).reverse();
    const events = all.slice(0, limit);
    return Promise.resolve({
      events,
      nextBefore: all.length > limit ? events.at(-1)?.seq : undefined,
    });
  }

  hours({ fromMs, node, limit, offset }: HourQuery): Promise<HourRow[]> {
    const order = (r: HourRow) => `${String(r.hourMs).padStart(16, "0")} ${r.node} ${r.channelId}`;
    const rows = hourRows(this.#gone)
      .filter((r) => r.hourMs >= fromMs && (node === undefined || r.node === node))
      .sort((a, b) => order(a) < order(b) ? -1 : 1);
    return Promise.resolve(rows.slice(offset, offset + limit));
  }

  channels(): Promise<ChannelRow[]> {
    return Promise.resolve(
      [...this.#channels].sort(([a], [b]) => a < b ? -1 : 1).map(([, row]) => row),
    );
  }

  savePredictions(rows: readonly PredictionRow[]): Promise<void> {
    const key = (r: PredictionRow) => `${r.timeMs} ${r.node} ${r.channelId}`;
    const replaced = new Set(rows.map(key));
    this.#predictions = this.#predictions.filter((r) => !replaced.has(key(r)));
    this.#predictions.push(...rows);
    return Promise.resolve();
  }

  predictions(fromMs: number): Promise<PredictionRow[]> {
    const order = (a: PredictionRow, b: PredictionRow) =>
      a.timeMs - b.timeMs || (a.node < b.node ? -1 : a.node > b.node ? 1 : 0) ||
      (a.channelId < b.channelId ? -1 : 1);
    return Promise.resolve(this.#predictions.filter((r) => r.timeMs >= fromMs).sort(order));
  }

  saveSuggestions(timeMs: number, suggestions: readonly Suggestion[]): Promise<void> {
    for (const suggestion of suggestions) {
      if (this.#suggestions.some((s) => s.suggestion.id === suggestion.id)) continue;
      this.#suggestions.push({ timeMs, suggestion });
    }
    return Promise.resolve();
  }

  suggestions({ withResult, limit, offset }: SuggestionQuery): Promise<SuggestionRow[]> {
    const wanted = this.#suggestions.filter(({ result }) => !withResult || result !== undefined);
    const sorted = wanted.toSorted((a, b) =>
      b.timeMs - a.timeMs || (a.suggestion.id < b.suggestion.id ? -1 : 1)
    );
    return Promise.resolve(sorted.slice(offset, offset + limit));
  }

  saveMetrics(rows: readonly MetricRow[]): Promise<void> {
    for (const row of rows) {
      this.#metrics = this.#metrics.filter((m) => m.timeMs !== row.timeMs || m.name !== row.name);
      if (Number.isFinite(row.value)) this.#metrics.push(row);
    }
    return Promise.resolve();
  }

  metrics(fromMs: number): Promise<MetricRow[]> {
    const order = (a: MetricRow, b: MetricRow) => a.timeMs - b.timeMs || (a.name < b.name ? -1 : 1);
    return Promise.resolve(this.#metrics.filter((m) => m.timeMs >= fromMs).sort(order));
  }

  note(name: string): Promise<number | undefined> {
    return Promise.resolve(this.#notes.get(name));
  }

  setNote(name: string, value: number): Promise<void> {
    this.#notes.set(name, value);
    return Promise.resolve();
  }

  notes(prefix: string): Promise<Map<string, number>> {
    const found = [...this.#notes].filter(([name]) => name.startsWith(prefix));
    return Promise.resolve(new Map(found.sort(([a], [b]) => a < b ? -1 : 1)));
  }

  dropNotes(names: readonly string[]): Promise<void> {
    for (const name of names) this.#notes.delete(name);
    return Promise.resolve();
  }

  #goes(beforeMs: number) {
    return ({ seq, event }: { seq: number; event: LensEvent }) =>
      event.timeMs < beforeMs && seq < this.lastSeq;
  }

  countBefore(beforeMs: number): Promise<PruneResult> {
    const old = (rows: { timeMs: number }[]) => rows.filter((r) => r.timeMs < beforeMs).length;
    return Promise.resolve({
      events: this.#journal.filter(this.#goes(beforeMs)).length,
      predictions: old(this.#predictions),
      suggestions: old(this.#suggestions),
      metrics: old(this.#metrics),
    });
  }

  async prune(beforeMs: number): Promise<PruneResult> {
    const result = await this.countBefore(beforeMs);
    const goes = this.#goes(beforeMs);
    this.#gone.push(...this.#journal.filter(goes).map(({ event }) => event));
    this.#journal = this.#journal.filter((entry) => !goes(entry));
    this.#predictions = this.#predictions.filter((r) => r.timeMs >= beforeMs);
    this.#suggestions = this.#suggestions.filter((r) => r.timeMs >= beforeMs);
    this.#metrics = this.#metrics.filter((r) => r.timeMs >= beforeMs);
    return result;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
