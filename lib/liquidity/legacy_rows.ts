import { InputError, type InputPlace, satToMsat } from "../core/mod.ts";
import {
  channelsFromLegacy,
  type ChannelState,
  idSchema,
  type LensEvent,
  parseWith,
  timestampSchema,
} from "../protocol/mod.ts";
import { z } from "zod";
import { channelKey } from "./forecast.ts";

const wholeSat = z.string().regex(/^\d{1,15}(\.0+)?$/, "expected a whole number of sat, 0 or more")
  .transform(Number);
const flag = z.stringbool({ truthy: ["true", "1", "yes"], falsy: ["false", "0", "no"] });

const headSchema = z.object({
  timestamp: timestampSchema,
  type: z.enum(["payment", "rebalance", "snapshot"]).default("payment"),
});
const paymentSchema = z.object({
  sender: idSchema,
  receiver: idSchema,
  amount: wholeSat,
  fee: z.union([wholeSat, z.literal("").transform(() => undefined)]).optional(),
  success: flag,
});

/** Columns without which a file is no transaction file of the first project. */
export const LEGACY_REQUIRED = ["timestamp", "sender", "receiver", "amount", "success"] as const;

/** What one row says, in order: balances before, the payment, balances after. */
export interface LegacyRow {
  before: LensEvent[];
  transaction: LensEvent | undefined;
  after: LensEvent[];
}

/**
 * A row of the first project's transaction file. A `snapshot` row has balances only.
 *
 * @throws {InputError} with file, line and field
 */
export function legacyRow(row: Record<string, string>, place: InputPlace): LegacyRow {
  const { timestamp: timeMs, type } = parseWith(headSchema, row, place);
  const states = (field: string): LensEvent[] =>
    channelsOfCell(row[field], { ...place, field })
      .map((channel) => ({ kind: "channel_state", timeMs, channel }));
  const before = states("channel_before");
  const after = states("channel_after");
  if (type === "snapshot") return { before, transaction: undefined, after };
  const payment = parseWith(paymentSchema, row, place);
  return {
    before,
    transaction: {
      kind: "transaction",
      timeMs,
      transaction: {
        id: row.payment_hash || undefined,
        sender: payment.sender,
        receiver: payment.receiver,
        amountMsat: satToMsat(payment.amount),
        feeMsat: payment.fee === undefined ? undefined : satToMsat(payment.fee),
        success: payment.success,
        transactionType: type,
      },
    },
    after,
  };
}

/** Channels of a JSON cell; none for an empty one. */
function channelsOfCell(cell: string | undefined, place: InputPlace): ChannelState[] {
  if (cell === undefined || cell.trim() === "") return [];
  let value: unknown;
  try {
    value = JSON.parse(cell);
  } catch {
    throw new InputError({ ...place, found: cell.slice(0, 60), expected: "JSON" });
  }
  let channels: ChannelState[];
  try {
    channels = channelsFromLegacy(value, place.field!);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError({ ...place, ...error.fault });
  }
  const keys = new Set<string>();
  for (const { node, channelId } of channels) {
    const key = channelKey(node, channelId);
    if (keys.has(key)) {
      throw new InputError({ ...place, found: channelId, expected: "each channel once" });
    }
    keys.add(key);
  }
  return channels;
}
