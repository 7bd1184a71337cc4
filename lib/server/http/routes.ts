import { createRoute, type RouteConfig, z } from "@hono/zod-openapi";
import { updateAnswerSchema, updateBodySchema, updateEventSchema } from "../../protocol/mod.ts";
import { ALERT_ROUTES } from "./alert_routes.ts";
import { INSIGHT_ROUTES } from "./insight_routes.ts";
import { LOG_ROUTES } from "./log_routes.ts";
import { json, params, problems, UNCHANGED } from "./route_parts.ts";
import { SIMULATION_ROUTES } from "./simulation_routes.ts";
import {
  channelViewSchema,
  forwardQuerySchema,
  forwardViewSchema,
  healthSchema,
  historyQuerySchema,
  historyViewSchema,
  hourQuerySchema,
  hourViewSchema,
  listQuerySchema,
  modelsSchema,
  performanceSchema,
  predictionViewSchema,
  recommendationsSchema,
  twinSchema,
} from "../views/schemas.ts";

const nodeQuery = listQuerySchema.pick({ node: true });

/** All routes as the OpenAPI document describes them, in its order. */
export const ROUTES = {
  update: createRoute({
    method: "post",
    path: "/api/update",
    summary: "Takes events",
    description:
      "One event or an array of them (all are taken or none), or NDJSON, one event a line (taken in runs of 1,000; an error tells how many were). Answered when the events are on disk. An event with an `event_id` that is known already counts once.",
    request: {
      body: {
        required: true,
        content: {
          "application/json": { schema: updateBodySchema },
          "application/x-ndjson": { schema: updateEventSchema },
        },
      },
    },
    responses: {
      200: json("stored", updateAnswerSchema),
      ...problems(400, 401, 403, 413, 415, 422, 429, 503),
    },
  }),
  performance: createRoute({
    method: "get",
    path: "/api/performance",
    summary: "Figures of the model that serves now",
    responses: { 200: json("figures", performanceSchema), ...problems(401, 403, 429) },
  }),
  channels: createRoute({
    method: "get",
    path: "/api/channels",
    summary: "Channels with their balances",
    request: { query: listQuerySchema },
    responses: {
      200: json(
        "channels, in the order in which they were first seen",
        z.object({ total: z.int(), channels: z.array(channelViewSchema) }),
      ),
      ...UNCHANGED,
      ...problems(401, 403, 422, 429),
    },
  }),
  channel: createRoute({
    method: "get",
    path: "/api/channels/{node}/{id}",
    summary: "One channel: balances, prediction and decision",
    request: { params },
    responses: {
      200: json(
        "the channel",
        z.object({
          channel: channelViewSchema,
          prediction: predictionViewSchema.nullable(),
          decision: recommendationsSchema.shape.decisions.element.nullable(),
        }),
      ),
      ...UNCHANGED,
      ...problems(401, 403, 404, 429),
    },
  }),
  forwards: createRoute({
    method: "get",
    path: "/api/forwards",
    summary: "Forwards, the newest in the journal first",
    description:
      "A page and `next`, the `before` of the page that follows; null at the end. A page may be short of `limit` where forwards are rare.",
    request: { query: forwardQuerySchema },
    responses: {
      200: json(
        "forwards",
        z.object({ forwards: z.array(forwardViewSchema), next: z.int().nullable() }),
      ),
      ...problems(401, 403, 422, 429),
    },
  }),
  hours: createRoute({
    method: "get",
    path: "/api/hours",
    summary: "Sums by channel and hour of what has left the journal, oldest first",
    request: { query: hourQuerySchema },
    responses: {
      200: json("hours", z.object({ hours: z.array(hourViewSchema) })),
      ...problems(401, 403, 422, 429),
    },
  }),
  predictions: createRoute({
    method: "get",
    path: "/api/predictions",
    summary: "What each channel will need, with quantiles",
    request: { query: listQuerySchema },
    responses: {
      200: json(
        "predictions",
        z.object({ total: z.int(), predictions: z.array(predictionViewSchema) }),
      ),
      ...UNCHANGED,
      ...problems(401, 403, 422, 429),
    },
  }),
  recommendations: createRoute({
    method: "get",
    path: "/api/recommendations",
    summary: "Suggested rebalances with reasons, and a decision for every channel",
    request: { query: nodeQuery },
    responses: {
      200: json("the present plan; with an ETag", recommendationsSchema),
      ...UNCHANGED,
      ...problems(401, 403, 422, 429),
    },
  }),
  suggestions: createRoute({
    method: "get",
    path: "/api/suggestions",
    summary: "Suggestions made so far and what became of them, newest first",
    request: { query: historyQuerySchema },
    responses: {
      200: json("suggestions", z.object({ suggestions: z.array(historyViewSchema) })),
      ...problems(401, 403, 422, 429),
    },
  }),
  models: createRoute({
    method: "get",
    path: "/api/models",
    summary: "The registry, and the last retraining",
    responses: { 200: json("models", modelsSchema), ...UNCHANGED, ...problems(401, 403, 429) },
  }),
  twin: createRoute({
    method: "get",
    path: "/api/twin",
    summary: "The simulation beside its twin without suggestions; null where none runs",
    responses: { 200: json("both twins", twinSchema), ...problems(401, 403, 429) },
  }),
  events: createRoute({
    method: "get",
    path: "/api/events",
    summary: "Live stream of server-sent events",
    description:
      "`snapshot` comes first, and again for a reader that fell behind; then `channels`, `totals`, `recommendations`, `predictions`, `performance`, `run` (a rebalance under way), `alerts`, `simulation` and `twin` as they change. A comment every 15 seconds is a sign of life.",
    responses: {
      200: { description: "the stream", content: { "text/event-stream": { schema: z.string() } } },
      ...problems(401, 403, 429),
    },
  }),
  socket: createRoute({
    method: "get",
    path: "/ws",
    summary: "WebSocket for events and suggestions",
    description:
      "Takes `channel_update`, `transaction`, `forward` and `suggestion_result`, journal first, and answers `request_suggestions` with `rebalance_suggestion`s and `suggestions_complete`. Whoever tells `simulation_status` is sent `simulation_control`. Understands the shapes of the first LightningLens, and answers those with `rebalance_suggestions`.",
    responses: {
      101: { description: "the connection is a WebSocket from here on" },
      ...problems(401, 403, 426),
    },
  }),
  session: createRoute({
    method: "post",
    path: "/api/session",
    summary: "Exchanges the bearer token for a cookie, for browsers",
    responses: { 204: { description: "the cookie is set" }, ...problems(401, 403, 429) },
  }),
  health: createRoute({
    method: "get",
    path: "/health",
    summary: "Does the process live?",
    responses: { 200: json("it does", healthSchema) },
  }),
  ready: createRoute({
    method: "get",
    path: "/ready",
    summary: "Can it take events?",
    responses: { 200: json("it can", healthSchema), ...problems(503) },
  }),
  metrics: createRoute({
    method: "get",
    path: "/metrics",
    summary: "Figures for Prometheus",
    responses: {
      200: { description: "text format", content: { "text/plain": { schema: z.string() } } },
      ...problems(401, 403),
    },
  }),
  ...INSIGHT_ROUTES,
  ...ALERT_ROUTES,
  ...LOG_ROUTES,
  ...SIMULATION_ROUTES,
} as const satisfies Record<string, RouteConfig>;
