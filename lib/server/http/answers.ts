/** How requests are read and answers sent. */
import type { z } from "@hono/zod-openapi";
import { parseWith } from "../../protocol/mod.ts";
import type { Context } from "hono";
import { type CachedJson, cachedJson } from "../views/cached_json.ts";
import { listQuerySchema } from "../views/schemas.ts";

/** The query of a request; that of lists where no other schema is given. */
export function query(c: Context): z.output<typeof listQuerySchema>;
export function query<S extends z.ZodType>(c: Context, schema: S): z.output<S>;
export function query(c: Context, schema: z.ZodType = listQuerySchema) {
  return parseWith(schema, c.req.query(), { field: "query" });
}

/** A value as JSON, or 304 for a caller that has it. */
export function sendJson(c: Context, value: unknown): Response {
  return sendCached(c, cachedJson(value));
}

/** JSON that is kept, or 304 for a caller that has it. */
export function sendCached(c: Context, { bytes, etag }: CachedJson): Response {
  const headers = { "content-type": "application/json", etag, "cache-control": "no-cache" };
  const known = knows(c.req.header("if-none-match"), etag);
  return known ? new Response(null, { status: 304, headers }) : new Response(bytes, { headers });
}

/** Whether a list of ETags has one; proxies that compress mark it as weak. */
function knows(list: string | undefined, etag: string): boolean {
  if (list === undefined || list === etag) return list === etag;
  return list.split(",").some((one) => ["*", etag, `W/${etag}`].includes(one.trim()));
}
