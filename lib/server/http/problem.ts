import { InputError } from "../../core/mod.ts";
import { z } from "@hono/zod-openapi";

/** An error as it leaves the server: RFC 9457, with the place of the fault where there is one. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** What is wrong, as a path such as `3.capacity`. */
  field: z.string().optional(),
  /** 1-based line of an NDJSON body. */
  line: z.int().optional(),
  expected: z.string().optional(),
  /** Events of this request that were taken before the fault. */
  accepted: z.int().optional(),
}).openapi("Problem");

/** Body of a problem. */
export type Problem = z.output<typeof problemSchema>;

const TITLES: Record<number, string> = {
  400: "The body can't be read",
  401: "A token is required",
  403: "Not from here",
  404: "Not found",
  405: "Not with this method",
  409: "Not as things are",
  412: "It has changed meanwhile",
  413: "The body is too large",
  415: "Not of this content type",
  422: "A value is wrong",
  429: "Too many requests",
  500: "The server failed",
  503: "Not now",
};

/** A problem as a response. */
export function problem(
  status: number,
  detail: string,
  more: Partial<Problem> & { headers?: Record<string, string> } = {},
): Response {
  const { headers, ...members } = more;
  const body: Problem = {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    detail,
    ...members,
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}

/** The problem of wrong input: it names the field, what was found and what was expected. */
export function inputProblem(error: InputError, more: Partial<Problem> = {}): Response {
  const { field, line, expected } = error.fault;
  return problem(422, error.message, { field, line, expected, ...more });
}
