import { bearerToken, InputError, isLoopback, quote, sameSecret } from "../../core/mod.ts";
import {
  parseJsonText,
  parseWith,
  simulationControlSchema,
  type SimulationStatus,
  snakeNames,
} from "../../protocol/mod.ts";
import type { SimulationControls } from "./controls.ts";

/** Who may look at and control a simulation. */
export interface ControlGuard {
  /** Bound to loopback: only loopback names are served. */
  loopbackOnly: boolean;
  /** Required of every caller where it is set. */
  token?: string;
}

export const CONTROL_PATHS = { status: "/api/simulation", control: "/api/simulation/control" };

/** Characters of a request's body. */
const MOST_CHARACTERS = 10_000;

/**
 * Answers `GET /api/simulation` and `POST /api/simulation/control`; undefined for other paths.
 * What is wrong is a problem as in RFC 9457.
 */
export async function answerControl(
  request: Request,
  controls: SimulationControls,
  guard: ControlGuard,
): Promise<Response | undefined> {
  const { pathname } = new URL(request.url);
  const method = { [CONTROL_PATHS.status]: "GET", [CONTROL_PATHS.control]: "POST" }[pathname];
  if (method === undefined) return undefined;
  const refused = guardAgainst(request, guard);
  if (refused !== undefined) return refused;
  if (request.method !== method) {
    return problem(405, `found ${request.method}, expected ${method}`, { allow: method });
  }
  if (method === "GET") return json(controls.status());
  try {
    const report = controls.apply(await bodyOf(request));
    return report.refused === undefined ? json(report.status) : problem(422, report.refused);
  } catch (error) {
    if (error instanceof InputError) return problem(422, error.message);
    throw error;
  }
}

/** True for a request that shows the token, or where none is required. */
export function mayControl({ headers }: Request, { token }: ControlGuard): boolean {
  if (token === undefined) return true;
  const given = bearerToken(headers.get("authorization"));
  return given !== undefined && sameSecret(given, token);
}

function guardAgainst(request: Request, guard: ControlGuard): Response | undefined {
  const { hostname } = new URL(request.url);
  if (guard.loopbackOnly && !isLoopback(hostname)) {
    return problem(403, `host: found ${quote(hostname)}, expected localhost or 127.0.0.1`);
  }
  const origin = request.headers.get("origin");
  if (origin !== null && origin !== new URL(request.url).origin) {
    return problem(403, `origin: found ${quote(origin)}, expected this server's own`);
  }
  return mayControl(request, guard)
    ? undefined
    : problem(401, "the token of the data folder is required as Authorization: Bearer");
}

/** @throws {InputError} for what is no control */
async function bodyOf(request: Request) {
  const text = await request.text();
  if (text.length > MOST_CHARACTERS) {
    throw new InputError({ expected: `a body of ${MOST_CHARACTERS} characters at most` });
  }
  return parseWith(simulationControlSchema, parseJsonText(text, "body"));
}

function json(status: SimulationStatus): Response {
  return Response.json(snakeNames(status), { headers: { "cache-control": "no-store" } });
}

function problem(status: number, detail: string, headers: HeadersInit = {}): Response {
  const body = JSON.stringify({ type: "about:blank", status, detail });
  return new Response(body, {
    status,
    headers: { "content-type": "application/problem+json", ...headers },
  });
}
