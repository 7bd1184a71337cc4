/** What the routes for people who look answer, on the wire: snake_case, times as ISO 8601. */
import { z } from "@hono/zod-openapi";
import {
  forwardViewSchema,
  listQuerySchema,
  routeSchema,
  suggestionViewSchema,
  trySchema,
} from "./schemas.ts";
import { policySchema, suggestionResultSchema } from "../../protocol/mod.ts";

const time = z.string().openapi({ format: "date-time", description: "ISO 8601, UTC" });
const ratio = z.number().min(0).max(1);

/** Query of what is of one node or of all. */
export const nodeQuerySchema = listQuerySchema.pick({ node: true });

/** Query of flows. */
export const flowQuerySchema = nodeQuerySchema.extend({
  days: z.coerce.number().int().min(1).max(31).default(7),
});

/** What happened by hour, and what suggestions promised beside what came of them. */
export const activitySchema = z.object({
  now: time.nullable().openapi({ description: "time of the newest event" }),
  hours: z.array(z.object({
    hour: time,
    settled: z.int(),
    failed: z.int(),
    lacked: z.int().openapi({ description: "forwards an own channel lacked balance for" }),
    out_msat: z.number(),
    fees_msat: z.number(),
    rebalances: z.int(),
    rebalance_cost_msat: z.number(),
  })),
  judged: z.array(z.object({
    day: time,
    carried_out: z.boolean().openapi({
      description: "false: judged as if it had been carried out",
    }),
    count: z.int(),
    paid: z.int(),
    projected_msat: z.number(),
    realised_msat: z.number(),
  })),
  confidence: z.array(z.object({ count: z.int(), mean: ratio.nullable(), paid: ratio.nullable() }))
    .openapi({
      description: "suggestions by confidence, ten bins; `paid` is the share that paid for itself",
    }),
}).openapi("Activity");

/** Who paid through whom. */
export const flowsSchema = z.object({
  days: z.int(),
  flows: z.array(z.object({
    node: z.string(),
    in_peer: z.string(),
    out_peer: z.string(),
    count: z.int(),
    amount_msat: z.number(),
    fees_msat: z.number(),
  })),
}).openapi("Flows");

const reasonSchema = z.object({ feature: z.string(), effect_sat: z.number(), text: z.string() });

/** One channel's past, and what other balances would be worth. */
export const channelHistorySchema = z.object({
  trail: z.array(z.object({
    hour: time,
    local_balance_sat: z.number().nullable(),
    low_ratio: ratio.nullable(),
    high_ratio: ratio.nullable(),
  })),
  forwards: z.array(forwardViewSchema),
  shortage: z.object({ days: z.int(), count: z.int(), amount_msat: z.number() }),
  local_policy: policySchema.nullable(),
  remote_policy: policySchema.nullable(),
  what_if: z.array(z.object({
    local_sat: z.number(),
    gain_msat: z.number(),
    short_outbound: ratio,
    short_inbound: ratio,
  })),
  reasons: z.object({ outbound: z.array(reasonSchema), inbound: z.array(reasonSchema) }).nullable(),
}).openapi("ChannelHistory");

/** The graph that routes are looked for in, as columns. */
export const networkSchema = z.object({
  nodes: z.array(z.string()),
  aliases: z.array(z.string()),
  channels: z.array(z.string()),
  ends: z.array(z.int()).openapi({ description: "two places in `nodes` for each channel" }),
  capacity_sat: z.array(z.number()),
}).nullable().openapi("Network");

/** Errors over time. */
export const errorHistorySchema = z.object({
  points: z.array(z.object({
    time,
    losses: z.record(z.string(), z.number()),
    coverage: z.number().nullable(),
  })),
}).openapi("ErrorHistory");

/** Rebalances that were begun here, or of which a simulation tells. */
export const executionsSchema = z.object({
  enabled: z.boolean(),
  stopped: z.boolean(),
  spending: z.object({
    settled_msat: z.number(),
    reserved_msat: z.number(),
    budget_msat: z.number(),
  }).nullable(),
  executions: z.array(z.object({
    suggestion: suggestionViewSchema.pick({
      ...{ id: true, node: true, source_node: true, source_channel: true, target_node: true },
      ...{ target_channel: true, amount_msat: true },
    }).extend({ fee_limit_msat: z.number().nullable() }),
    begun: time,
    ended: time.nullable(),
    attempts: z.array(z.object({
      amount_msat: z.number(),
      state: z.string(),
      fee_msat: z.number(),
      reason: z.string().nullable(),
    })).openapi({ description: "payments in the ledger" }),
    tries: z.array(trySchema).openapi({ description: "routes that were tried, in order" }),
    under_way: z.array(routeSchema).openapi({ description: "what was sent and has no end yet" }),
    result: suggestionResultSchema.pick({
      status: true,
      reason: true,
      amount_msat: true,
      fee_msat: true,
    }).nullable(),
  })),
}).openapi("Executions");

/** Until when a pair of channels is not proposed. */
export const dismissedSchema = z.object({ until: time }).openapi("Dismissed");

/** Which model serves after a change. */
export const servingSchema = z.object({ serving: z.string() }).openapi("Serving");
