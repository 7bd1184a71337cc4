import { createRoute, type RouteConfig, z } from "@hono/zod-openapi";
import {
  activitySchema,
  channelHistorySchema,
  dismissedSchema,
  errorHistorySchema,
  executionsSchema,
  flowQuerySchema,
  flowsSchema,
  networkSchema,
  nodeQuerySchema,
  servingSchema,
} from "../views/insight_schemas.ts";
import { ENTITY_TAG, json, params, problems, UNCHANGED } from "./route_parts.ts";

const idParams = params.pick({ id: true });
/** Guards against a change that somebody else made in between. */
const seenHeaders = z.object({
  "if-match": z.string().regex(ENTITY_TAG).optional().openapi({
    description:
      "name in quotes of the model that is believed to serve; refused where another does",
  }),
});

/** Routes for people who look and decide, as the OpenAPI document describes them. */
export const INSIGHT_ROUTES = {
  activity: createRoute({
    method: "get",
    path: "/api/activity",
    summary: "The last 31 days by hour; what suggestions promised beside what came of them",
    request: { query: nodeQuerySchema },
    responses: { 200: json("sums", activitySchema), ...problems(401, 403, 422, 429) },
  }),
  flows: createRoute({
    method: "get",
    path: "/api/flows",
    summary: "Who paid through whom, by peer, the largest amounts first",
    request: { query: flowQuerySchema },
    responses: { 200: json("flows", flowsSchema), ...problems(401, 403, 422, 429) },
  }),
  channelHistory: createRoute({
    method: "get",
    path: "/api/channels/{node}/{id}/history",
    summary: "A channel's last week, its newest forwards, and what other balances would be worth",
    request: { params },
    responses: { 200: json("history", channelHistorySchema), ...problems(401, 403, 404, 429) },
  }),
  network: createRoute({
    method: "get",
    path: "/api/network",
    summary: "The graph that routes are looked for in; null without one",
    responses: { 200: json("columns", networkSchema), ...UNCHANGED, ...problems(401, 403, 429) },
  }),
  errorHistory: createRoute({
    method: "get",
    path: "/api/performance/history",
    summary: "Errors of the model and the baselines over the last 30 days",
    responses: { 200: json("errors", errorHistorySchema), ...problems(401, 403, 429) },
  }),
  executions: createRoute({
    method: "get",
    path: "/api/executions",
    summary: "Rebalances that were begun here, newest first, and whether any may be",
    responses: { 200: json("executions", executionsSchema), ...problems(401, 403, 429) },
  }),
  stopOne: createRoute({
    method: "post",
    path: "/api/executions/{id}/stop",
    summary: "No further attempt is made for this rebalance; what is on its way goes on",
    request: { params: idParams },
    responses: { 202: { description: "no further attempt" }, ...problems(401, 403, 409, 429) },
  }),
  accept: createRoute({
    method: "post",
    path: "/api/recommendations/{id}/accept",
    summary: "Carries a suggestion out, where execution is switched on",
    request: { params: idParams },
    responses: { 202: { description: "begun" }, ...problems(401, 403, 404, 409, 429) },
  }),
  dismiss: createRoute({
    method: "post",
    path: "/api/recommendations/{id}/dismiss",
    summary: "The same pair of channels is neither carried out nor shown as open for 24 hours",
    request: { params: idParams },
    responses: { 200: json("until", dismissedSchema), ...problems(401, 403, 404, 429) },
  }),
  restore: createRoute({
    method: "post",
    path: "/api/recommendations/{id}/restore",
    summary: "Takes a dismissal back",
    request: { params: idParams },
    responses: { 204: { description: "open again" }, ...problems(401, 403, 404, 429) },
  }),
  stop: createRoute({
    method: "post",
    path: "/api/rebalancing/stop",
    summary: "The kill switch: nothing is spent from now on",
    responses: { 204: { description: "stopped" }, ...problems(401, 403, 409, 429) },
  }),
  resume: createRoute({
    method: "post",
    path: "/api/rebalancing/resume",
    summary: "Releases the kill switch",
    responses: { 204: { description: "allowed again" }, ...problems(401, 403, 409, 429) },
  }),
  promote: createRoute({
    method: "post",
    path: "/api/models/{id}/promote",
    summary: "Makes a model the champion; it serves from now on",
    request: { params: idParams, headers: seenHeaders },
    responses: {
      200: json("what serves", servingSchema),
      ...problems(401, 403, 409, 412, 422, 429),
    },
  }),
  rollBack: createRoute({
    method: "post",
    path: "/api/models/rollback",
    summary: "Makes the champion before the present one champion again",
    request: { headers: seenHeaders },
    responses: {
      200: json("what serves", servingSchema),
      ...problems(401, 403, 409, 412, 422, 429),
    },
  }),
} as const satisfies Record<string, RouteConfig>;
