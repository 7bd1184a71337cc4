/** How a rebalance that is being carried out stands. */
import { z } from "zod";
import { attemptDetailSchema } from "./events.ts";
import type { Camel } from "./names.ts";
import { amountSchema, idSchema } from "./parse.ts";

/** Payload of `rebalance_progress`: told when something is sent and when it has ended. */
export const rebalanceProgressSchema = z.object({
  /** The suggestion's. */
  id: idSchema,
  node: idSchema,
  source_channel: idSchema,
  target_channel: idSchema,
  /** All that is to be moved, and what that may cost. */
  amount_msat: amountSchema,
  fee_limit_msat: amountSchema,
  /** Attempts that have ended, in the order in which they did. */
  tries: z.array(attemptDetailSchema).max(200),
  /** What was sent and has no end yet. */
  under_way: z.array(z.object({
    /** From the source channel to the target channel; none where the node chooses the route. */
    channels: z.array(idSchema).max(30),
    amount_msat: amountSchema,
    fee_msat: amountSchema,
  })).max(50),
});
export type RebalanceProgress = Camel<z.output<typeof rebalanceProgressSchema>>;
