import { DAY_MS, errorMessage, LensError, nextTurn } from "../core/mod.ts";
import { eventNode, type LensEvent, type Suggestion } from "../protocol/mod.ts";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ChannelTable } from "./channel_table.ts";
import { EventWindow } from "./event_window.ts";
import { FolderLock } from "./folder_lock.ts";
import { GroupCommit } from "./group_commit.ts";
import { hourRows, HourTable } from "./hour_table.ts";
import { journalRows, JournalWriter, RUN_LENGTH } from "./journal_writer.ts";
import { migrate } from "./schema.ts";
import { inTransaction, SideTables } from "./side_tables.ts";
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
} from "./types.ts";

/** Name of the database in a data folder. */
export const DATABASE_NAME = "lightning_lens.db";

/** Failed names held beside the window; with more the window is read from the journal anew. */
const MOST_UNSTORED = 100_000;
/** Older than a time, except the newest run, whose number is where the journal goes on. */
const PRUNABLE = "max_ms < ? and first_seq + count <= ?";

/** What is pruned at once, so that nothing else waits long. */
const RUNS_AT_ONCE = 10;
const ROWS_AT_ONCE = 5000;
const PAGES_AT_ONCE = 1000;
/** Runs that one search for events looks through at most. */
const RUNS_A_SEARCH = 1000;

/** What is to become durable together. */
interface Appended {
  events: readonly LensEvent[];
  notes: Notes;
}

interface JournalRow {
  first_seq: number;
  count: number;
  events: string;
}

/**
 * The store in a file of the data folder: SQLite with a write-ahead log that is synced at every
 * commit; appends that arrive together share one.
 */
export class SqliteStore implements Store {
  #db: DatabaseSync;
  #lock: FolderLock;
  #window = new EventWindow();
  /** Names in the window whose events could not be stored. */
  #unstored = new Set<string>();
  #channels: ChannelTable;
  #commits = new GroupCommit((group: Appended[]) => this.#commit(group));
  #lastSeq = 0;
  #side: SideTables;
  #hours: HourTable;
  #writer: JournalWriter;
  #closed = false;

  private constructor(db: DatabaseSync, lock: FolderLock, path: string) {
    this.#db = db;
    this.#lock = lock;
    this.#channels = new ChannelTable(db);
    this.#side = new SideTables(db);
    this.#hours = new HourTable(db);
    this.#recall();
    this.#writer = new JournalWriter(path);
  }

  /**
   * Opens the store of a data folder, making it when there is none. One process at a time.
   *
   * @throws {RefusedError} when another process has it open
   * @throws {LensError} when the folder can't be written to or the file is no database of ours
   */
  static open(folder: string): SqliteStore {
    const lock = FolderLock.take(folder);
    const path = join(folder, DATABASE_NAME);
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(path, { timeout: 60_000 });
      // The kind of vacuum is fixed by the first page, which the change to WAL writes.
      db.exec(
        "pragma auto_vacuum = incremental; pragma journal_mode = wal; pragma synchronous = full;",
      );
      migrate(db, path);
      return new SqliteStore(db, lock, path);
    } catch (error) {
      db?.close();
      lock.release();
      if (error instanceof LensError) throw error;
      const message = errorMessage(error);
      throw new LensError(`can't open the store ${path}: ${message}`);
    }
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get newestMs(): number | undefined {
    const row = this.#db.prepare("select max(max_ms) newest from journal").get();
    return row?.newest as number | null ?? undefined;
  }

  append(events: readonly LensEvent[], notes: Notes = {}): Promise<AppendResult> {
    if (this.#closed) return Promise.reject(new LensError("the store is closed"));
    return this.#commits.add({ events, notes });
  }

  async *replay(afterSeq: number): AsyncGenerator<JournalBatch> {
    const start = this.#db.prepare("select max(first_seq) n from journal where first_seq <= ?")
      .get(afterSeq + 1)!.n as number | null;
    const next = this.#db.prepare(
      "select * from journal where first_seq >= ? order by first_seq limit 1",
    );
    let from = start ?? 0, sinceTurn = 0;
    while (!this.#closed) {
      const row = next.get(from) as unknown as JournalRow | undefined;
      if (row === undefined) return;
      from = row.first_seq + 1;
      const skip = Math.max(0, afterSeq + 1 - row.first_seq);
      if (skip >= row.count) continue;
      const events = JSON.parse(row.events) as LensEvent[];
      yield { firstSeq: row.first_seq + skip, events: skip === 0 ? events : events.slice(skip) };
      // Others get their turn in between, so that a long replay does not stop the program.
      sinceTurn += row.count;
      if (sinceTurn < RUN_LENGTH) continue;
      sinceTurn = 0;
      await nextTurn();
    }
  }

  eventfulSince(days: number): number | undefined {
    const before = this.#db.prepare("select max(max_ms) newest from journal where max_ms < ?");
    let startMs: number = Number.MAX_SAFE_INTEGER;
    for (let day = 0; day < days; day++) {
      const newest = before.get(startMs)?.newest ?? undefined;
      if (newest === undefined) return undefined;
      startMs = Math.floor(Number(newest) / DAY_MS) * DAY_MS;
    }
    return startMs;
  }

  async recent({ kind, node, beforeSeq = Infinity, limit }: EventQuery): Promise<EventPage> {
    const found: NumberedEvent[] = [];
    const before = this.#db.prepare(
      "select * from journal where first_seq < ? order by first_seq desc limit 1",
    );
    let until = Math.min(beforeSeq, this.#lastSeq + 1);
    for (let runs = 0; runs < RUNS_A_SEARCH; runs++) {
      const row = before.get(until) as unknown as JournalRow | undefined;
      if (row === undefined) return { events: found, nextBefore: undefined };
      const events = JSON.parse(row.events) as LensEvent[];
      for (let i = Math.min(events.length, until - row.first_seq) - 1; i >= 0; i--) {
        if (!isOf(events[i], kind, node)) continue;
        if (found.length === limit) return { events: found, nextBefore: found[limit - 1].seq };
        found.push({ seq: row.first_seq + i, event: events[i] });
      }
      until = row.first_seq;
      await nextTurn();
    }
    return { events: found, nextBefore: until };
  }

  hours(query: HourQuery): Promise<HourRow[]> {
    return Promise.resolve(this.#hours.list(query));
  }

  channels(): Promise<ChannelRow[]> {
    return Promise.resolve(this.#channels.all());
  }

  savePredictions(rows: readonly PredictionRow[]): Promise<void> {
    return this.#side.savePredictions(rows);
  }

  predictions(fromMs: number): Promise<PredictionRow[]> {
    return this.#side.predictions(fromMs);
  }

  saveSuggestions(timeMs: number, suggestions: readonly Suggestion[]): Promise<void> {
    return this.#side.saveSuggestions(timeMs, suggestions);
  }

  suggestions(query: SuggestionQuery): Promise<SuggestionRow[]> {
    return this.#side.suggestions(query);
  }

  saveMetrics(rows: readonly MetricRow[]): Promise<void> {
    return this.#side.saveMetrics(rows);
  }

  metrics(fromMs: number): Promise<MetricRow[]> {
    return this.#side.metrics(fromMs);
  }

  note(name: string): Promise<number | undefined> {
    return this.#side.note(name);
  }

  setNote(name: string, value: number): Promise<void> {
    return this.#side.setNote(name, value);
  }

  notes(prefix: string): Promise<Map<string, number>> {
    return this.#side.notes(prefix);
  }

  dropNotes(names: readonly string[]): Promise<void> {
    return this.#side.dropNotes(names);
  }

  countBefore(beforeMs: number): Promise<PruneResult> {
    const count = (sql: string, ...more: number[]) =>
      Number(this.#db.prepare(sql).get(beforeMs, ...more)!.n);
    return Promise.resolve({
      events: count(
        `select coalesce(sum(count), 0) n from journal where ${PRUNABLE}`,
        this.#lastSeq,
      ),
      predictions: count("select count(*) n from predictions where time_ms < ?"),
      suggestions: count("select count(*) n from suggestions where time_ms < ?"),
      metrics: count("select count(*) n from metrics where time_ms < ?"),
    });
  }

  async prune(beforeMs: number): Promise<PruneResult> {
    const result = await this.countBefore(beforeMs);
    // What comes from here on stays, however old: its states are not among those saved now.
    const upToSeq = this.#lastSeq;
    inTransaction(this.#db, () => this.#channels.save());
    // In parts, between which others get their turn.
    while (this.#pruneRuns(beforeMs, upToSeq)) await nextTurn();
    for (const table of ["predictions", "suggestions", "metrics"]) {
      while (this.#pruneRows(table, beforeMs)) await nextTurn();
    }
    // Each step frees one page: all of a part have to be asked for.
    const free = this.#db.prepare("pragma freelist_count"),
      vacuum = `pragma incremental_vacuum(${PAGES_AT_ONCE})`;
    while (!this.#closed && Number(free.get()!.freelist_count) > 0) {
      this.#db.prepare(vacuum).all();
      await nextTurn();
    }
    return result;
  }

  /** Some runs of the journal become sums by hour. False when none is left to go. */
  #pruneRuns(beforeMs: number, upToSeq: number): boolean {
    if (this.#closed) return false;
    const rows = this.#db.prepare(
      `select * from journal where ${PRUNABLE} order by first_seq limit ${RUNS_AT_ONCE}`,
    ).all(beforeMs, upToSeq) as unknown as JournalRow[];
    if (rows.length === 0) return false;
    inTransaction(this.#db, () => {
      this.#hours.add(hourRows(rows.flatMap(({ events }) => JSON.parse(events) as LensEvent[])));
      const remove = this.#db.prepare("delete from journal where first_seq = ?");
      for (const row of rows) remove.run(row.first_seq);
    });
    return true;
  }

  #pruneRows(table: string, beforeMs: number): boolean {
    if (this.#closed) return false;
    const last = this.#db.prepare(
      `select time_ms from ${table} where time_ms < ? order by time_ms limit 1 offset ${ROWS_AT_ONCE}`,
    ).get(beforeMs);
    const until = last === undefined ? beforeMs : Number(last.time_ms) + 1;
    this.#db.prepare(`delete from ${table} where time_ms < ?`).run(until);
    return last !== undefined;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#commits.idle();
    await this.#writer.close();
    this.#db.close();
    this.#lock.release();
  }

  /** Takes up where the last process stopped: channels, known names and the newest number. */
  #recall(): void {
    for (const row of this.#db.prepare("select * from journal order by first_seq").iterate()) {
      const { first_seq, count, events } = row as unknown as JournalRow;
      for (const event of JSON.parse(events) as LensEvent[]) {
        if (event.eventId !== undefined) this.#window.add(event.eventId);
        this.#channels.see(event);
      }
      this.#lastSeq = first_seq + count - 1;
    }
  }

  async #commit(group: Appended[]): Promise<AppendResult[]> {
    const fresh = group.map(({ events }) => events.filter((event) => this.#isNew(event)));
    const all = fresh.length === 1 ? fresh[0] : fresh.flat();
    const firstSeq = this.#lastSeq + 1;
    try {
      const notes = group.flatMap(({ notes }) => Object.entries(notes));
      await this.#writer.write({ ...journalRows(all, firstSeq), notes });
    } catch (error) {
      // Should the thread die between commit and answer, the events are stored all the same.
      if (
        this.#db.prepare("select 1 from journal where first_seq = ?").get(firstSeq) === undefined
      ) {
        this.#forget(all);
        throw error;
      }
    }
    for (const event of all) this.#channels.see(event);
    this.#lastSeq += all.length;
    return group.map(({ events }, i) => ({
      accepted: fresh[i],
      duplicates: events.length - fresh[i].length,
      lastSeq: this.#lastSeq,
    }));
  }

  /** Notes the name of an event. False when it is known to be stored. */
  #isNew({ eventId }: LensEvent): boolean {
    if (eventId === undefined || this.#window.add(eventId)) return true;
    return this.#unstored.size > 0 && this.#unstored.delete(eventId);
  }

  /** The names of events that could not be stored must not count as known. */
  #forget(events: readonly LensEvent[]): void {
    for (const { eventId } of events) if (eventId !== undefined) this.#unstored.add(eventId);
    if (this.#unstored.size <= MOST_UNSTORED) return;
    this.#unstored.clear();
    this.#window = new EventWindow();
    this.#recall();
  }
}

function isOf(event: LensEvent, kind: LensEvent["kind"], node: string | undefined): boolean {
  return event.kind === kind && (node === undefined || eventNode(event) === node);
}
