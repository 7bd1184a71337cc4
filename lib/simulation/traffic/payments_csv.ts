import { type CsvRecord, InputError, openCsv, parseIsoTime, satToMsat } from "../../core/mod.ts";
import type { Network, OnFault } from "../../network/mod.ts";
import type { Roles } from "./roles.ts";
import type { Intent, IntentSource, IntentState } from "./traffic.ts";

/**
 * Columns of a payments file: one of each line, in this order of preference. The last of each is
 * CLoTH's. `timestamp` is ISO 8601, and the first payment of the file is made at the start; the
 * others are milliseconds since the start.
 */
export const PAYMENTS_CSV_COLUMNS = {
  time: ["timestamp", "time_ms", "start_time"],
  sender: ["sender", "sender_id"],
  receiver: ["receiver", "receiver_id"],
  amount: ["amount_msat", "amount_sat", "amount"],
} as const;

/** How a payments file is read. */
export interface PaymentsCsvOptions {
  network: Network;
  /** Virtual time of the start, Unix ms. */
  startMs: number;
  /** Told of each payment that is left out; without it the first fault is thrown. */
  skipInvalid?: OnFault;
}

type ColumnNames = Record<keyof typeof PAYMENTS_CSV_COLUMNS, string>;

/**
 * Payments from a CSV file, plain or gzip, in order of time. `payments_*.csv` of `generate` and
 * CLoTH's `payments.csv` are such files.
 *
 * @throws {InputError} naming file, line and field: a column that is missing; a time or an amount
 *   that is none; a node that is not in the graph; a payment to oneself; an amount above all that
 *   the channels of one end hold together; a receiver that no channel leads to from the sender
 */
export async function readPaymentsCsv(
  file: string,
  { network, startMs, skipInvalid }: PaymentsCsvOptions,
): Promise<Intent[]> {
  const { columns, records } = await openCsv(
    file,
    skipInvalid && ((_, fault) => skipInvalid(fault)),
  );
  const names = columnNames(columns, file);
  const judge = new PaymentJudge(network, names);
  const intents: Intent[] = [];
  for await (const record of records) {
    try {
      intents.push(judge.intentOf(record, file));
    } catch (error) {
      if (!(error instanceof InputError) || skipInvalid === undefined) throw error;
      skipInvalid(error);
    }
  }
  if (intents.length === 0) {
    throw new InputError({ file, found: "no payment", expected: "at least one" });
  }
  intents.sort((a, b) => a.timeMs - b.timeMs);
  const shiftMs = names.time === "timestamp" ? startMs - intents[0].timeMs : startMs;
  for (const intent of intents) intent.timeMs += shiftMs;
  return intents;
}

function columnNames(columns: readonly string[], file: string): ColumnNames {
  const find = (kind: keyof typeof PAYMENTS_CSV_COLUMNS): string => {
    const known: readonly string[] = PAYMENTS_CSV_COLUMNS[kind];
    const name = known.find((column) => columns.includes(column));
    if (name !== undefined) return name;
    throw new InputError({
      file,
      line: 1,
      field: known[0],
      found: columns.join(","),
      expected: `a column ${known.join(" or ")}`,
    });
  };
  return {
    time: find("time"),
    sender: find("sender"),
    receiver: find("receiver"),
    amount: find("amount"),
  };
}

/** Turns rows to intents, and knows which can't be. */
class PaymentJudge {
  readonly #island: Int32Array;

  constructor(readonly network: Network, readonly names: ColumnNames) {
    this.#island = islands(network);
  }

  intentOf({ row, line }: CsvRecord, file: string): Intent {
    const { names, network } = this;
    const fault = (field: string, found: unknown, expected: string) =>
      new InputError({ file, line, field, found, expected });
    const nodeOf = (field: string): number => {
      const node = network.nodeOf(row[field]);
      if (node === undefined) throw fault(field, row[field], "a node of the graph");
      return node;
    };
    const timeMs = names.time === "timestamp"
      ? parseIsoTime(row.timestamp)
      : whole(row[names.time]);
    if (timeMs === undefined) {
      const form = names.time === "timestamp" ? "a time such as 2024-09-22T13:45:01Z" : "whole ms";
      throw fault(names.time, row[names.time], form);
    }
    const sender = nodeOf(names.sender), receiver = nodeOf(names.receiver);
    if (sender === receiver) throw fault(names.receiver, row[names.receiver], "not the sender");
    const amount = whole(row[names.amount]);
    if (amount === undefined || amount < 1) {
      throw fault(names.amount, row[names.amount], "a whole number from 1");
    }
    const amountMsat = names.amount === "amount_sat" ? satToMsat(amount) : amount;
    if (this.#island[sender] !== this.#island[receiver]) {
      throw fault(names.receiver, row[names.receiver], "a node that channels lead to");
    }
    for (const node of [sender, receiver]) {
      const mostMsat = satToMsat(network.nodeCapacitySat(node));
      if (amountMsat <= mostMsat) continue;
      const most = `at most ${mostMsat} msat, the sum of the channels of ${network.nodeIds[node]}`;
      throw fault(names.amount, row[names.amount], most);
    }
    return { timeMs, sender, receiver, amountMsat };
  }
}

/** A whole number from 0 that is exact; undefined for anything else. */
function whole(text: string): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** By node: the number of a node on the same island. Channels without any terms are no bridges. */
function islands(network: Network): Int32Array {
  const parent = Int32Array.from({ length: network.nodeCount }, (_, node) => node);
  const root = (node: number): number => {
    while (parent[node] !== node) node = parent[node] = parent[parent[node]];
    return node;
  };
  for (let direction = 0; direction < 2 * network.channelCount; direction += 2) {
    if (network.known[direction] === 0 && network.known[direction + 1] === 0) continue;
    parent[root(network.source[direction])] = root(network.source[direction + 1]);
  }
  return parent.map((_, node) => root(node));
}

/** A fixed list of payments in place of generated traffic. */
export class ListedPayments implements IntentSource {
  #next = 0;

  /** @param intents in order of time */
  constructor(readonly intents: readonly Intent[], readonly roles: Roles) {}

  get nextMs(): number {
    return this.intents[this.#next]?.timeMs ?? Infinity;
  }

  next(): Intent {
    return this.intents[this.#next++];
  }

  save(): IntentState {
    return { taken: this.#next };
  }

  /** @throws {RangeError} for the state of generated traffic */
  load(state: IntentState): void {
    if (!("taken" in state)) throw new RangeError("expected the state of a list of payments");
    this.#next = state.taken;
  }
}
