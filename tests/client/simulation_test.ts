import assert from "node:assert/strict";
import { seededRng, systemClock } from "../../lib/core/mod.ts";
import { type ClientEngine, LensClient, stayConnected } from "../../lib/client/mod.ts";
import type { Plan } from "../../lib/planning/mod.ts";
import type { ChannelState, LensEvent } from "../../lib/protocol/mod.ts";
import {
  buildWorld,
  simulationOf,
  SimulationServer,
  ZERO_LATENCY,
} from "../../lib/simulation/mod.ts";
import { START_MS } from "./client_fixture.ts";

/** Proposes to move 10,000 sat from the fullest channel of a node to its emptiest. */
class LevellingEngine implements ClientEngine {
  nowMs = -Infinity;
  #channels = new Map<string, ChannelState>();
  topologies = 0;
  ingest(event: LensEvent): void {
    this.nowMs = Math.max(this.nowMs, event.timeMs);
    if (event.kind === "channel_state") this.#channels.set(event.channel.channelId, event.channel);
  }
  setTopology(): void {
    this.topologies++;
  }
  recommend(): Plan {
    const all = [...this.#channels.values()];
    const node = all[0]?.node;
    const mine = all.filter((c) => c.node === node)
      .sort((a, b) => a.localBalanceSat / a.capacitySat - b.localBalanceSat / b.capacitySat);
    const target = mine[0], source = mine[mine.length - 1];
    if (mine.length < 2) return { timeMs: this.nowMs, suggestions: [], decisions: [], bases: [] };
    const suggestion = {
      id: "level-1",
      node,
      sourceNode: source.peer,
      sourceChannel: source.channelId,
      targetNode: target.peer,
      targetChannel: target.channelId,
      amountMsat: 10_000_000,
      feeLimitMsat: 1_000_000,
      confidence: 0.9,
      expectedGainMsat: 1,
      expectedFeeMsat: 1,
      sourceOptimalRatio: 0.5,
      targetOptimalRatio: 0.5,
      expiresAt: this.nowMs + 3_600_000,
      reasons: [],
    };
    return { timeMs: this.nowMs, suggestions: [suggestion], decisions: [], bases: [] };
  }
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok(condition(), "in time");
}

for (const legacy of [false, true]) {
  const shapes = legacy ? "the legacy shapes" : "our own form";
  Deno.test(`LensClient follows a simulation that speaks ${shapes}, and its suggestions arrive`, async () => {
    const world = await buildWorld({ nodes: 100, operators: 2, seed: 3 });
    const simulation = simulationOf(world, {
      startMs: START_MS,
      paymentsPerDay: 500,
      htlc: { latency: ZERO_LATENCY },
    });
    const sockets = new SimulationServer({
      simulation,
      clock: systemClock,
      host: "127.0.0.1",
      port: 0,
      minConfidence: 0.5,
      legacy,
    });
    simulation.onEvent = (event) => sockets.broadcast(event);
    const engine = new LevellingEngine();
    const client = new LensClient({ engine, clock: systemClock, suggestEveryMs: 0 });
    const stop = new AbortController();
    const running = stayConnected(client, {
      uri: sockets.url,
      clock: systemClock,
      rng: seededRng(1),
      signal: stop.signal,
    });
    await until(() => client.counts.events > 0);
    const started = client.counts.events;
    simulation.runUntil(simulation.nowMs + 3_600_000);
    await until(() => client.counts.events > started);
    assert.equal(client.legacy, legacy);
    assert.equal(engine.topologies, legacy ? 0 : 1);
    sockets.askForSuggestions();
    const answered = () => {
      const { applied, refused, failed } = simulation.statistics().suggestions;
      return applied + refused + failed;
    };
    await until(() => answered() === 1);
    const { counts } = client.book;
    assert.equal(counts.sent, 1);
    if (!legacy) await until(() => counts.applied + counts.refused + counts.failed === 1);
    assert.equal(client.counts.rubbish, 0);
    stop.abort();
    await running;
    await sockets.stop();
  });
}
