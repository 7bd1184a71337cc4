import { createRoute, type OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import {
  parseJsonText,
  parseWith,
  simulationControlSchema,
  simulationStatusSchema,
  snakeNames,
} from "../../protocol/mod.ts";
import { limitBody } from "./guards.ts";
import type { LensServer } from "../lens_server.ts";
import { problem } from "./problem.ts";
import { json, problems } from "./route_parts.ts";

const MAX_BODY_BYTES = 10_000;

/** Routes of a simulation that is connected, as the OpenAPI document describes them. */
export const SIMULATION_ROUTES = {
  simulation: createRoute({
    method: "get",
    path: "/api/simulation",
    summary: "How the simulation that is connected stands; null where none is",
    responses: {
      200: json("the simulation", simulationStatusSchema.nullable()),
      ...problems(401, 403, 429),
    },
  }),
  control: createRoute({
    method: "post",
    path: "/api/simulation/control",
    summary: "Sets its speed (0: it stands still), takes nodes offline, multiplies the traffic",
    description:
      "Minutes are those of virtual time. Nothing is done where any of it is refused. A twin suffers the same at the same virtual time.",
    request: {
      body: {
        required: true,
        content: { "application/json": { schema: simulationControlSchema } },
      },
    },
    responses: {
      200: json("how it stands then", simulationStatusSchema),
      ...problems(401, 403, 409, 413, 422, 429, 503),
    },
  }),
} as const satisfies Record<string, RouteConfig>;

/** Looking at a simulation, and changing how it runs. */
export function addSimulation(app: OpenAPIHono, server: LensServer): void {
  app.get("/api/simulation", (c) => c.json(server.simulation.view()));
  app.post("/api/simulation/control", limitBody(MAX_BODY_BYTES), async (c) => {
    const body = parseJsonText(await c.req.text(), "body");
    const control = parseWith(simulationControlSchema, body);
    const report = await server.simulation.control(control);
    if (report === "none") return problem(409, "no simulation is connected; see simulate --post");
    if (report === "silent") return problem(503, "the simulation does not answer");
    if (report.refused !== undefined) return problem(422, report.refused);
    return c.json(snakeNames(report.status) as z.output<typeof simulationStatusSchema>);
  });
}
