import { createRoute, type OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import { isoTime, MINUTE_MS } from "../../core/mod.ts";
import { parseWith } from "../../protocol/mod.ts";
import { limitBody } from "./guards.ts";
import type { LensServer } from "../lens_server.ts";
import { problem } from "./problem.ts";
import { json, problems } from "./route_parts.ts";
import { alertsSchema, silencedSchema, silenceSchema } from "../alerts/schemas.ts";

const MOST_BODY_BYTES = 4096;

/** Routes of what needs a human. */
export const ALERT_ROUTES = {
  alerts: createRoute({
    method: "get",
    path: "/api/alerts",
    summary: "What needs a human now, and what is silenced",
    responses: { 200: json("alerts", alertsSchema), ...problems(401, 403, 429) },
  }),
  silence: createRoute({
    method: "post",
    path: "/api/alerts/silence",
    summary: "Nobody is told of an alert, or of all of a code, for a while",
    request: {
      body: { required: true, content: { "application/json": { schema: silenceSchema } } },
    },
    responses: {
      200: json("until", silencedSchema),
      ...problems(400, 401, 403, 413, 422, 429),
    },
  }),
} as const satisfies Record<string, RouteConfig>;

/** Adds what {@linkcode ALERT_ROUTES} describes. */
export function addAlerts(app: OpenAPIHono, server: LensServer): void {
  app.get("/api/alerts", (c) => c.json(server.alerts.view()));
  app.post("/api/alerts/silence", limitBody(MOST_BODY_BYTES), async (c) => {
    let body: unknown;
    try {
      body = await c.req.json();
    } catch {
      return problem(400, "expected JSON");
    }
    const { key, minutes } = parseWith(silenceSchema, body);
    const untilMs = await server.alerts.silence(key, minutes * MINUTE_MS);
    return c.json({ until: isoTime(untilMs) });
  });
}
