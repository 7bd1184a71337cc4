/** What the routes answer, on the wire: snake_case, times as ISO 8601. */
import { z } from "@hono/zod-openapi";
import { parseIsoTime } from "../../core/mod.ts";
import { forwardSchema, suggestionResultSchema, suggestionSchema } from "../../protocol/mod.ts";

const time = z.string().openapi({ format: "date-time", description: "ISO 8601, UTC" });
const ratio = z.number().min(0).max(1);
const alias = z.string().nullable().openapi({
  description: "what the node calls itself; null where the graph does not tell",
});

/** Query of lists. */
export const listQuerySchema = z.object({
  node: z.string().min(1).max(200).optional().openapi({ description: "only this node's" }),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
  offset: z.coerce.number().int().min(0).max(1e9).default(0),
});

/** A channel as it is now. */
export const channelViewSchema = z.object({
  node: z.string(),
  node_alias: alias,
  channel_id: z.string(),
  peer: z.string(),
  peer_alias: alias,
  capacity_sat: z.int(),
  local_balance_sat: z.int(),
  remote_balance_sat: z.int(),
  balance_ratio: ratio,
  active: z.boolean(),
  local_fee_rate_ppm: z.number().nullable(),
  last_update: time,
}).openapi("Channel");
export type ChannelView = z.output<typeof channelViewSchema>;

/** What a channel will need. Without history it is `learning` and the figures are null. */
export const predictionViewSchema = z.object({
  node: z.string(),
  channel_id: z.string(),
  peer: z.string(),
  capacity_sat: z.int(),
  balance_ratio: ratio,
  state: z.enum(["ready", "learning"]),
  optimal_ratio: ratio.nullable(),
  low_ratio: ratio.nullable(),
  high_ratio: ratio.nullable(),
  short_outbound: ratio.nullable().openapi({
    description: "chance that outflow exceeds the balance",
  }),
  short_inbound: ratio.nullable().openapi({ description: "chance that inflow exceeds the room" }),
  outbound_need_sat: z.array(z.number()).nullable().openapi({
    description: "local balance needed, at each of `levels`",
  }),
  inbound_need_sat: z.array(z.number()).nullable(),
  levels: z.array(z.number()),
  fees_at_stake_msat: z.number().nullable(),
  horizon_hours: z.number().nullable(),
  forwards_seen: z.int(),
}).openapi("Prediction");
export type PredictionView = z.output<typeof predictionViewSchema>;

/** A channel's line in the plan. */
export const decisionViewSchema = z.object({
  node: z.string(),
  channel_id: z.string(),
  code: z.string(),
  reason: z.string(),
  suggestion_id: z.string().nullable(),
}).openapi("Decision");

/** A suggestion; its expiry leaves as text. */
export const suggestionViewSchema = z.object({ ...suggestionSchema.shape, expires_at: time })
  .openapi("Suggestion");

/** The present plan. */
export const recommendationsSchema = z.object({
  time: time.nullable().openapi({ description: "time of the plan; null before the first" }),
  model: z.string().nullable(),
  suggestions: z.array(suggestionViewSchema),
  dismissed: z.array(z.object({ id: z.string(), until: time })).openapi({
    description: "suggestions among them that the operator does not want",
  }),
  decisions: z.array(decisionViewSchema),
}).openapi("Recommendations");
export type RecommendationsView = z.output<typeof recommendationsSchema>;

/** The way of one attempt. */
export const routeSchema = z.object({
  channels: z.array(z.string()).openapi({
    description: "from the source channel to the target channel; none where the node chooses",
  }),
  nodes: z.array(z.string().nullable()).openapi({
    description: "alias or key of who stands at the far end of each; null where unknown",
  }),
  amount_msat: z.number(),
  fee_msat: z.number(),
});

/** One attempt along one route. */
export const trySchema = routeSchema.extend({
  settled: z.boolean(),
  failed_hop: z.int().nullable().openapi({ description: "place in `channels`, from 0" }),
  reason: z.string().nullable(),
});

/** A suggestion made earlier, with what became of it. */
export const historyViewSchema = z.object({
  time,
  suggestion: suggestionViewSchema,
  result: z.object({
    ...suggestionResultSchema.shape,
    channels: z.array(z.unknown()),
    tries: z.array(trySchema),
  }).partial({ channels: true }).nullable(),
  judged: z.object({
    carried_out: z.boolean(),
    earned_msat: z.number().openapi({ description: "by what was moved, within the horizon" }),
    fee_msat: z.number(),
  }).nullable().openapi({ description: "once the horizon has passed" }),
}).openapi("SuggestionHistory");

/** One HTLC that a node forwarded or tried to, with its place in the journal. */
export const forwardViewSchema = z.object({
  seq: z.int(),
  time,
  ...forwardSchema.shape,
}).openapi("Forward");

/** What moved through one channel in one hour. */
export const hourViewSchema = z.object({
  hour: time,
  node: z.string(),
  channel_id: z.string(),
  out_count: z.int(),
  in_count: z.int(),
  failed_count: z.int(),
  out_msat: z.number(),
  in_msat: z.number(),
  fees_msat: z.number(),
  rebalanced_msat: z.number(),
  rebalance_cost_msat: z.number(),
}).openapi("Hour");

/** Query of suggestions made earlier. */
export const historyQuerySchema = listQuerySchema.omit({ node: true }).extend({
  with_result: z.enum(["true", "false"]).default("false").transform((text) => text === "true")
    .openapi({ description: "true: only those of which a result is known" }),
});

/** Query of forwards. */
export const forwardQuerySchema = z.object({
  node: z.string().min(1).max(200).optional().openapi({ description: "only this node's" }),
  limit: z.coerce.number().int().min(1).max(10_000).default(1000),
  before: z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER).optional().openapi({
    description: "only those before this place; `next` of the page before",
  }),
});

/** Query of hours. */
export const hourQuerySchema = listQuerySchema.extend({
  from: z.string().max(40).refine((text) => parseIsoTime(text) !== undefined, {
    error: "expected an ISO 8601 time",
  }).optional().openapi({ description: "ISO 8601; hours that begin then or later" }),
});

const retrainingSchema = z.object({
  status: z.enum(["promoted", "kept", "failed"]),
  model: z.string().nullable(),
  reason: z.string(),
  feature_drift: z.array(z.object({ feature: z.string(), psi: z.number() })).openapi({
    description:
      "population stability index of the features that moved most since the champion was trained; above 0.25 they have moved",
  }),
  finished: time,
});

/** Models known to the registry. */
export const modelsSchema = z.object({
  serving: z.string().nullable(),
  serving_since: time.nullable(),
  last_retraining: retrainingSchema.nullable(),
  models: z.array(
    z.object({ id: z.string(), champion: z.boolean(), details: z.record(z.string(), z.unknown()) }),
  ),
}).openapi("Models");

/** Figures of the model that serves now. */
export const performanceSchema = z.object({
  model: z.string().nullable(),
  serving_since: time.nullable(),
  event_time: time.nullable(),
  events: z.int(),
  channels: z.int(),
  retraining: z.boolean().openapi({ description: "a retraining is under way" }),
  last_retraining: retrainingSchema.nullable(),
  drift: z.object({
    state: z.enum(["learning", "steady", "warning", "drift"]),
    level: z.number().openapi({ description: "1 and more is an alarm" }),
    alarms: z.int(),
    last_alarm: z.object({ direction: z.enum(["up", "down"]).nullable(), since: time.nullable() })
      .nullable().openapi({ description: "of the model that serves" }),
  }).nullable().openapi({ description: "the model's errors beside what was usual" }),
  metrics: z.record(z.string(), z.unknown()).openapi({
    description: "errors of the model, its online correction and the baselines, measured live",
  }),
}).openapi("Performance");

const twinFiguresSchema = z.object({
  payments: z.int(),
  success_rate: ratio,
  forwards: z.int(),
  fees_earned_msat: z.number(),
  rebalance_cost_msat: z.number(),
  net_income_msat: z.number(),
});

/** Both twins of a simulation side by side; null where none runs. */
export const twinSchema = z.object({
  time,
  lens: twinFiguresSchema,
  baseline: twinFiguresSchema,
  gain_msat: z.number(),
}).nullable().openapi("Twin");

/** Whether the program works, and with what. */
export const healthSchema = z.object({
  status: z.literal("ok"),
  version: z.string(),
  journal_seq: z.int(),
  recovered_events: z.int(),
}).openapi("Health");
