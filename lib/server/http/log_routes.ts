import { createRoute, type OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import { isoTime } from "../../core/mod.ts";
import { query } from "./answers.ts";
import type { LensServer } from "../lens_server.ts";
import { json, problems } from "./route_parts.ts";

const LEVELS = ["debug", "info", "warning", "error"] as const;

const logQuerySchema = z.object({
  level: z.enum(LEVELS).default("info").openapi({ description: "lines of this level and graver" }),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});

const logSchema = z.object({
  lines: z.array(z.object({
    time: z.string().openapi({ format: "date-time", description: "ISO 8601, UTC" }),
    level: z.string(),
    room: z.string().openapi({ description: "who says it" }),
    text: z.string(),
  })),
}).openapi("Log");

/** Routes of the log. */
export const LOG_ROUTES = {
  log: createRoute({
    method: "get",
    path: "/api/log",
    summary: "The newest lines of the log, newest first; credentials never stand in it",
    request: { query: logQuerySchema },
    responses: { 200: json("lines", logSchema), ...problems(401, 403, 422, 429) },
  }),
} as const satisfies Record<string, RouteConfig>;

/**
 * Adds what {@linkcode LOG_ROUTES} describes.
 *
 * @param token of the server itself: it is not shown, whoever wrote it into the log
 */
export function addLog(app: OpenAPIHono, server: LensServer, token?: string): void {
  app.get("/api/log", (c) => {
    const { level, limit } = query(c, logQuerySchema);
    const entries = server.options.log?.list(level, limit) ?? [];
    return c.json({
      lines: entries.map(({ timeMs, level, room, text }) => ({
        time: isoTime(timeMs),
        level,
        room,
        text: token === undefined ? text : text.replaceAll(token, "[token]"),
      })),
    });
  });
}
