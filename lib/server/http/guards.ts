import { bearerToken, isLoopback, quote, sameSecret } from "../../core/mod.ts";
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie } from "hono/cookie";
import { secureHeaders } from "hono/secure-headers";
import { rateLimiter } from "hono-rate-limiter";
import { problem } from "./problem.ts";

/** Name of the cookie that carries the token of a browser. */
export const TOKEN_COOKIE = "lightning_lens_token";

/** Headers of every answer: nothing from elsewhere is loaded, framed or guessed. */
export function headers(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      connectSrc: ["'self'"],
      fontSrc: ["'self'"],
      workerSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
    strictTransportSecurity: false,
    xFrameOptions: "DENY",
    referrerPolicy: "no-referrer",
  });
}

/**
 * Against DNS rebinding and requests that other sites make in a browser: on loopback the `Host`
 * must be a loopback name, and an `Origin`, where there is one, must be this server's own.
 */
export function sameSite(loopbackOnly: boolean): MiddlewareHandler {
  return (c, next) => {
    const host = c.req.header("host") ?? "";
    if (loopbackOnly && !isLoopback(host.replace(/:\d+$/, ""))) {
      return Promise.resolve(
        problem(403, `host: found ${quote(host)}, expected localhost or 127.0.0.1`),
      );
    }
    const origin = c.req.header("origin");
    if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).host !== host)) {
      return Promise.resolve(
        problem(403, `origin: found ${quote(origin)}, expected this server's own`),
      );
    }
    return next();
  };
}

/** Lets pass whoever shows the token, as `Authorization: Bearer` or in the cookie. */
export function bearer(token: string): MiddlewareHandler {
  return (c, next) => {
    if (hasToken(c, token)) return next();
    return Promise.resolve(
      problem(401, "the token of the data folder is required as Authorization: Bearer", {
        headers: { "www-authenticate": 'Bearer realm="lightning-lens"' },
      }),
    );
  };
}

function hasToken(c: Context, token: string): boolean {
  const given = bearerToken(c.req.header("authorization")) ?? getCookie(c, TOKEN_COOKIE);
  return given !== undefined && sameSecret(given, token);
}

/** Bodies of so many bytes at most; `advice` ends the sentence that refuses larger ones. */
export function limitBody(maxSize: number, advice = ""): MiddlewareHandler {
  return bodyLimit({
    maxSize,
    onError: () => problem(413, `found more than ${maxSize} bytes${advice}`),
  });
}

/** At most `perSecond` requests a second of one address, counted over ten seconds. */
export function limitRate(perSecond: number): MiddlewareHandler {
  return rateLimiter({
    windowMs: 10_000,
    limit: perSecond * 10,
    keyGenerator: remoteAddress,
    handler: (c) => {
      c.res = problem(429, `more than ${perSecond} requests a second`, {
        headers: { "retry-after": "10" },
      });
      return c.res;
    },
  });
}

/** Who asks; Deno.serve hands it over beside the request. */
function remoteAddress(c: Context): string {
  const info = c.env as { remoteAddr?: { hostname?: string } } | undefined;
  return info?.remoteAddr?.hostname ?? "in-process";
}
