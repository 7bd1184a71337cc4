import { InputError } from "../core/mod.ts";
import { z } from "zod";
import {
  channelStateSchema,
  forwardSchema,
  policySchema,
  suggestionResultSchema,
  suggestionSchema,
  transactionSchema,
} from "./events.ts";
import { type Camel, camelNames, snakeNames } from "./names.ts";
import { idSchema, parseWith, timestampSchema, wireTime } from "./parse.ts";
import { rebalanceProgressSchema } from "./rebalance_progress.ts";
import { simulationOrderSchema, simulationReportSchema } from "./simulation_control.ts";

/** Version of our own messages. */
export const MESSAGE_VERSION = 1;

const topologyChannelSchema = z.object({
  channel_id: idSchema,
  node1: idSchema,
  node2: idSchema,
  capacity_sat: z.int().min(1),
  /** Terms of node1 for forwarding to node2; null where unknown. */
  policy1: policySchema.nullable(),
  policy2: policySchema.nullable(),
});
export type TopologyChannel = Camel<z.output<typeof topologyChannelSchema>>;

const topologySchema = z.object({
  /** Large topologies come in parts 1..parts, in order. */
  part: z.int().min(1).default(1),
  parts: z.int().min(1).default(1),
  nodes: z.array(z.object({ id: idSchema, alias: z.string().max(200).default("") })),
  channels: z.array(topologyChannelSchema),
  /** Nodes whose balances are shown and that take suggestions. */
  operators: z.array(idSchema).default([]),
});
export type Topology = Camel<z.output<typeof topologySchema>>;

const errorSchema = z.object({
  /** `seq` or `id` of the message that is answered. */
  answers: z.union([z.string(), z.number()]).optional(),
  message: z.string().max(1000),
  field: z.string().max(200).optional(),
  expected: z.string().max(500).optional(),
});

/** Payload schema of every message of our own, by type. */
export const MESSAGE_SCHEMAS = {
  topology: topologySchema,
  channel_update: z.object({ channels: z.array(channelStateSchema) }),
  transaction: transactionSchema,
  forward: forwardSchema,
  suggestion_result: suggestionResultSchema,
  register: z.object({
    client: z.string().max(200),
    /** Types to hear; empty means all. */
    wants: z.array(z.string().max(50)).default([]),
    /** Resume: send again everything from this number on. */
    from_seq: z.int().min(0).optional(),
  }),
  rebalance_suggestion: suggestionSchema,
  request_suggestions: z.object({ nodes: z.array(idSchema).default([]) }),
  /** Ends the answer to one `request_suggestions`. */
  suggestions_complete: z.object({ answers: z.int().min(0), count: z.int().min(0) }),
  /**
   * Every message up to this `seq` is on disk, but those that were answered with an `error`. Sent
   * to whom registered with `stored` among what it wants.
   */
  stored: z.object({ up_to: z.int().min(0) }),
  /** How a simulation stands, now and then and in answer to `simulation_control`. */
  simulation_status: simulationReportSchema,
  simulation_control: simulationOrderSchema,
  /** How a suggestion that is being carried out stands. */
  rebalance_progress: rebalanceProgressSchema,
  error: errorSchema,
} as const;

export type MessageType = keyof typeof MESSAGE_SCHEMAS;
/** Payload of a message, with inside names. */
export type MessageData<T extends MessageType> = Camel<z.output<(typeof MESSAGE_SCHEMAS)[T]>>;
/** A message of our own, parsed. */
export type Message = {
  [T in MessageType]: {
    type: T;
    seq: number;
    timeMs: number;
    /** Unique name of what is told, so that it may be sent again. */
    eventId?: string;
    data: MessageData<T>;
  };
}[MessageType];

const envelopeSchema = z.object({
  type: z.enum(Object.keys(MESSAGE_SCHEMAS) as [MessageType, ...MessageType[]]),
  v: z.literal(MESSAGE_VERSION, `expected ${MESSAGE_VERSION}`),
  seq: z.int().min(0),
  timestamp: timestampSchema,
  event_id: idSchema.optional(),
  data: z.unknown(),
});

/**
 * Parses JSON text as any JSON value.
 *
 * @throws {InputError} when it is no JSON
 */
export function parseJsonText(text: string, field = "message"): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InputError({ field, found: text.slice(0, 80), expected: "JSON" });
  }
}

/** True for a message in our own form; others may be legacy shapes. */
export function isVersioned(value: unknown): boolean {
  return typeof value === "object" && value !== null && "v" in value;
}

/**
 * Parses a message of our own form.
 *
 * @throws {InputError} that names the field
 */
export function parseMessage(value: unknown): Message {
  const envelope = parseWith(envelopeSchema, value);
  const data = parseWith(MESSAGE_SCHEMAS[envelope.type], envelope.data, { field: "data" });
  return {
    type: envelope.type,
    seq: envelope.seq,
    timeMs: envelope.timestamp,
    ...(envelope.event_id === undefined ? {} : { eventId: envelope.event_id }),
    data: camelNames(data),
  } as Message;
}

/** What {@linkcode formatMessage} needs to know beside the payload. */
export interface MessageHead {
  seq: number;
  timeMs: number;
}

/** JSON text of a message. Times inside the payload (`expiresAt`) are Unix ms and leave as ISO 8601. */
export function formatMessage<T extends MessageType>(
  type: T,
  data: MessageData<T>,
  head: MessageHead,
): string {
  const wire = snakeNames(data) as Record<string, unknown>;
  if (typeof wire.expires_at === "number") wire.expires_at = wireTime(wire.expires_at);
  return JSON.stringify({
    type,
    v: MESSAGE_VERSION,
    seq: head.seq,
    timestamp: wireTime(head.timeMs),
    data: wire,
  });
}
