import {
  HOUR_MS,
  InputError,
  LATEST_UNIX_SECONDS,
  MSAT_PER_SAT,
  readJson,
  RejectedRows,
  SECOND_MS,
  startsAsJson,
} from "../../core/mod.ts";
import { openEventFile } from "../../liquidity/mod.ts";
import { type LensEvent, parseWith } from "../../protocol/mod.ts";
import { z } from "zod";

/** A forward of an operator's history. */
export type ForwardEvent = Extract<LensEvent, { kind: "forward" }>;

/** What a history was told to be, by its content. */
export type LogFormat = "csv" | "lnd" | "cln";

/** A node's history of forwards, in order of time. */
export interface ForwardsLog {
  format: LogFormat;
  events: ForwardEvent[];
  /** Forwards without a time: left out. */
  withoutTime: number;
  /** Forwards that failed before they had an outgoing channel: nothing could have served them. */
  withoutChannel: number;
  /** Forwards that stood more than an hour before one listed earlier: put where they belong. */
  outOfOrder: number;
  /** Rows refused and passed over. */
  rejected: number;
}

const amount = z.union([z.number(), z.string().regex(/^\d+(msat)?$/)])
  .transform((value) => Number(String(value).replace(/msat$/, "")))
  .refine((value) => Number.isSafeInteger(value) && value >= 0, "expected whole msat, 0 or more");
const seconds = z.union([z.number(), z.string().regex(/^\d+(\.\d+)?$/)]).transform(Number)
  .refine((value) => value >= 0 && value <= LATEST_UNIX_SECONDS, "expected seconds since 1970");
const channel = z.union([z.string(), z.number()]).transform(String);

const lndSchema = z.object({
  timestamp_ns: z.string().regex(/^\d{1,19}$/, "expected nanoseconds").optional(),
  timestamp: seconds.optional(),
  chan_id_in: channel,
  chan_id_out: channel,
  amt_in_msat: amount.optional(),
  amt_out_msat: amount.optional(),
  amt_in: amount.optional(),
  amt_out: amount.optional(),
});

const clnSchema = z.object({
  in_channel: channel,
  out_channel: channel.optional(),
  in_msat: amount,
  out_msat: amount.optional(),
  status: z.enum(["offered", "settled", "local_failed", "failed"]),
  failreason: z.string().optional(),
  received_time: seconds.optional(),
});

const NOTHING_ODD = { withoutTime: 0, withoutChannel: 0, outOfOrder: 0, rejected: 0 };

/** What Core Lightning calls a channel without enough balance. */
const CLN_NO_BALANCE = "WIRE_TEMPORARY_CHANNEL_FAILURE";

/**
 * Reads a history of forwards, plain or gzip, whatever its form: our forwards CSV, a forwarding log
 * (`in_msat`, `out_msat`), the JSON of LND's `fwdinghistory` or of Core Lightning's `listforwards`.
 *
 * @param skipInvalid pass over rows that are wrong instead of stopping at the first
 * @throws {InputError} for a file of another kind, wrong rows, and a history without any time
 */
export async function readForwardsLog(path: string, skipInvalid = false): Promise<ForwardsLog> {
  const log = await startsAsJson(path)
    ? jsonLog(await readJson(path), path, skipInvalid)
    : await csvLog(path, skipInvalid);
  if (log.events.length === 0) {
    throw new InputError({
      file: path,
      found: log.withoutTime > 0 ? `${log.withoutTime} forwards without a time` : "no forwards",
      expected: "forwards with their times",
    });
  }
  return log;
}

async function csvLog(path: string, skipInvalid: boolean): Promise<ForwardsLog> {
  const rejected = new RejectedRows(path, skipInvalid);
  const { kind, batches } = await openEventFile(path, rejected, { inOrder: false });
  if (kind !== "forwards" && kind !== "routing_log") {
    throw new InputError({ file: path, found: `a ${kind} file`, expected: "forwards" });
  }
  const events: ForwardEvent[] = [];
  for await (const batch of batches) {
    for (const event of batch.events) if (event.kind === "forward") events.push(event);
  }
  const outOfOrder = putInOrder(events);
  return { format: "csv", ...NOTHING_ODD, events, outOfOrder, rejected: rejected.count };
}

/** Sorts by time and returns how many stood more than an hour before one listed earlier. */
function putInOrder(events: ForwardEvent[]): number {
  let newestMs = -Infinity, outOfOrder = 0;
  for (const { timeMs } of events) {
    if (timeMs < newestMs - HOUR_MS) outOfOrder++;
    newestMs = Math.max(newestMs, timeMs);
  }
  events.sort((a, b) => a.timeMs - b.timeMs);
  return outOfOrder;
}

function jsonLog(value: unknown, file: string, skipInvalid: boolean): ForwardsLog {
  const { forwarding_events: lnd, forwards: cln } = (value ?? {}) as Record<string, unknown>;
  const list = Array.isArray(lnd) ? lnd : Array.isArray(cln) ? cln : undefined;
  if (list === undefined) {
    throw new InputError({
      file,
      expected: "forwarding_events (lncli fwdinghistory) or forwards (lightning-cli listforwards)",
    });
  }
  const format = list === lnd ? "lnd" : "cln";
  const read = format === "lnd" ? lndForward : clnForward;
  const log: ForwardsLog = { format, ...NOTHING_ODD, events: [] };
  list.forEach((row: unknown, index) => {
    try {
      const event = read(row, {
        file,
        field: `${format === "lnd" ? "forwarding_events" : "forwards"}[${index}]`,
      });
      if (event === "without time") log.withoutTime++;
      else if (event === "without channel") log.withoutChannel++;
      else if (event !== "open") log.events.push(event);
    } catch (error) {
      if (!(error instanceof InputError) || !skipInvalid) throw error;
      log.rejected++;
    }
  });
  log.outOfOrder = putInOrder(log.events);
  return log;
}

type Place = { file: string; field: string };

function lndForward(row: unknown, place: Place): ForwardEvent | "without time" {
  const r = parseWith(lndSchema, row, place);
  const timeMs = r.timestamp_ns !== undefined
    ? Math.round(Number(r.timestamp_ns) / 1e6)
    : (r.timestamp ?? 0) * SECOND_MS;
  if (!(timeMs > 0)) return "without time";
  const inAmountMsat = r.amt_in_msat ?? (r.amt_in ?? NaN) * MSAT_PER_SAT;
  const outAmountMsat = r.amt_out_msat ?? (r.amt_out ?? NaN) * MSAT_PER_SAT;
  checkAmounts(inAmountMsat, outAmountMsat, place);
  const forward = {
    node: OWNER,
    inChannel: r.chan_id_in,
    outChannel: r.chan_id_out,
    inAmountMsat,
    outAmountMsat,
    outcome: "settled" as const,
  };
  return { kind: "forward", timeMs, forward };
}

function clnForward(
  row: unknown,
  place: Place,
): ForwardEvent | "without time" | "without channel" | "open" {
  const r = parseWith(clnSchema, row, place);
  // Not decided yet: what it will become is not known.
  if (r.status === "offered") return "open";
  if (!(r.received_time !== undefined && r.received_time > 0)) return "without time";
  if (r.out_channel === undefined) return "without channel";
  const outAmountMsat = r.out_msat ?? r.in_msat;
  checkAmounts(r.in_msat, outAmountMsat, place);
  const here = r.status === "local_failed";
  const lacking = here && (r.failreason === undefined || r.failreason === CLN_NO_BALANCE);
  const forward = {
    node: OWNER,
    inChannel: r.in_channel,
    outChannel: r.out_channel,
    inAmountMsat: r.in_msat,
    outAmountMsat,
    outcome: r.status === "settled"
      ? "settled" as const
      : here
      ? "failed_here" as const
      : "failed_downstream" as const,
    ...(lacking ? { failureReason: "insufficient_balance" } : {}),
  };
  return { kind: "forward", timeMs: Math.round(r.received_time * SECOND_MS), forward };
}

/** Owner of the channels: such a history is of one node and does not name it. */
const OWNER = "self";

function checkAmounts(inAmountMsat: number, outAmountMsat: number, place: Place): void {
  if (outAmountMsat <= inAmountMsat) return;
  throw new InputError({
    ...place,
    found: `${inAmountMsat} msat in, ${outAmountMsat} msat out`,
    expected: "amounts in msat, no more going out than coming in",
  });
}
