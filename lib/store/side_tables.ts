import type { Suggestion, SuggestionResult } from "../protocol/mod.ts";
import type { DatabaseSync } from "node:sqlite";
import type { MetricRow, PredictionRow, SuggestionQuery, SuggestionRow } from "./types.ts";

/** The tables beside the journal: predictions, suggestions, metrics and notes. */
export class SideTables {
  constructor(private readonly db: DatabaseSync) {}

  savePredictions(rows: readonly PredictionRow[]): Promise<void> {
    return this.#runAll(
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
    return this.#runAll(
      "insert or ignore into suggestions (id, time_ms, suggestion) values (?, ?, ?)",
      suggestions.map((s) => [s.id, timeMs, JSON.stringify(s)]),
    );
  }

  async suggestions({ withResult, limit, offset }: SuggestionQuery): Promise<SuggestionRow[]> {
    const rows = await this.#rows<{ time_ms: number; suggestion: string; result: string | null }>(
      `select time_ms, suggestion, result from suggestions ${
        withResult ? "where result is not null" : ""
      } order by time_ms desc, id limit ? offset ?`,
      [limit, offset],
    );
    return rows.map((row) => ({
      timeMs: row.time_ms,
      suggestion: JSON.parse(row.suggestion) as Suggestion,
      ...(row.result === null ? {} : { result: JSON.parse(row.result) as SuggestionResult }),
    }));
  }

  saveMetrics(rows: readonly MetricRow[]): Promise<void> {
    return this.#runAll(
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
    const row = this.db.prepare("select value from notes where name = ?").get(name);
    return Promise.resolve(row?.value as number | undefined);
  }

  setNote(name: string, value: number): Promise<void> {
    return this.#runAll(SET_NOTE, [[name, value]]);
  }

  async notes(prefix: string): Promise<Map<string, number>> {
    const rows = await this.#rows<{ name: string; value: number }>(
      "select name, value from notes where substr(name, 1, length(?1)) = ?1 order by name",
      [prefix],
    );
    return new Map(rows.map(({ name, value }) => [name, value]));
  }

  dropNotes(names: readonly string[]): Promise<void> {
    return this.#runAll("delete from notes where name = ?", names.map((name) => [name]));
  }

  #runAll(sql: string, rows: readonly (readonly (string | number)[])[]): Promise<void> {
    const statement = this.db.prepare(sql);
    inTransaction(this.db, () => {
      for (const row of rows) statement.run(...row);
    });
    return Promise.resolve();
  }

  #rows<Row>(sql: string, values: (string | number)[]): Promise<Row[]> {
    const rows = this.db.prepare(sql).all(...values) as unknown as Row[];
    return Promise.resolve(rows.map((row) => ({ ...row })));
  }
}

/** Sets a note: its name and its value. */
export const SET_NOTE = "insert or replace into notes values (?, ?)";

/** Runs `work` in a transaction: all of it is stored, or nothing. */
export function inTransaction(db: DatabaseSync, work: () => void): void {
  db.exec("begin immediate");
  try {
    work();
    db.exec("commit");
  } catch (error) {
    if (db.isTransaction) db.exec("rollback");
    throw error;
  }
}
