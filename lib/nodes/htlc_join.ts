import { z } from "zod";
import { type InputPlace, MINUTE_MS } from "../core/mod.ts";
import { parseWith } from "../protocol/mod.ts";
import { exactOrZero, idText, nameOf, nanoTime } from "./lnd_values.ts";
import type { NodeForward } from "./types.ts";

const amountsSchema = z.object({
  info: z.object({ incoming_amt_msat: exactOrZero, outgoing_amt_msat: exactOrZero }).nullish(),
});

const eventSchema = z.object({
  incoming_channel_id: idText.default("0"),
  outgoing_channel_id: idText.default("0"),
  incoming_htlc_id: idText.default("0"),
  timestamp_ns: nanoTime.default(0),
  event_type: nameOf(["UNKNOWN", "SEND", "RECEIVE", "FORWARD"], "UNKNOWN"),
  subscribed_event: z.unknown().optional(),
  forward_event: amountsSchema.nullish(),
  settle_event: z.unknown().optional(),
  forward_fail_event: z.unknown().optional(),
  link_fail_event: amountsSchema.extend({
    wire_failure: z.string().default("RESERVED"),
    failure_detail: z.string().default("UNKNOWN"),
  }).nullish(),
});

type LndHtlcEvent = z.output<typeof eventSchema>;

/** What an HTLC event comes to. */
export type HtlcNews =
  | { kind: "listening" }
  /** Balances move: something was sent, received or settled. */
  | { kind: "moved" }
  | { kind: "forward"; forward: NodeForward }
  | undefined;

interface Begun {
  inAmountMsat: number;
  outAmountMsat: number;
  timeMs: number;
}

/** Forwards under way that are remembered; the oldest are forgotten beyond that. */
const MOST_OPEN = 50_000;
/** Forwards are seldom under way for longer than their time locks allow: two weeks. */
const OPEN_MS = 14 * 24 * 60 * MINUTE_MS;

/**
 * Puts LND's HTLC events together. Amounts stand only in the event with which a forward begins; its
 * end is joined to it by incoming channel and number. An end whose beginning was missed is not
 * told: its amounts are unknown.
 */
export class HtlcJoin {
  readonly #open = new Map<string, Begun>();

  /** Takes one message of the stream. */
  take(value: unknown, place: InputPlace): HtlcNews {
    const event = parseWith(eventSchema, value, place);
    if (event.subscribed_event != null) return { kind: "listening" };
    if (event.event_type !== "FORWARD") {
      return event.settle_event == null ? undefined : { kind: "moved" };
    }
    const key = `${event.incoming_channel_id}/${event.incoming_htlc_id}`;
    if (event.forward_event != null) {
      this.#begin(key, { ...amountsOf(event.forward_event), timeMs: event.timestamp_ns });
      return undefined;
    }
    if (event.link_fail_event != null) return { kind: "forward", forward: failedHere(event) };
    return this.#end(key, event);
  }

  #begin(key: string, begun: Begun): void {
    if (this.#open.size >= MOST_OPEN) this.#forget(begun.timeMs - OPEN_MS);
    this.#open.set(key, begun);
  }

  #end(key: string, event: LndHtlcEvent): HtlcNews {
    const begun = this.#open.get(key);
    const settled = event.settle_event != null;
    if (!settled && event.forward_fail_event == null) return undefined;
    this.#open.delete(key);
    if (begun === undefined) return { kind: "moved" };
    const outcome = settled ? "settled" : "failed_downstream";
    return { kind: "forward", forward: { ...placeOf(event), ...amounts(begun), outcome } };
  }

  /** What is too old goes; where that is not enough, the oldest half. */
  #forget(beforeMs: number): void {
    for (const [key, { timeMs }] of this.#open) if (timeMs < beforeMs) this.#open.delete(key);
    const tooMany = this.#open.size >= MOST_OPEN ? MOST_OPEN / 2 : 0;
    for (const key of [...this.#open.keys()].slice(0, tooMany)) this.#open.delete(key);
  }
}

function placeOf(event: LndHtlcEvent) {
  return {
    timeMs: event.timestamp_ns,
    inChannel: event.incoming_channel_id,
    outChannel: event.outgoing_channel_id,
    inHtlcId: event.incoming_htlc_id,
  };
}

function amountsOf({ info }: z.output<typeof amountsSchema>) {
  return {
    inAmountMsat: info?.incoming_amt_msat ?? 0,
    outAmountMsat: info?.outgoing_amt_msat ?? 0,
  };
}

function amounts({ inAmountMsat, outAmountMsat }: Begun) {
  return { inAmountMsat, outAmountMsat };
}

/** This node refused it: for lack of balance, which is demand, or for another reason. */
function failedHere(event: LndHtlcEvent): NodeForward {
  const fault = event.link_fail_event!;
  const detail = fault.failure_detail === "NO_DETAIL" || fault.failure_detail === "UNKNOWN"
    ? fault.wire_failure
    : fault.failure_detail;
  return {
    ...placeOf(event),
    ...amountsOf(fault),
    outcome: "failed_here",
    failureReason: detail.toLowerCase(),
  };
}
