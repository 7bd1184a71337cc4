import assert from "node:assert/strict";
import fc from "fast-check";
import { HOUR_MS, ManualClock, MINUTE_MS, SECOND_MS, systemClock } from "../../lib/core/mod.ts";
import {
  camelNames,
  formatMessage,
  parseMessage,
  parseWith,
  type SimulationFigures,
  type SimulationStatus,
  simulationStatusSchema,
} from "../../lib/protocol/mod.ts";
import {
  assignRoles,
  buildWorld,
  type Intervention,
  ListedPayments,
  LiveSimulation,
  SimulationControls,
  simulationOf,
} from "../../lib/simulation/mod.ts";
import { pass, START_MS, withServer } from "./helpers.ts";

const FIGURES: SimulationFigures = {
  payments: 10,
  successRate: 0.5,
  forwards: 3,
  feesEarnedMsat: 100,
  rebalanceCostMsat: 30,
  netIncomeMsat: 70,
};

const world = await buildWorld({ nodes: 120, operators: 4, seed: 3 });

/** A simulation with traffic, and its controls. */
function controlled() {
  const simulation = simulationOf(world, { startMs: START_MS, paymentsPerDay: 500, warmUpMs: 0 });
  const clock = new ManualClock(0), pace = { speed: 60 };
  const told: [Intervention, number][] = [];
  const controls = new SimulationControls({
    simulation,
    pace,
    clock,
    seed: 3,
    figures: () => ({ lens: FIGURES }),
    onIntervention: (intervention, timeMs) => told.push([intervention, timeMs]),
  });
  return { simulation, clock, pace, told, controls };
}

Deno.test("SimulationControls.status is what its schema says, and survives the wire", () => {
  const { simulation, controls } = controlled();
  simulation.runUntil(START_MS + HOUR_MS);
  controls.apply({ fault: { kind: "offline", node: world.operators[0], minutes: 5 } });
  controls.apply({ fault: { kind: "traffic", factor: 2 } });
  const status = controls.status();
  assert.equal(status.payments, simulation.statistics().payments);
  assert.deepEqual(status.faults, [
    { kind: "offline", node: world.operators[0], until: "2024-09-22T01:05:00.000Z" },
    { kind: "traffic", factor: 2, until: null },
  ]);
  const text = formatMessage("simulation_status", { status }, { seq: 1, timeMs: START_MS });
  assert.deepEqual(parseMessage(JSON.parse(text)).data, { status });
});

Deno.test("SimulationControls.apply sets the speed, takes nodes away and multiplies the traffic, and says when that is over", () => {
  const { simulation, pace, told, controls } = controlled();
  simulation.runUntil(START_MS + HOUR_MS);
  assert.equal(controls.apply({ speed: 0 }).refused, undefined);
  assert.equal(pace.speed, 0);
  controls.apply({ fault: { kind: "offline", node: "operators", minutes: 30 } });
  controls.apply({ fault: { kind: "traffic", factor: 5, minutes: 60 }, speed: 7 });
  assert.equal(pace.speed, 7);
  assert.equal(controls.status().faults.length, world.operators.length + 1);
  assert.deepEqual(told.at(-1), [
    { kind: "traffic", factor: 5, durationMs: HOUR_MS },
    START_MS + HOUR_MS,
  ]);
  simulation.runUntil(START_MS + HOUR_MS + 30 * MINUTE_MS);
  assert.deepEqual(controls.status().faults.map(({ kind }) => kind), ["traffic"]);
  simulation.runUntil(START_MS + 2 * HOUR_MS);
  assert.deepEqual(controls.status().faults, []);
  simulation.check();
});

Deno.test("SimulationControls.apply does nothing of what it refuses, and says why", () => {
  const { simulation, pace, told, controls } = controlled();
  const fault = { kind: "offline", node: "nobody", minutes: 1 } as const;
  const { refused, status } = controls.apply({ speed: 3, fault });
  assert.match(refused!, /^node: found "nobody", expected a node of the graph or operators/);
  assert.deepEqual([pace.speed, status.speed, told.length], [60, 60, 0]);
  assert.deepEqual(simulation.faults(), []);
  const listed = simulationOf(world, {
    startMs: START_MS,
    paymentsPerDay: 1,
    warmUpMs: 0,
    intents: (network, rng) => new ListedPayments([], assignRoles(network, rng)),
  });
  const more = { kind: "traffic", factor: 2 } as const;
  assert.throws(() => listed.intervene(more), /payments of a list can't be made more/);
});

Deno.test("SimulationControls.status tells the speed that was reached over the last seconds", () => {
  const { simulation, clock, controls } = controlled();
  assert.equal(controls.status().reached, 0);
  for (let second = 1; second <= 10; second++) {
    clock.advanceTo(second * SECOND_MS);
    simulation.runUntil(START_MS + second * 30 * SECOND_MS);
    controls.status();
  }
  assert.equal(controls.status().reached, 30);
  clock.advanceTo(20 * SECOND_MS);
  controls.status();
  clock.advanceTo(26 * SECOND_MS);
  assert.equal(controls.status().reached, 0);
});

Deno.test("Twins that suffer the same faults at the same times see the same payments", () => {
  const minute = fc.integer({ min: 0, max: 300 });
  const fault = fc.oneof(
    fc.record({ kind: fc.constant("offline" as const), node: fc.nat(119), minutes: minute }),
    fc.record({
      kind: fc.constant("traffic" as const),
      factor: fc.double({ min: 0.01, max: 20, noNaN: true }),
      minutes: fc.option(minute, { nil: undefined }),
    }),
  );
  const faults = fc.array(fc.record({ atMinute: minute, fault }), { maxLength: 6 });
  fc.assert(
    fc.property(faults, (list) => {
      const { simulation, controls, told } = controlled();
      const seen: unknown[] = [], twins: unknown[] = [];
      simulation.onIntent = (intent) => seen.push(intent);
      for (const { atMinute, fault } of list.toSorted((a, b) => a.atMinute - b.atMinute)) {
        simulation.runUntil(START_MS + atMinute * MINUTE_MS);
        const minutes = fault.minutes === undefined ? undefined : fault.minutes + 1;
        controls.apply({
          fault: fault.kind === "offline"
            ? { ...fault, node: world.network.nodeIds[fault.node], minutes: fault.minutes + 1 }
            : { ...fault, minutes },
        });
      }
      simulation.runUntil(START_MS + 8 * HOUR_MS);
      simulation.check();
      const { simulation: twin } = controlled();
      twin.onIntent = (intent) => twins.push(intent);
      for (const [intervention, timeMs] of told) twin.schedule(timeMs, intervention);
      twin.runUntil(START_MS + 8 * HOUR_MS);
      assert.deepEqual(twins, seen);
      assert.deepEqual(twin.statistics(), simulation.statistics());
    }),
    { numRuns: 12 },
  );
});

Deno.test("LiveSimulation takes on another speed while it runs, and stands still at 0", async () => {
  const { simulation } = controlled();
  const clock = new ManualClock(5000);
  const live = new LiveSimulation({ simulation, clock, speed: 0 });
  const stop = new AbortController();
  const running = live.run(stop.signal);
  const minutes = () => Math.round((simulation.nowMs - START_MS) / MINUTE_MS);
  await pass(clock, 5000);
  assert.equal(minutes(), 0);
  live.speed = 60;
  await pass(clock, 4000);
  assert.equal(minutes(), 4);
  live.speed = 600;
  await pass(clock, 4000);
  assert.equal(minutes(), 44);
  live.speed = 0;
  await pass(clock, 4000);
  assert.equal(minutes(), 44);
  stop.abort();
  await pass(clock, 100);
  await running;
});

/** A server whose simulation can be controlled, and its address. */
function withControls(
  use: (url: string, pace: { speed: number }) => Promise<void>,
  token?: string,
) {
  return withServer({ token }, (server, simulation) => {
    const pace = { speed: 60 };
    server.controls = new SimulationControls({
      simulation,
      pace,
      clock: systemClock,
      seed: 1,
      figures: () => ({ lens: FIGURES, baseline: FIGURES }),
    });
    return use(server.url.replace("ws:", "http:"), pace);
  });
}

Deno.test("SimulationServer over HTTP tells the status and takes controls", () =>
  withControls(async (url, pace) => {
    const status = await (await fetch(`${url}/api/simulation`)).json();
    assert.deepEqual(
      camelNames(parseWith(simulationStatusSchema, status)).baseline,
      FIGURES,
    );
    const control = async (body: unknown, init: RequestInit = {}) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const answer = await fetch(`${url}/api/simulation/control`, {
        method: "POST",
        body: text,
        ...init,
      });
      return [answer.status, await answer.json()] as [
        number,
        SimulationStatus & { detail: string },
      ];
    };
    const [ok, now] = await control({
      speed: 0,
      fault: { kind: "offline", node: "o", minutes: 2 },
    });
    assert.deepEqual([ok, now.speed, now.faults.length, pace.speed], [200, 0, 1, 0]);
    for (
      const [body, detail] of [
        ["{", /expected JSON/],
        [{}, /expected speed, fault or both/],
        [{ speed: -1 }, /speed: found -1/],
        [{ speed: 1, pause: true }, /pause: expected a member that is known/],
        [{ fault: { kind: "fire" } }, /fault.kind: found "fire"/],
        [{ fault: { kind: "traffic", factor: 0 } }, /fault.factor: found 0/],
        [{ fault: { kind: "offline", node: "zz", minutes: 1 } }, /node: found "zz"/],
        ["x".repeat(20_000), /10000 characters at most/],
      ] as const
    ) {
      const [status, problem] = await control(body);
      assert.equal(status, 422, JSON.stringify(body));
      assert.match(problem.detail, detail);
    }
    assert.equal(pace.speed, 0);
    const [foreign] = await control({ speed: 1 }, { headers: { origin: "http://evil.example" } });
    assert.equal(foreign, 403);
    const wrong = await fetch(`${url}/api/simulation`, { method: "DELETE" });
    assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "GET"]);
    await wrong.body?.cancel();
    const other = await fetch(`${url}/api/other`);
    assert.equal(other.status, 426);
    await other.body?.cancel();
  }));

Deno.test("SimulationServer with a token shows and takes nothing without it, over HTTP or WebSocket", () =>
  withControls(async (url, pace) => {
    const body = '{"speed":1}', path = `${url}/api/simulation/control`;
    for (const authorization of [undefined, "Bearer wrong"]) {
      const headers = authorization === undefined ? new Headers() : new Headers({ authorization });
      const answer = await fetch(path, { method: "POST", body, headers });
      assert.equal(answer.status, 401);
      await answer.body?.cancel();
    }
    const socket = new WebSocket(url.replace("http:", "ws:"));
    const refusal = new Promise<string>((resolve) => {
      socket.onmessage = ({ data }) => data.includes('"error"') && resolve(data);
    });
    await new Promise((resolve) => socket.onopen = resolve);
    const order = { id: "1", control: { speed: 1 } };
    socket.send(formatMessage("simulation_control", order, { seq: 1, timeMs: 0 }));
    assert.match(await refusal, /the token is missing/);
    socket.close();
    assert.equal(pace.speed, 60);
    const headers = { authorization: "Bearer secret" };
    const answer = await fetch(path, { method: "POST", body, headers });
    assert.equal(answer.status, 200);
    await answer.body?.cancel();
    assert.equal(pace.speed, 1);
  }, "secret"));

Deno.test("SimulationServer answers simulation_control, and tells the status to those who want it", () =>
  withControls(async (url) => {
    const socket = new WebSocket(url.replace("http:", "ws:"));
    const heard: ReturnType<typeof parseMessage>[] = [];
    let wake = () => {};
    socket.onmessage = ({ data }) => {
      heard.push(parseMessage(JSON.parse(data)));
      wake();
    };
    await new Promise((resolve) => socket.onopen = resolve);
    const send = (id: string, control: object) =>
      socket.send(
        formatMessage("simulation_control", { id, control }, { seq: 1, timeMs: START_MS }),
      );
    send("a", { speed: 5 });
    send("b", { fault: { kind: "offline", node: "zz", minutes: 1 } });
    const reports = () => heard.flatMap((m) => m.type === "simulation_status" ? [m.data] : []);
    while (reports().length < 2) await new Promise<void>((resolve) => wake = resolve);
    const [first, second] = reports();
    assert.deepEqual([first.answers, first.refused, first.status.speed], ["a", undefined, 5]);
    assert.equal(second.answers, "b");
    assert.match(second.refused!, /expected a node of the graph/);
    socket.close();
  }));
