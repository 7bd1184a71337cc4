import type { OpenAPIHono } from "@hono/zod-openapi";
import { DAY_MS, InputError, isoTime, quote, RefusedError } from "../../core/mod.ts";
import { channelKey } from "../../liquidity/mod.ts";
import type { Suggestion } from "../../protocol/mod.ts";
import type { Context } from "hono";
import { cachedJson } from "../views/cached_json.ts";
import { flowQuerySchema, nodeQuerySchema } from "../views/insight_schemas.ts";
import {
  activityView,
  errorHistoryView,
  flowsView,
  forwardsOf,
  networkView,
  policiesView,
  trailView,
} from "../views/insight_views.ts";
import type { LensServer } from "../lens_server.ts";
import { inputProblem, problem } from "./problem.ts";
import { query, sendCached } from "./answers.ts";
import { ENTITY_TAG } from "./route_parts.ts";
import { executionViews } from "../insights/run_views.ts";
import { whatIf } from "../insights/what_if.ts";

/** Newest forwards of a node among which those of one channel are looked for. */
const FORWARDS_READ = 5000;
const FORWARDS_SHOWN = 40;
const SHORTAGE_DAYS = 7;
const ERROR_DAYS = 30;
const MOST_EXECUTIONS = 50;
const NO_EXECUTION =
  "execution is off: run serve with --execute, a node and limits, or carry it out yourself";

/** Routes for people who look. */
export function addInsights(app: OpenAPIHono, server: LensServer): void {
  const { engine, store, judged } = server.options;
  app.get("/api/activity", (c) => {
    const { node } = query(c, nodeQuerySchema);
    return c.json(activityView(server.insights.activity.hours(node), judged, engine.nowMs));
  });
  app.get("/api/flows", (c) => {
    const { node, days } = query(c, flowQuerySchema);
    const peerOf = (owner: string, id: string) =>
      server.channels.get(channelKey(owner, id))?.channel.peer ?? id;
    return c.json(flowsView(server.insights.activity.flows(days, node), peerOf, days));
  });
  app.get("/api/channels/:node/:id/history", (c) => channelHistory(server, c));
  let graph: { of: unknown; json: ReturnType<typeof cachedJson> } | undefined;
  app.get("/api/network", (c) => {
    const { network } = server.insights;
    if (graph?.of !== network || graph === undefined) {
      graph = {
        of: network,
        json: cachedJson(network === undefined ? null : networkView(network)),
      };
    }
    return sendCached(c, graph.json);
  });
  app.get("/api/performance/history", async (c) => {
    const fromMs = server.options.clock.nowMs() - ERROR_DAYS * DAY_MS;
    return c.json(errorHistoryView(await store.metrics(fromMs)));
  });
}

async function channelHistory(server: LensServer, c: Context): Promise<Response> {
  const { node, id } = c.req.param();
  const { engine, store } = server.options;
  const key = channelKey(node, id);
  const row = server.channels.get(key);
  if (row === undefined) return problem(404, `no channel ${id} of node ${node} is known`);
  const { events: newest } = await store.recent({ kind: "forward", node, limit: FORWARDS_READ });
  const outlook = engine.outlooks().find(({ channel }) =>
    channel.node === node && channel.channelId === id
  );
  const { count, amountMsat } = server.insights.activity.shortage(key, SHORTAGE_DAYS);
  return c.json({
    trail: trailView(server.insights.trails.of(key)),
    forwards: forwardsOf(newest, id).slice(0, FORWARDS_SHOWN),
    shortage: { days: SHORTAGE_DAYS, count, amount_msat: amountMsat },
    ...policiesView(row.channel),
    what_if: (outlook === undefined ? [] : whatIf(outlook)).map((point) => ({
      local_sat: point.localSat,
      gain_msat: point.gainMsat,
      short_outbound: point.shortOutbound,
      short_inbound: point.shortInbound,
    })),
    reasons: reasonsView(engine.explain?.(key)),
  });
}

function reasonsView(reasons: ReturnType<NonNullable<LensServer["options"]["engine"]["explain"]>>) {
  if (reasons === undefined) return null;
  const side = (name: keyof typeof reasons) =>
    reasons[name].map(({ feature, effectSat, text }) => ({ feature, effect_sat: effectSat, text }));
  return { outbound: side("outbound"), inbound: side("inbound") };
}

/** Routes for people who decide. */
export function addControls(app: OpenAPIHono, server: LensServer): void {
  addExecutions(app, server);
  addDecisions(app, server);
  addModelChanges(app, server);
}

/** What is carried out: shown, and stopped. */
function addExecutions(app: OpenAPIHono, server: LensServer): void {
  const { execution } = server.options;
  app.get("/api/executions", (c) => {
    const spending = execution?.spending();
    return c.json({
      enabled: execution !== undefined,
      stopped: execution?.stopped ?? false,
      spending: spending === undefined ? null : {
        settled_msat: spending.settledMsat,
        reserved_msat: spending.reservedMsat,
        budget_msat: spending.budgetMsat,
      },
      executions: executionViews(server, MOST_EXECUTIONS),
    });
  });
  app.post("/api/executions/:id/stop", (c) => {
    if (execution === undefined) return problem(409, NO_EXECUTION);
    const against = execution.stopOne(c.req.param("id"));
    return against === undefined ? c.body(null, 202) : problem(409, against);
  });
  for (const what of ["stop", "resume"] as const) {
    app.post(`/api/rebalancing/${what}`, (c) => {
      if (execution === undefined) return problem(409, NO_EXECUTION);
      execution[what]();
      return c.body(null, 204);
    });
  }
}

/** What people say to suggestions of the present plan. */
function addDecisions(app: OpenAPIHono, server: LensServer): void {
  const { engine, execution } = server.options;
  const on = (
    path: string,
    act: (suggestion: Suggestion, c: Context) => Response | Promise<Response>,
  ) =>
    app.post(path, (c) => {
      const id = c.req.param("id");
      const suggestion = server.plan?.suggestions.find((s) => s.id === id);
      return suggestion === undefined
        ? problem(404, `suggestion ${id} is not in the present plan any more`)
        : act(suggestion, c);
    });
  on("/api/recommendations/:id/accept", (suggestion, c) => {
    const against = execution === undefined ? NO_EXECUTION : execution.accept(suggestion);
    return against === undefined ? c.body(null, 202) : problem(409, against);
  });
  on("/api/recommendations/:id/dismiss", async (suggestion, c) => {
    const untilMs = await server.insights.dismissals.add(suggestion, engine.nowMs);
    server.showPlan();
    return c.json({ until: isoTime(untilMs) });
  });
  on("/api/recommendations/:id/restore", async (suggestion, c) => {
    await server.insights.dismissals.remove(suggestion);
    server.showPlan();
    return c.body(null, 204);
  });
}

/** Another model serves. */
function addModelChanges(app: OpenAPIHono, server: LensServer): void {
  const { modelControl } = server.options;
  const change = async (c: Context, act: () => Promise<string>) => {
    if (modelControl === undefined) return problem(409, "this server has no registry of models");
    const seen = c.req.header("if-match");
    if (seen !== undefined && !ENTITY_TAG.test(seen)) {
      return problem(422, `If-Match: found ${quote(seen)}, expected a name in quotes`);
    }
    if (seen !== undefined && seen !== `"${server.modelId}"`) {
      return problem(412, `found "${server.modelId}" serving, expected ${seen}`);
    }
    try {
      const serving = await act();
      await server.modelChanged(serving);
      return c.json({ serving });
    } catch (error) {
      if (error instanceof InputError) return inputProblem(error);
      if (error instanceof RefusedError) return problem(409, error.message);
      throw error;
    }
  };
  app.post("/api/models/rollback", (c) => change(c, () => modelControl!.rollBack()));
  app.post("/api/models/:id/promote", (c) => {
    const id = c.req.param("id");
    return change(c, () => modelControl!.promote(id).then(() => id));
  });
}
