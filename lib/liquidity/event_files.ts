import { type CsvRecord, InputError, isoTime, openCsv, type RejectedRows } from "../core/mod.ts";
import {
  FORWARD_COLUMNS,
  forwardFromRow,
  type LensEvent,
  SNAPSHOT_COLUMNS,
  snapshotFromRow,
} from "../protocol/mod.ts";
import { channelKey } from "./forecast.ts";
import { LEGACY_REQUIRED, type LegacyRow, legacyRow } from "./legacy_rows.ts";
import { logTimeColumn, ROUTING_LOG_REQUIRED, routingLogEvent } from "./routing_log_rows.ts";

/** What a CSV file of events holds, told by its header. */
export type EventFileKind = "forwards" | "snapshots" | "transactions" | "routing_log";

const FORWARDS_OPTIONAL: readonly string[] = ["fee_msat", "failure_reason"];
const SNAPSHOTS_OPTIONAL: readonly string[] = ["active"];

/** Columns that a kind must have, and those by which it is told from the others. */
const KINDS: Record<EventFileKind, { required: readonly string[]; signature: readonly string[] }> =
  {
    forwards: {
      required: FORWARD_COLUMNS.filter((name) => !FORWARDS_OPTIONAL.includes(name)),
      signature: ["in_amount_msat", "out_amount_msat", "outcome"],
    },
    snapshots: {
      required: SNAPSHOT_COLUMNS.filter((name) =>
        !SNAPSHOTS_OPTIONAL.includes(name) && !/_(ppm|fee_msat)$/.test(name)
      ),
      signature: ["capacity_sat", "local_balance_sat", "remote_balance_sat"],
    },
    routing_log: { required: ROUTING_LOG_REQUIRED, signature: ["in_msat", "out_msat"] },
    transactions: {
      required: LEGACY_REQUIRED,
      signature: ["sender", "receiver", "channel_before", "channel_after"],
    },
  };

/**
 * Tells what a file holds from its header.
 *
 * @throws {InputError} naming the missing columns of the kind that comes nearest
 */
export function eventFileKind(columns: readonly string[], file: string): EventFileKind {
  const has = new Set(columns);
  const kinds = Object.entries(KINDS) as [EventFileKind, (typeof KINDS)[EventFileKind]][];
  const shares = kinds.map(([kind, { signature }]) => ({
    kind,
    share: signature.filter((name) => has.has(name)).length / signature.length,
  })).sort((a, b) => b.share - a.share);
  const [{ kind, share }] = shares;
  if (share === 0) {
    throw new InputError({
      file,
      line: 1,
      found: columns.join(","),
      expected: "columns of forwards, snapshots, a forwarding log or a transactions file",
    });
  }
  const missing = KINDS[kind].required.filter((name) => !has.has(name));
  if (kind === "routing_log" && !has.has("timestamp") && !has.has("received_time")) {
    missing.push("timestamp");
  }
  if (missing.length > 0) {
    throw new InputError({
      file,
      line: 1,
      field: missing.join(", "),
      found: "no such column",
      expected: `the columns of a ${kind.replace("_", " ")} file`,
    });
  }
  return kind;
}

/** A file of events, opened. */
export interface EventFile {
  kind: EventFileKind;
  /** In order of time. A row of a transactions file is one batch, others hold one event. */
  batches: AsyncIterable<EventBatch>;
}

/** Events of one row. */
export interface EventBatch {
  timeMs: number;
  events: LensEvent[];
  /** Set for rows of a transactions file. */
  legacy?: LegacyRow;
  /** Length of the row's text, for progress. */
  characters: number;
}

/**
 * Opens a CSV file of events of any known kind, plain or gzip. Rows that are wrong, run backwards
 * in time or name a channel twice at one moment are refused through `rejected`.
 *
 * @param inOrder false leaves the order of rows as it is: for who sorts them
 * @throws {InputError} for a missing, empty or unknown file, and for refused rows
 */
export async function openEventFile(
  path: string,
  rejected: RejectedRows,
  { inOrder = true } = {},
): Promise<EventFile> {
  const { columns, records } = await openCsv(path, rejected.refuse);
  const kind = eventFileKind(columns, path);
  const order = inOrder ? new RowOrder(path) : undefined;
  return { kind, batches: parsedBatches(path, { kind, records, rejected, order }) };
}

async function* parsedBatches(
  file: string,
  { kind, records, rejected, order }: {
    kind: EventFileKind;
    records: AsyncIterable<CsvRecord>;
    rejected: RejectedRows;
    order: RowOrder | undefined;
  },
): AsyncGenerator<EventBatch> {
  for await (const record of records) {
    const batch = rejected.attempt(record, () => {
      const parsed = parseRow(kind, record, file);
      order?.check(parsed, record, kind);
      return parsed;
    });
    if (batch !== undefined) yield batch;
  }
}

function parseRow(kind: EventFileKind, { line, row }: CsvRecord, file: string): EventBatch {
  const place = { file, line };
  let characters = 0;
  for (const name in row) characters += row[name].length + 1;
  if (kind === "transactions") {
    const legacy = legacyRow(row, place);
    const events = [...legacy.before, ...legacy.after];
    if (legacy.transaction !== undefined) events.push(legacy.transaction);
    if (events.length === 0) {
      throw new InputError({
        ...place,
        field: "channel_after",
        found: "",
        expected: "the channels of a snapshot",
      });
    }
    return { timeMs: events[0].timeMs, events, legacy, characters };
  }
  const event = kind === "forwards"
    ? forwardFromRow(row, place)
    : kind === "snapshots"
    ? snapshotFromRow(row, place)
    : routingLogEvent(row, place);
  return { timeMs: event.timeMs, events: [event], characters };
}

/** Refuses rows whose time runs backwards and channels that stand twice at one moment. */
class RowOrder {
  #lastMs = -Infinity;
  #atLast = new Set<string>();
  constructor(readonly file: string) {}

  check(batch: EventBatch, { line, row }: CsvRecord, kind: EventFileKind): void {
    const { timeMs } = batch;
    if (timeMs < this.#lastMs) {
      const field = kind === "routing_log" ? logTimeColumn(row) : "timestamp";
      throw new InputError({
        file: this.file,
        line,
        field,
        found: row[field],
        expected: `a time no earlier than the row before (${isoTime(this.#lastMs)})`,
      });
    }
    if (timeMs > this.#lastMs) this.#atLast.clear();
    this.#lastMs = timeMs;
    const [event] = batch.events;
    if (kind !== "snapshots" || event.kind !== "channel_state") return;
    const key = channelKey(event.channel.node, event.channel.channelId);
    if (this.#atLast.has(key)) {
      throw new InputError({
        file: this.file,
        line,
        field: "channel_id",
        found: event.channel.channelId,
        expected: "each channel once at a time",
      });
    }
    this.#atLast.add(key);
  }
}

/** Two files in order of time; of rows at the same time the first file's come first. */
export async function* mergeBatches(
  first: AsyncIterable<EventBatch>,
  second: AsyncIterable<EventBatch>,
): AsyncGenerator<EventBatch> {
  const a = first[Symbol.asyncIterator]();
  const b = second[Symbol.asyncIterator]();
  let [x, y] = [await a.next(), await b.next()];
  while (!x.done || !y.done) {
    if (y.done || (!x.done && x.value.timeMs <= y.value.timeMs)) {
      yield x.value;
      x = await a.next();
    } else {
      yield y.value;
      y = await b.next();
    }
  }
}
