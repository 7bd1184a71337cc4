/** Pieces that the descriptions of routes share. */
import { z } from "@hono/zod-openapi";
import { problemSchema } from "./problem.ts";

const PROBLEMS: Record<number, string> = {
  400: "the body can't be read",
  401: "the token is missing or wrong (only where one is required)",
  403: "the Host or Origin is not this server's own",
  404: "there is no such thing",
  409: "it can't be done as things are; `detail` says why",
  412: "another model serves than If-Match names",
  413: "the body is too large; `detail` says how much is taken",
  415: "neither JSON nor NDJSON",
  422: "a value is wrong; `field` names it",
  429: "too many requests of one address",
  503: "the server can't take this now; try again",
};

/** Answers that are problems. */
export const problems = (...statuses: number[]) =>
  Object.fromEntries(statuses.map((status) => [status, {
    description: PROBLEMS[status],
    content: { "application/problem+json": { schema: problemSchema } },
  }]));

/** An answer in JSON. */
export const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { "application/json": { schema } },
});

/** The answer to a request for what the caller has already. */
export const UNCHANGED = {
  304: { description: "unchanged since the ETag in If-None-Match" },
};

/** A channel in a path. */
export const params = z.object({
  node: z.string().min(1).max(200),
  id: z.string().min(1).max(200),
});

/** The form of an `If-Match` or `ETag` header. */
export const ENTITY_TAG = /^"[^"]+"$/;
