import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import {
  DAY_MS,
  errorMessage,
  LensError,
  MSAT_PER_SAT,
  RefusedError,
  satToMsat,
} from "../core/mod.ts";
import type { Suggestion, SuggestionResult } from "../protocol/mod.ts";
import { inTransaction, migrate } from "../store/mod.ts";
import { LEDGER_STEPS } from "./ledger_schema.ts";
import { satCeil, type SpendingLimits } from "./limits.ts";
import type { SteadyTime } from "./steady_time.ts";

/** Name of the ledger in a data folder. */
export const LEDGER_NAME = "lightning_lens_spending.db";

/** One payment of a rebalance, from before it is sent to its end. */
export interface Attempt {
  paymentHash: string;
  suggestionId: string;
  /** What it moved; the most that it could move until it has settled. */
  amountMsat: number;
  /** When its worst case was set aside, Unix ms. */
  reservedMs: number;
  /** Fees it can cost at most. */
  reservedMsat: number;
  /** After this time the node refuses to be paid, Unix ms. */
  invoiceExpiresMs: number;
  /**
   * Sent along routes of our own, perhaps one after the other: that one failed does not say that no
   * later one is on its way to the node.
   */
  byRoute: boolean;
  state: "reserved" | "settled" | "failed";
  /** Fees that it did cost; 0 until it has settled. */
  feeMsat: number;
  endedMs?: number;
  /** Why it failed. */
  reason?: string;
}

/** A rebalance that was begun. */
export interface Execution {
  suggestion: Suggestion;
  begunMs: number;
  endedMs?: number;
  result?: SuggestionResult;
}

/** Fees of the last 24 hours. */
export interface Spending {
  settledMsat: number;
  /** Worst case of what is under way. */
  reservedMsat: number;
}

/** What is asked of {@linkcode SpendingLedger.reserve}. */
export type Reservation = Pick<
  Attempt,
  "paymentHash" | "suggestionId" | "amountMsat" | "reservedMsat" | "invoiceExpiresMs" | "byRoute"
>;

const ATTEMPT_COLUMNS = `payment_hash paymentHash, suggestion_id suggestionId,
  amount_msat amountMsat, reserved_ms reservedMs, reserved_msat reservedMsat,
  invoice_expires_ms invoiceExpiresMs, by_route byRoute, state, fee_msat feeMsat, ended_ms endedMs, reason`;

/**
 * Who may spend what. A payment is sent only after its worst case was set aside here, in one
 * transaction with the check against the budget and synced to disk; what it really cost takes the
 * place of that when it has ended. Fees that settle within any 24 hours thus never exceed the
 * budget, whatever crashes, is late or runs at the same time. It is a database of its own: nothing
 * here is ever pruned.
 */
export class SpendingLedger {
  readonly #db: DatabaseSync;

  /**
   * @param db exclusively the ledger's; shared ledgers of one database are as safe as one
   * @param time what 24 hours are counted by
   */
  constructor(
    db: DatabaseSync,
    path = ":memory:",
    private readonly time: Pick<SteadyTime, "at"> = { at: (wallMs) => wallMs },
  ) {
    db.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;");
    migrate(db, path, LEDGER_STEPS);
    this.#db = db;
  }

  /**
   * Opens the ledger of a data folder, making it when there is none. One that has lost its content is
   * no new one: what it said was spent would be forgotten.
   *
   * @param time what 24 hours are counted by: the clock that its methods are told, when left out
   * @throws {RefusedError} when it is empty
   * @throws {LensError} when it can't be opened, or is damaged
   */
  static open(folder: string, time?: SteadyTime): SpendingLedger {
    const path = join(folder, LEDGER_NAME);
    try {
      Deno.mkdirSync(folder, { recursive: true });
      if (isEmptyFile(path)) {
        throw new RefusedError(
          `the ledger ${path} is empty, so what was spent is not known: remove it once a day has ` +
            "gone by since the last rebalance, then a new one begins",
        );
      }
      const ledger = new SpendingLedger(new DatabaseSync(path, { timeout: 5000 }), path, time);
      ledger.#check();
      return ledger;
    } catch (error) {
      if (error instanceof LensError) throw error;
      throw new LensError(`can't open the ledger ${path}: ${errorMessage(error)}`);
    }
  }

  /** @throws {Error} where the file is damaged, such as one that was cut off */
  #check(): void {
    const { quick_check: found } = this.#db.prepare("pragma quick_check(1)").get() ?? {};
    if (found === "ok") return;
    this.close();
    throw new Error(`it is damaged (${found})`);
  }

  /** Begins the execution of a suggestion. False when it was begun before, by whomever. */
  begin(suggestion: Suggestion, nowMs: number): boolean {
    const { changes } = this.#db.prepare(
      "insert or ignore into executions (suggestion_id, begun_ms, suggestion) values (?, ?, ?)",
    ).run(suggestion.id, Math.floor(nowMs), JSON.stringify(suggestion));
    return changes === 1;
  }

  /** Notes what an execution came to. A later result, of a payment that was late, replaces it. */
  finish(result: SuggestionResult, nowMs: number): void {
    this.#db.prepare("update executions set ended_ms = ?, result = ? where suggestion_id = ?")
      .run(Math.floor(nowMs), JSON.stringify(result), result.id);
  }

  /**
   * Sets the worst case of a payment aside, if the budget holds it.
   *
   * @returns undefined when it did, else the reason why not
   */
  reserve(reservation: Reservation, limits: SpendingLimits, nowMs: number): string | undefined {
    const { paymentHash, suggestionId, amountMsat, reservedMsat } = reservation;
    let refusal: string | undefined;
    inTransaction(this.#db, () => {
      refusal = this.refusal(reservedMsat, limits, nowMs);
      if (refusal !== undefined) return;
      this.#db.prepare(
        `insert into attempts (payment_hash, suggestion_id, amount_msat, reserved_ms,
           reserved_msat, invoice_expires_ms, by_route, state)
         values (?, ?, ?, ?, ?, ?, ?, 'reserved')`,
      ).run(
        paymentHash,
        suggestionId,
        amountMsat,
        Math.floor(nowMs),
        reservedMsat,
        Math.floor(reservation.invoiceExpiresMs),
        Number(reservation.byRoute),
      );
    });
    return refusal;
  }

  /** Why the budget does not hold a worst case now, if so. */
  refusal(
    worstMsat: number,
    { budgetSatPerDay }: Pick<SpendingLimits, "budgetSatPerDay">,
    nowMs: number,
  ): string | undefined {
    const { settledMsat, reservedMsat } = this.spending(nowMs);
    const leftMsat = satToMsat(budgetSatPerDay) - settledMsat - reservedMsat;
    // So that what is no number is refused as well.
    if (worstMsat <= leftMsat) return undefined;
    const leftSat = Math.max(0, Math.floor(leftMsat / MSAT_PER_SAT));
    return `the budget of ${budgetSatPerDay} sat in 24 hours has ${leftSat} sat left, ${
      satCeil(worstMsat)
    } sat could be needed`;
  }

  /**
   * A payment arrived: what it moved and cost. Told again it changes nothing. What was taken for
   * failed counts all the same: it was paid.
   */
  settle(
    paymentHash: string,
    { amountMsat, feeMsat }: { amountMsat: number; feeMsat: number },
    nowMs: number,
  ): void {
    this.#db.prepare(
      `update attempts set state = 'settled', amount_msat = ?, fee_msat = ?, ended_ms = ?, reason = null
       where payment_hash = ? and state <> 'settled'`,
    ).run(Math.floor(amountMsat), Math.ceil(feeMsat), Math.floor(nowMs), paymentHash);
  }

  /** A payment has ended and cost nothing. Told again it changes nothing. */
  fail(paymentHash: string, reason: string, nowMs: number): void {
    this.#db.prepare(
      `update attempts set state = 'failed', ended_ms = ?, reason = ?
       where payment_hash = ? and state = 'reserved'`,
    ).run(Math.floor(nowMs), reason, paymentHash);
  }

  /**
   * Fees of the 24 hours before `nowMs` and what is set aside. What ended after `nowMs`, by a clock
   * that was ahead, counts too.
   */
  spending(nowMs: number): Spending {
    const sum = (what: string, where: string, ...values: number[]) =>
      this.#db.prepare(`select coalesce(sum(${what}), 0) n from attempts where ${where}`)
        .get(...values)!.n as number;
    const sinceMs = this.time.at(nowMs) - DAY_MS;
    return {
      settledMsat: sum("fee_msat", "state = 'settled' and ended_ms > ?", sinceMs),
      reservedMsat: sum("reserved_msat", "state = 'reserved'"),
    };
  }

  /** Whether a payment is one of ours. */
  knows(paymentHash: string): boolean {
    return this.#db.prepare("select 1 from attempts where payment_hash = ?").get(paymentHash) !==
      undefined;
  }

  /** Payments whose end is not known, oldest first. */
  open(): Attempt[] {
    return this.#attempts("where state = 'reserved' order by reserved_ms, payment_hash");
  }

  /** All payments of one suggestion, oldest first. */
  attemptsOf(suggestionId: string): Attempt[] {
    return this.#attempts(
      "where suggestion_id = ? order by reserved_ms, payment_hash",
      suggestionId,
    );
  }

  #attempts(rest: string, ...values: string[]): Attempt[] {
    const rows = this.#db.prepare(`select ${ATTEMPT_COLUMNS} from attempts ${rest}`).all(...values);
    return rows.map((row) => {
      const { endedMs, reason, byRoute, ...attempt } = row;
      return {
        ...attempt,
        byRoute: byRoute === 1,
        ...(endedMs === null ? {} : { endedMs }),
        ...(reason === null ? {} : { reason }),
      } as unknown as Attempt;
    });
  }

  /** Executions that were begun and have no result, oldest first: what a crash left behind. */
  unfinished(): Execution[] {
    return this.#executions("where result is null order by begun_ms, suggestion_id");
  }

  /** The newest executions first. */
  executions(limit: number): Execution[] {
    return this.#executions(`order by begun_ms desc, suggestion_id limit ${Math.floor(limit)}`);
  }

  /** One execution. */
  execution(suggestionId: string): Execution | undefined {
    return this.#executions("where suggestion_id = ?", suggestionId)[0];
  }

  #executions(rest: string, ...values: string[]): Execution[] {
    const rows = this.#db.prepare(
      `select begun_ms, suggestion, ended_ms, result from executions ${rest}`,
    ).all(...values);
    return rows.map((row) => ({
      suggestion: JSON.parse(row.suggestion as string),
      begunMs: row.begun_ms as number,
      ...(row.ended_ms === null ? {} : { endedMs: row.ended_ms as number }),
      ...(row.result === null ? {} : { result: JSON.parse(row.result as string) }),
    }));
  }

  close(): void {
    this.#db.close();
  }
}

function isEmptyFile(path: string): boolean {
  try {
    return Deno.statSync(path).size === 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
