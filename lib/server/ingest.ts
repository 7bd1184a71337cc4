import { elapsedMs, logger, MINUTE_MS, SECOND_MS } from "../core/mod.ts";
import type { LensEvent } from "../protocol/mod.ts";
import type { AppendResult, ChannelRow, Notes, Store } from "../store/mod.ts";
import type { Engine } from "./state/engine.ts";
import type { Insights } from "./insights/insights.ts";
import { LessonQueue } from "./models/lesson_queue.ts";
import { type LiveChannels, rowKey } from "./state/live_channels.ts";
import type { ServerMetrics } from "./state/metrics.ts";

/** Events waiting for their commit, or to be learned from, at most; more are sent away for now. */
const MAX_PENDING = 100_000;

/** Stored events that wait to be learned from; with more senders are told later that theirs are. */
const MANY_LESSONS = 10_000;

/** Events can't be taken now; the sender may try again. */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}

/** What {@linkcode Ingest} feeds. */
export interface IngestParts {
  engine: Engine;
  store: Store;
  channels: LiveChannels;
  insights: Insights;
  metrics: ServerMetrics;
}

/** What comes along with events. */
export interface IngestOptions {
  /** Told when they are durable; later where the engine can't follow. */
  onStored?: (result: AppendResult) => void;
  /** Kept with them. */
  notes?: Notes;
}

/** The one way in: events are stored first, then learned from, in the journal's order. */
export class Ingest {
  /** Events that wait for their commit. */
  pending = 0;
  /** The last events could not be stored. */
  failing = false;
  #log = logger("server");
  readonly #lessons = new LessonQueue((events) => this.#learn(events));

  constructor(private readonly parts: IngestParts) {}

  /**
   * Makes events durable, then learns from those that are new. Resolves when they are both.
   *
   * @throws {UnavailableError} when too much waits already, or the store fails
   */
  async take(
    events: readonly LensEvent[],
    { onStored, notes }: IngestOptions = {},
  ): Promise<AppendResult> {
    const result = await this.#store(events, notes);
    const behind = this.#lessons.waiting > MANY_LESSONS;
    if (!behind) onStored?.(result);
    await this.#lessons.add(result.accepted);
    if (behind) onStored?.(result);
    return result;
  }

  async #store(events: readonly LensEvent[], notes?: Notes): Promise<AppendResult> {
    const { store, metrics } = this.parts;
    const waiting = this.pending + this.#lessons.waiting;
    if (waiting > 0 && waiting + events.length > MAX_PENDING) {
      throw new UnavailableError(`${waiting} events wait to be stored or learned from`);
    }
    const startMs = elapsedMs();
    this.pending += events.length;
    try {
      const result = await store.append(events, notes);
      this.failing = false;
      metrics.observe("commit_seconds", (elapsedMs() - startMs) / SECOND_MS);
      metrics.add("events_duplicate_total", {}, result.duplicates);
      return result;
    } catch (error) {
      this.failing = true;
      metrics.add("store_errors_total");
      this.#log.error`${events.length} events could not be stored: ${String(error)}`;
      throw new UnavailableError("the events could not be stored; the log tells why");
    } finally {
      this.pending -= events.length;
    }
  }

  /** Learns what the store holds already. Returns the number of events that were read. */
  async recover(): Promise<number> {
    const { store, channels } = this.parts;
    const rows = await store.channels();
    const restore = (known: readonly ChannelRow[]) =>
      this.#learn(known.map((row) => ({ kind: "channel_state", ...row })));
    let count = 0;
    for await (const { events } of store.replay(0)) {
      // States whose events left the journal come first; the journal moves on from them.
      if (count === 0) restore(rows.filter((row) => row.timeMs < events[0].timeMs));
      this.#learn(events);
      count += events.length;
    }
    restore(rows.filter((row) => channels.get(rowKey(row)) === undefined));
    channels.takeChanged();
    if (count > 0) {
      this.#log.info`recovered ${count} events and ${channels.size} channels from the journal`;
    }
    return count;
  }

  #learn(events: readonly LensEvent[]): void {
    const { engine, channels, metrics, insights } = this.parts;
    const kinds = new Map<LensEvent["kind"], number>();
    let late = 0;
    for (const event of events) {
      kinds.set(event.kind, (kinds.get(event.kind) ?? 0) + 1);
      if (event.timeMs < engine.nowMs - MINUTE_MS) late++;
      if (event.kind === "rebalance") {
        metrics.add("rebalances_total", { status: event.rebalance.status });
      }
      try {
        channels.see(event);
        insights.see(event);
        engine.ingest(event);
      } catch (error) {
        metrics.add("engine_errors_total");
        this.#log.error`a stored ${event.kind} event can't be used: ${String(error)}`;
      }
    }
    for (const [kind, count] of kinds) metrics.add("events_total", { kind }, count);
    metrics.add("events_late_total", {}, late);
  }
}
