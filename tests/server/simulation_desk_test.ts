import assert from "node:assert/strict";
import { ManualClock } from "../../lib/core/mod.ts";
import {
  formatMessage,
  type Message,
  parseMessage,
  parseWith,
  type SimulationControl,
  simulationStatusSchema,
  snakeNames,
} from "../../lib/protocol/mod.ts";
import { Conversation } from "../../lib/server/conversation.ts";
import { deafLine, simulationStatus, START_MS, testServer } from "./server_fixture.ts";

/** A server with a simulation connected that does what `obey` says. */
async function withSimulation(obey: (control: SimulationControl) => string | undefined = () => "") {
  const clock = new ManualClock(START_MS);
  const parts = await testServer({ clock });
  const orders: SimulationControl[] = [];
  const status = simulationStatus();
  const conversation = new Conversation(parts.server, {
    send: (text) => {
      const message: Message = parseMessage(JSON.parse(text));
      if (message.type !== "simulation_control") return;
      orders.push(message.data.control);
      const refused = obey(message.data.control);
      if (refused === undefined) return;
      const speed = message.data.control.speed ?? status.speed;
      tell({
        answers: message.data.id,
        ...(refused === "" ? {} : { refused }),
        status: { ...status, speed },
      });
    },
    close: () => {},
  });
  const tell = (report: Parameters<typeof formatMessage<"simulation_status">>[1]) =>
    conversation.hear(formatMessage("simulation_status", report, { seq: 0, timeMs: START_MS }));
  const control = async (body: unknown) => {
    const answer = await parts.request("/api/simulation/control", {
      method: "POST",
      body: typeof body === "string" ? body : JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    return [answer.status, await answer.json()] as const;
  };
  const view = async () => await (await parts.request("/api/simulation")).json();
  return { ...parts, clock, orders, conversation, tell, status, control, view };
}

Deno.test("GET /api/simulation is null until one tells how it stands, and again when it has left", async () => {
  const { conversation, tell, status, view, server, dispose } = await withSimulation();
  assert.equal(await view(), null);
  tell({ status });
  assert.deepEqual(await view(), snakeNames(status));
  parseWith(simulationStatusSchema, await view());
  server.simulation.hear(deafLine, { status: simulationStatus({ seed: 2 }) });
  conversation.ended();
  assert.equal((await view()).seed, 2, "another one has come meanwhile");
  server.simulation.left(deafLine);
  assert.equal(await view(), null);
  assert.equal(server.simulation.twins.length, 1);
  await dispose();
});

Deno.test("POST /api/simulation/control has the simulation do it and answers how it stands then", async () => {
  const { tell, status, orders, control, dispose } = await withSimulation();
  tell({ status });
  const body = { speed: 0, fault: { kind: "offline", node: "alice", minutes: 30 } };
  const [code, then] = await control(body);
  assert.deepEqual([code, then.speed], [200, 0]);
  assert.deepEqual(orders, [body]);
  await dispose();
});

Deno.test("POST /api/simulation/control says what is wrong, what was refused, and who does not answer", async () => {
  const { clock, tell, status, control, orders, dispose } = await withSimulation(({ speed }) =>
    speed === 1 ? "not today" : undefined
  );
  assert.equal((await control({ speed: 1 }))[0], 409);
  tell({ status });
  assert.deepEqual(
    [await control({ speed: 1 })].map(([code, { detail }]) => [code, detail]),
    [[422, "not today"]],
  );
  const silent = control({ speed: 2 });
  while (orders.length < 2) await new Promise((resolve) => setTimeout(resolve));
  clock.advanceTo(START_MS + 5000);
  assert.equal((await silent)[0], 503);
  for (
    const [body, field] of [[{}, undefined], [{ speed: "fast" }, "speed"], [{
      fault: { kind: "traffic", factor: 1000 },
    }, "fault.factor"]] as const
  ) {
    const [code, problem] = await control(body);
    assert.deepEqual([code, problem.field], [422, field]);
  }
  assert.equal((await control("{"))[0], 422);
  assert.equal((await control(`"${"x".repeat(20_000)}"`))[0], 413);
  assert.equal(orders.length, 2);
  await dispose();
});

Deno.test("The twins of a simulation are kept over time, once for each moment", async () => {
  const { tell, server, dispose } = await withSimulation();
  tell({ status: simulationStatus({ baseline: null }) });
  assert.equal(server.simulation.twin, undefined);
  for (const hour of [1, 1, 2]) {
    tell({
      status: simulationStatus({ timeMs: START_MS + hour * 3_600_000, lensMsat: 9000 * hour }),
    });
  }
  assert.deepEqual(server.simulation.twins.map(({ gainMsat }) => gainMsat), [4100, 13_100]);
  await dispose();
});
