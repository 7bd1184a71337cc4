import { OpenAPIHono } from "@hono/zod-openapi";
import { InputError, isoTime, logger, parseIsoTime, SECOND_MS } from "../../core/mod.ts";
import { channelKey } from "../../liquidity/mod.ts";
import { setCookie } from "hono/cookie";
import { upgradeWebSocket } from "hono/deno";
import { query, sendCached, sendJson } from "./answers.ts";
import { cachedJson } from "../views/cached_json.ts";
import { Conversation } from "../conversation.ts";
import { docsPage } from "./docs_page.ts";
import type { DashboardFile } from "../state/engine.ts";
import { bearer, headers, limitBody, limitRate, sameSite, TOKEN_COOKIE } from "./guards.ts";
import { addAlerts } from "./alert_routes.ts";
import { addControls, addInsights } from "./insight_app.ts";
import type { LensServer } from "../lens_server.ts";
import { addLog } from "./log_routes.ts";
import { inputProblem, problem } from "./problem.ts";
import { ROUTES } from "./routes.ts";
import { historyView } from "../insights/run_views.ts";
import { forwardQuerySchema, historyQuerySchema, hourQuerySchema } from "../views/schemas.ts";
import { addSimulation } from "./simulation_routes.ts";
import { MAX_BODY_BYTES, update } from "./update_route.ts";
import { forwardView, hourView, retrainingView, twinView } from "../views/views.ts";

/** Version that `/health` and the OpenAPI document tell. */
export const API_VERSION = "1.0.0";

/** How the server shows itself. */
export interface AppOptions {
  /** Required of every caller of the API where it is set. */
  token?: string;
  /** Bound to loopback: only loopback names are served. Default true. */
  loopbackOnly?: boolean;
  /** Requests a second of one address, reads and updates each. Default 2,000. */
  ratePerSecond?: number;
  /** Files of the dashboard by path (`/` is its page); undefined for what it does not have. */
  dashboard?: (path: string) => Promise<DashboardFile | undefined>;
}

/** The whole HTTP interface over a {@linkcode LensServer}. */
export function createApp(server: LensServer, options: AppOptions = {}): OpenAPIHono {
  const app = new OpenAPIHono();
  app.use(headers());
  app.use(async (c, next) => {
    await next();
    server.metrics.add("requests_total", { status: `${Math.floor(c.res.status / 100)}xx` });
  });
  app.use(sameSite(options.loopbackOnly ?? true));
  const rate = options.ratePerSecond ?? 2000;
  app.use("/api/*", limitRate(rate));
  if (options.token !== undefined) {
    app.use("/api/*", bearer(options.token));
    app.use("/metrics", bearer(options.token));
    app.use("/ws", bearer(options.token));
  }
  app.onError((error) => {
    if (error instanceof InputError) return inputProblem(error);
    // Whoever hung up in the middle of a body hears no answer, and no fault is with us.
    if (error instanceof Deno.errors.BadResource) return problem(400, "the body ended too early");
    logger("server").error`${error.stack ?? String(error)}`;
    return problem(500, "an unexpected error; the log tells more");
  });
  for (const route of Object.values(ROUTES)) app.openAPIRegistry.registerPath(route);
  addUpdate(app, server);
  addReads(app, server);
  addInsights(app, server);
  addControls(app, server);
  addAlerts(app, server);
  addLog(app, server, options.token);
  addSimulation(app, server);
  addOperations(app, server, options);
  addSocket(app, server);
  addPages(app, options);
  return app;
}

function addUpdate(app: OpenAPIHono, server: LensServer): void {
  const limit = limitBody(MAX_BODY_BYTES, "; send NDJSON instead");
  app.post(
    "/api/update",
    (c, next) =>
      c.req.header("content-type")?.startsWith("application/x-ndjson") ? next() : limit(c, next),
    (c) => update(server, c),
  );
}

function addReads(app: OpenAPIHono, server: LensServer): void {
  const { store } = server.options;
  app.get("/api/performance", (c) => c.json(server.performanceView()));
  app.get("/api/channels", (c) => {
    const { node, limit, offset } = query(c);
    const rows = server.channels.list(node);
    return sendJson(c, {
      total: rows.length,
      channels: server.channelViews(rows.slice(offset, offset + limit)),
    });
  });
  app.get("/api/channels/:node/:id", (c) => {
    const { node, id } = c.req.param();
    const row = server.channels.get(channelKey(node, id));
    if (row === undefined) return problem(404, `no channel ${id} of node ${node} is known`);
    const { decisions } = server.planView(node);
    return sendJson(c, {
      channel: server.channelViews([row])[0],
      prediction: server.prediction(channelKey(node, id)) ?? null,
      decision: decisions.find((d) => d.channel_id === id) ?? null,
    });
  });
  app.get("/api/predictions", (c) => {
    const { node, limit, offset } = query(c);
    const all = server.predictions();
    const mine = node === undefined ? all : all.filter((p) => p.node === node);
    return sendJson(c, { total: mine.length, predictions: mine.slice(offset, offset + limit) });
  });
  app.get("/api/forwards", async (c) => {
    const { before, limit, node } = query(c, forwardQuerySchema);
    const page = await store.recent({ kind: "forward", node, limit, beforeSeq: before });
    return c.json({ forwards: page.events.map(forwardView), next: page.nextBefore ?? null });
  });
  app.get("/api/hours", async (c) => {
    const { from, ...rest } = query(c, hourQuerySchema);
    const fromMs = from === undefined ? 0 : parseIsoTime(from) ?? 0;
    return c.json({ hours: (await store.hours({ ...rest, fromMs })).map(hourView) });
  });
  app.get("/api/recommendations", (c) => {
    const { node } = query(c);
    if (node === undefined) return sendCached(c, server.recommendations);
    return sendJson(c, server.planView(node));
  });
  app.get("/api/suggestions", async (c) => {
    const { limit, offset, with_result: withResult } = query(c, historyQuerySchema);
    const rows = await store.suggestions({ limit, offset, withResult });
    return c.json({ suggestions: rows.map((row) => historyView(server, row)) });
  });
  app.get("/api/models", async (c) =>
    sendJson(c, {
      serving: server.modelId ?? null,
      serving_since: server.servingSinceMs === undefined ? null : isoTime(server.servingSinceMs),
      last_retraining: retrainingView(server.lastRetraining),
      models: await server.options.models?.() ?? [],
    }));
  app.get("/api/twin", (c) => c.json(twinView(server.simulation.twin)));
  app.get("/api/events", (c) =>
    c.body(server.live.reader(), 200, {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
    }));
}

function addOperations(app: OpenAPIHono, server: LensServer, options: AppOptions): void {
  const health = () => ({
    status: "ok" as const,
    version: API_VERSION,
    journal_seq: server.options.store.lastSeq,
    recovered_events: server.recoveredEvents,
  });
  app.get("/health", (c) => c.json(health()));
  app.get(
    "/ready",
    (c) => server.unready === undefined ? c.json(health()) : problem(503, server.unready),
  );
  app.get("/metrics", async () => {
    gauge(server);
    return new Response(await server.metrics.text(), {
      headers: { "content-type": server.metrics.contentType },
    });
  });
  app.post("/api/session", (c) => {
    if (options.token !== undefined) {
      setCookie(c, TOKEN_COOKIE, options.token, {
        httpOnly: true,
        sameSite: "Strict",
        path: "/",
      });
    }
    return c.body(null, 204);
  });
}

function addSocket(app: OpenAPIHono, server: LensServer): void {
  app.get(
    "/ws",
    upgradeWebSocket(() => {
      let conversation: Conversation | undefined;
      return {
        onOpen: (_, socket) => conversation = new Conversation(server, socket),
        onMessage: ({ data }, socket) => {
          if (typeof data !== "string") return socket.close(1003, "expected text");
          if (data.length > MAX_BODY_BYTES) return socket.close(1009, "message too large");
          conversation?.hear(data);
        },
        onClose: () => conversation?.ended(),
      };
    }),
    () => problem(426, "expected a WebSocket"),
  );
}

function addPages(app: OpenAPIHono, options: AppOptions): void {
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "LightningLens",
      version: API_VERSION,
      description: "Demand forecasts and rebalance suggestions for Lightning channels.",
      license: { name: "MIT" },
    },
  });
  const openapi = cachedJson(document);
  app.get("/openapi.json", (c) => sendCached(c, openapi));
  const page = docsPage(document);
  app.get("/docs", (c) => c.html(page.html));
  app.get("/docs.css", (c) => c.body(page.css, 200, { "content-type": "text/css" }));
  app.notFound(async (c) => {
    const reads = c.req.method === "GET" || c.req.method === "HEAD";
    const file = reads ? await options.dashboard?.(c.req.path) : undefined;
    const allowed = methodsOf(c.req.path);
    if (file === undefined && allowed.length > 0) {
      const headers = { allow: allowed.join(", ") };
      return problem(405, `found ${c.req.method}, expected ${headers.allow}`, { headers });
    }
    if (file === undefined) {
      return problem(404, `there is no ${c.req.method} ${c.req.path}; see /docs`);
    }
    return new Response(new Uint8Array(file.body), {
      headers: { "content-type": file.contentType },
    });
  });
}

/** Methods that a path takes; none for a path that is not described. */
function methodsOf(path: string): string[] {
  const depth = path.split("/").length;
  return Object.values(ROUTES).filter((route) => {
    const pattern = route.path.replace(/\{\w+\}/g, "[^/]+");
    return route.path.split("/").length === depth && new RegExp(`^${pattern}$`).test(path);
  }).map((route) => route.method.toUpperCase());
}

/** Figures that are read off when asked for. */
function gauge(server: LensServer): void {
  const { metrics, options } = server;
  metrics.set("events_pending", server.pendingEvents);
  metrics.set("journal_seq", options.store.lastSeq);
  if (options.store.lastSeq > 0) {
    metrics.set("event_time_seconds", options.engine.nowMs / SECOND_MS);
  }
  metrics.set("channels", server.channels.size);
  if (options.drift) metrics.set("drift_level", options.drift.state.level);
  for (const [of, sat] of Object.entries(options.losses?.() ?? {})) {
    if (Number.isFinite(sat)) metrics.set("model_loss_sat", sat, { of });
  }
  metrics.set("live_readers", server.live.readers);
  metrics.set("resident_memory_bytes", Deno.memoryUsage().rss);
  if (server.servingSinceMs !== undefined) {
    metrics.set(
      "model_age_seconds",
      (options.clock.nowMs() - server.servingSinceMs) / SECOND_MS,
    );
  }
}
