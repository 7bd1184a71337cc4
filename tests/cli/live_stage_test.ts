import assert from "node:assert/strict";
import { MINUTE_MS, systemClock } from "../../lib/core/mod.ts";
import { parseCommandLine } from "../../lib/cli/parse.ts";
import { LiveStage } from "../../lib/cli/simulate/stage.ts";
import { openSimulation, planOutages } from "../../lib/cli/simulation_setup.ts";
import { figuresOf } from "../../lib/cli/twin/figures.ts";
import { FollowingTwin } from "../../lib/cli/twin/following_twin.ts";
import { Twin } from "../../lib/cli/twin/twin.ts";
import { listen } from "../../lib/server/mod.ts";
import { testServer } from "../server/server_fixture.ts";

const START_MS = Date.UTC(2024, 8, 22);

async function parsed(...argv: string[]) {
  const given = ["--nodes=80", "--operators=3", "--payments-per-day=3000", "--port=0", ...argv];
  const { options } = await parseCommandLine("simulate", given, { env: () => undefined });
  return { options, recipe: { options, run: { startMs: START_MS, warmUpMs: 0 } } };
}

Deno.test("FollowingTwin: without suggestions both come to the same, faults from outside included", async () => {
  const { recipe } = await parsed();
  const twin = new Twin();
  try {
    const [simulation] = await Promise.all([openSimulation(recipe, () => {}), twin.open(recipe)]);
    const outage = { node: "operators", afterMs: 20 * MINUTE_MS, durationMs: 90 * MINUTE_MS };
    planOutages(simulation, [outage], (...suffered) => twin.suffer(...suffered));
    simulation.runUntil(START_MS + 60 * MINUTE_MS);
    const surge = { kind: "traffic", factor: 4 } as const;
    simulation.intervene(surge);
    twin.suffer(surge, simulation.nowMs);
    simulation.runUntil(START_MS + 240 * MINUTE_MS);
    const following = new FollowingTwin(simulation, twin);
    await following.run(AbortSignal.abort());
    assert.deepEqual(following.pair?.twin, following.pair?.lens);
    assert.deepEqual(following.pair?.lens, figuresOf(simulation));
    assert.ok(following.pair!.twin.payments > 700, "four times as many for three hours");
  } finally {
    twin.close();
  }
});

Deno.test("A live simulation is shown and controlled by the server that it posts to", async () => {
  const { server, dispose } = await testServer({ clock: systemClock });
  const listening = listen(server, { host: "127.0.0.1", port: 0 });
  const { options, recipe } = await parsed(`--post=${listening.url}`, "--speed=0");
  const simulation = await openSimulation(recipe, () => {});
  const noted: string[] = [];
  const stage = await LiveStage.open({
    simulation,
    options,
    onIntervention: ({ kind }) => noted.push(kind),
  });
  simulation.onEvent = stage.hear;
  const stop = new AbortController();
  const running = stage.run(stop.signal);
  try {
    while (server.simulation.view() === null) await systemClock.sleep(10);
    assert.equal(server.insights.network?.nodeCount, simulation.network.nodeCount);
    const control = async (body: object) => {
      const answer = await fetch(`${listening.url}/api/simulation/control`, {
        method: "POST",
        body: JSON.stringify(body),
      });
      return [answer.status, await answer.json()] as const;
    };
    const [node] = simulation.operators;
    const [code, then] = await control({ fault: { kind: "offline", node, minutes: 30 } });
    assert.deepEqual([code, then.speed, then.faults[0].node], [200, 0, node]);
    assert.deepEqual(noted, ["offline"]);
    assert.equal(simulation.nowMs, START_MS, "it stands still");
    assert.equal((await control({ speed: 100_000 }))[0], 200);
    while (simulation.nowMs < START_MS + 31 * MINUTE_MS) await systemClock.sleep(10);
    const [wrong, problem] = await control({ fault: { kind: "offline", node: "x", minutes: 1 } });
    assert.deepEqual([wrong, /found "x"/.test(problem.detail)], [422, true]);
    assert.equal((await control({ speed: 0 }))[0], 200);
    const seen = await (await fetch(`${listening.url}/api/simulation`)).json();
    assert.deepEqual([seen.speed, seen.faults.length], [0, 0]);
  } finally {
    stop.abort();
    await running;
    assert.equal(await stage.finish(), 0);
    while (server.simulation.view() !== null) await systemClock.sleep(10);
    await listening.stop();
    await dispose();
  }
});
