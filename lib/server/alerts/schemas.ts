import { z } from "@hono/zod-openapi";
import { ALERT_CODES } from "./rules.ts";

const time = z.string().openapi({ format: "date-time", description: "ISO 8601, UTC" });

/** What stands and what is silenced. */
export const alertsSchema = z.object({
  alerts: z.array(z.object({
    code: z.enum(ALERT_CODES),
    key: z.string().openapi({ description: "the code, or `code:what`" }),
    text: z.string(),
    advice: z.string(),
    brief: z.string().nullable().openapi({ description: "the same in few words, for a list" }),
    stake_sat: z.number().nullable().openapi({ description: "what may be lost, where known" }),
    since: time,
    silenced_until: time.nullable(),
  })).openapi({ description: "the oldest first" }),
  silences: z.array(z.object({ key: z.string(), until: time })),
}).openapi("Alerts");
export type AlertsView = z.output<typeof alertsSchema>;

/** What is asked to be silenced. */
export const silenceSchema = z.strictObject({
  key: z.string().max(500).refine((key) => ALERT_CODES.some((code) => code === key.split(":")[0]), {
    error: `expected ${ALERT_CODES.join(", ")}, or one of them with what it is about`,
  }).openapi({ description: "of an alert, or a code: all of its kind" }),
  minutes: z.number().min(0).max(525_600).openapi({ description: "0 ends a silence" }),
});

/** Until when a silence holds. */
export const silencedSchema = z.object({ until: time });
