import { LensError } from "../core/mod.ts";
import type { LensEvent, Suggestion, SuggestionResult } from "../protocol/mod.ts";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers";
import { ChannelTable } from "./channel_table.ts";
import { EventWindow } from "./event_window.ts";
import { FolderLock } from "./folder_lock.ts";
import { GroupCommit } from "./group_commit.ts";
import { migrate } from "./schema.ts";
import type {
  AppendResult,
  ChannelRow,
  JournalBatch,
  MetricRow,
  Page,
  PredictionRow,
  PruneResult,
  Store,
  SuggestionRow,
} from "./types.ts";

/** Name of the database in a data folder. */
export const DATABASE_NAME = "lightning_lens.db";
/** Events in one row of the journal at most. */
const RUN_LENGTH = 1000;

/** Older than a time, except the newest run, whose number is where the journal goes on. */
const PRUNABLE = "max_ms < ? and first_seq + count <= ?";

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
  #channels: ChannelTable;
  #commits = new GroupCommit((group: (readonly LensEvent[])[]) => this.#commit(group));
  #lastSeq = 0;
  #insertRun: StatementSync;
  #saveResult: StatementSync;
  #closed = false;

  private constructor(db: DatabaseSync, lock: FolderLock) {
    this.#db = db;
    this.#lock = lock;
    this.#channels = new ChannelTable(db);
    this.#insertRun = db.prepare("insert into journal values (?, ?, ?, ?, ?)");
    this.#saveResult = db.prepare("update suggestions set result = ? where id = ?");
    this.#recall();
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
      db = new DatabaseSync(path);
      db.exec(
        "pragma journal_mode = wal; pragma synchronous = full; pragma auto_vacuum = incremental;",
      );
      migrate(db, path);
      return new SqliteStore(db, lock);
    } catch (error) {
      db?.close();
      lock.release();
      if (error instanceof LensError) throw error;
      const message = error instanceof Error ? error.message : String(error);
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

  append(events: readonly LensEvent[]): Promise<AppendResult> {
    if (this.#closed) return Promise.reject(new LensError("the store is closed"));
    return this.#commits.add(events);
  }

  async *replay(afterSeq: number): AsyncGenerator<JournalBatch> {
    const start = this.#db.prepare("select max(first_seq) n from journal where first_seq <= ?")
      .get(afterSeq + 1)!.n as number | null;
    const next = this.#db.prepare(
      "select * from journal where first_seq >= ? order by first_seq limit 1",
    );
    let from = start ?? 0;
    while (!this.#closed) {
      const row = next.get(from) as unknown as JournalRow | undefined;
      if (row === undefined) return;
      from = row.first_seq + 1;
      const skip = Math.max(0, afterSeq + 1 - row.first_seq);
      if (skip >= row.count) continue;
      const events = JSON.parse(row.events) as LensEvent[];
      yield { firstSeq: row.first_seq + skip, events: skip === 0 ? events : events.slice(skip) };
      // Between runs others get their turn, so that a long replay does not stop the program.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  channels(): Promise<ChannelRow[]> {
    return Promise.resolve(this.#channels.all());
  }

  savePredictions(rows: readonly PredictionRow[]): Promise<void> {
    return this.#insertAll(
      "insert or replace into predictions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      rows.map((r) => [
        r.timeMs,
        r.node,
        r.channelId,
        r.balanceRatio,
        r.optimalRatio,
        r.lowRatio,
        r.highRatio,
        r.shortOutbound,
        r.shortInbound,
        r.feesAtStakeMsat,
        r.modelId,
      ]),
    );
  }

  predictions(fromMs: number): Promise<PredictionRow[]> {
    return this.#rows(
      `select time_ms timeMs, node, channel_id channelId, balance_ratio balanceRatio,
         optimal_ratio optimalRatio, low_ratio lowRatio, high_ratio highRatio,
         short_outbound shortOutbound, short_inbound shortInbound,
         fees_at_stake_msat feesAtStakeMsat, model_id modelId
       from predictions where time_ms >= ? order by time_ms, node, channel_id`,
      [fromMs],
    );
  }

  saveSuggestions(timeMs: number, suggestions: readonly Suggestion[]): Promise<void> {
    return this.#insertAll(
      "insert or ignore into suggestions (id, time_ms, suggestion) values (?, ?, ?)",
      suggestions.map((s) => [s.id, timeMs, JSON.stringify(s)]),
    );
  }

  async suggestions(page: Page): Promise<SuggestionRow[]> {
    const rows = await this.#rows<{ time_ms: number; suggestion: string; result: string | null }>(
      "select time_ms, suggestion, result from suggestions order by time_ms desc, id limit ? offset ?",
      [page.limit, page.offset],
    );
    return rows.map((row) => ({
      timeMs: row.time_ms,
      suggestion: JSON.parse(row.suggestion) as Suggestion,
      ...(row.result === null ? {} : { result: JSON.parse(row.result) as SuggestionResult }),
    }));
  }

  saveMetrics(rows: readonly MetricRow[]): Promise<void> {
    return this.#insertAll(
      "insert or replace into metrics values (?, ?, ?)",
      rows.filter((r) => Number.isFinite(r.value)).map((r) => [r.timeMs, r.name, r.value]),
    );
  }

  metrics(fromMs: number): Promise<MetricRow[]> {
    return this.#rows(
      "select time_ms timeMs, name, value from metrics where time_ms >= ? order by time_ms, name",
      [fromMs],
    );
  }

  note(name: string): Promise<number | undefined> {
    const row = this.#db.prepare("select value from notes where name = ?").get(name);
    return Promise.resolve(row?.value as number | undefined);
  }

  setNote(name: string, value: number): Promise<void> {
    return this.#insertAll("insert or replace into notes values (?, ?)", [[name, value]]);
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
    this.#transaction(() => {
      this.#channels.save();
      this.#db.prepare(`delete from journal where ${PRUNABLE}`).run(beforeMs, this.#lastSeq);
      for (const table of ["predictions", "suggestions", "metrics"]) {
        this.#db.prepare(`delete from ${table} where time_ms < ?`).run(beforeMs);
      }
    });
    this.#db.exec("pragma incremental_vacuum");
    return result;
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#commits.flush();
    this.#closed = true;
    this.#transaction(() => this.#channels.save());
    this.#db.close();
    this.#lock.release();
    return Promise.resolve();
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

  #commit(group: (readonly LensEvent[])[]): AppendResult[] {
    // Names count as known only once their events are stored.
    const names = new Set<string>();
    const isNew = ({ eventId }: LensEvent) => {
      if (eventId === undefined) return true;
      if (names.has(eventId) || this.#window.has(eventId)) return false;
      names.add(eventId);
      return true;
    };
    const fresh = group.map((events) => events.filter(isNew));
    const all = fresh.length === 1 ? fresh[0] : fresh.flat();
    this.#transaction(() => this.#insert(all));
    for (const name of names) this.#window.add(name);
    for (const event of all) this.#channels.see(event);
    this.#lastSeq += all.length;
    return group.map((events, i) => ({
      accepted: fresh[i],
      duplicates: events.length - fresh[i].length,
      lastSeq: this.#lastSeq,
    }));
  }

  #insert(events: readonly LensEvent[]): void {
    for (let start = 0; start < events.length; start += RUN_LENGTH) {
      const run = events.slice(start, start + RUN_LENGTH);
      let minMs = Infinity, maxMs = -Infinity;
      for (const event of run) {
        if (event.timeMs < minMs) minMs = event.timeMs;
        if (event.timeMs > maxMs) maxMs = event.timeMs;
        if (event.kind === "rebalance") {
          this.#saveResult.run(JSON.stringify(event.rebalance), event.rebalance.id);
        }
      }
      this.#insertRun.run(
        this.#lastSeq + 1 + start,
        run.length,
        Math.floor(minMs),
        Math.ceil(maxMs),
        JSON.stringify(run),
      );
    }
  }

  #insertAll(sql: string, rows: readonly (readonly (string | number)[])[]): Promise<void> {
    const statement = this.#db.prepare(sql);
    this.#transaction(() => {
      for (const row of rows) statement.run(...row);
    });
    return Promise.resolve();
  }

  #rows<Row>(sql: string, values: (string | number)[]): Promise<Row[]> {
    const rows = this.#db.prepare(sql).all(...values) as unknown as Row[];
    return Promise.resolve(rows.map((row) => ({ ...row })));
  }

  #transaction(work: () => void): void {
    this.#db.exec("begin immediate");
    try {
      work();
      this.#db.exec("commit");
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec("rollback");
      throw error;
    }
  }
}
