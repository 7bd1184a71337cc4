import { LensError } from "../core/mod.ts";
import type { LensEvent } from "../protocol/mod.ts";

/** Events in one row of the journal at most. */
export const RUN_LENGTH = 1000;

/** One row of the journal. */
export interface JournalRun {
  firstSeq: number;
  count: number;
  /** Times of the oldest and the newest event, Unix ms, whole. */
  minMs: number;
  maxMs: number;
  /** The events as a JSON array. */
  events: string;
}

/** What becomes durable together. */
export interface JournalWrite {
  runs: JournalRun[];
  /** Results of suggestions, as JSON. */
  results: { id: string; result: string }[];
  notes: [name: string, value: number][];
}

/** What the writer's thread is told. */
export type JournalOrder =
  | { kind: "write"; path: string; rows: JournalWrite }
  | { kind: "close" };

/** What it answers to each order, in order: nothing, or what went wrong. */
export interface JournalAnswer {
  fault?: string;
}

/** Rows of the journal for events, the first of which has the number `firstSeq`. */
export function journalRows(events: readonly LensEvent[], firstSeq: number): JournalWrite {
  const write: JournalWrite = { runs: [], results: [], notes: [] };
  for (let start = 0; start < events.length; start += RUN_LENGTH) {
    const run = start === 0 && events.length <= RUN_LENGTH
      ? events
      : events.slice(start, start + RUN_LENGTH);
    let minMs = Infinity, maxMs = -Infinity;
    for (const event of run) {
      if (event.timeMs < minMs) minMs = event.timeMs;
      if (event.timeMs > maxMs) maxMs = event.timeMs;
      if (event.kind !== "rebalance") continue;
      write.results.push({ id: event.rebalance.id, result: JSON.stringify(event.rebalance) });
    }
    write.runs.push({
      firstSeq: firstSeq + start,
      count: run.length,
      minMs: Math.floor(minMs),
      maxMs: Math.ceil(maxMs),
      events: JSON.stringify(run),
    });
  }
  return write;
}

/**
 * Writes the journal from a thread of its own. One order at a time: the caller waits for the
 * answer.
 */
export class JournalWriter {
  #worker: Worker | undefined;

  /**
   * Starts the thread, so that the first event does not wait for it.
   *
   * @param path the database, whose tables are there
   */
  constructor(private readonly path: string) {
    this.#worker = newThread();
  }

  /**
   * Resolves when the rows are on disk.
   *
   * @throws {LensError} when they could not be written; then none of them is
   */
  async write(rows: JournalWrite): Promise<void> {
    if (rows.runs.length + rows.notes.length > 0) {
      await this.#order({ kind: "write", path: this.path, rows });
    }
  }

  /** Lets go of the database and ends the thread. */
  async close(): Promise<void> {
    if (this.#worker === undefined) return;
    await this.#order({ kind: "close" });
    this.#end();
  }

  #order(order: JournalOrder): Promise<void> {
    const worker = this.#worker ??= newThread();
    return new Promise<void>((resolve, reject) => {
      worker.onmessage = ({ data: { fault } }: MessageEvent<JournalAnswer>) =>
        fault === undefined ? resolve() : reject(new LensError(fault));
      worker.onerror = (event) => {
        event.preventDefault();
        // Its connection dies with it, and so does what it had not committed; the next write
        // starts another.
        this.#end();
        reject(new LensError(`the journal's thread ended: ${event.message}`));
      };
      worker.postMessage(order);
    });
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

function newThread(): Worker {
  return new Worker(new URL("./journal_worker.ts", import.meta.url), { type: "module" });
}
