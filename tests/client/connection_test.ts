import assert from "node:assert/strict";
import { seededRng, systemClock, UnreachableError } from "../../lib/core/mod.ts";
import { stayConnected } from "../../lib/client/mod.ts";
import { parseJsonText, parseMessage } from "../../lib/protocol/mod.ts";
import { FORWARD, say, testClient } from "./client_fixture.ts";

/** A peer on a port that says `lines` to whoever connects, then hangs up unless told not to. */
function peer(port: number, lines: (connection: number) => string[], hangUp: boolean) {
  const registered: (number | undefined)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => {
      const message = parseMessage(parseJsonText(String(data)));
      if (message.type !== "register") return;
      registered.push(message.data.fromSeq);
      for (const line of lines(registered.length)) socket.send(line);
      if (hangUp) socket.close();
    };
    return response;
  });
  return { server, registered, port: server.addr.port };
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !condition(); i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok(condition(), "in time");
}

Deno.test("stayConnected gives up with exit code 4 when nothing ever answers", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr;
  free.close();
  const { client } = testClient();
  await assert.rejects(
    stayConnected(client, {
      uri: `ws://127.0.0.1:${port}`,
      clock: systemClock,
      rng: seededRng(1),
      signal: new AbortController().signal,
      patienceMs: 600,
    }),
    (e: Error) =>
      e instanceof UnreachableError && e.exitCode === 4 && /nothing answers at ws/.test(e.message),
  );
});

Deno.test("stayConnected gives a peer up that takes connections and never answers", async () => {
  const deaf = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const taken: Deno.Conn[] = [];
  const taking = (async () => {
    for await (const connection of deaf) taken.push(connection);
  })();
  const { client } = testClient();
  await assert.rejects(
    stayConnected(client, {
      uri: `ws://127.0.0.1:${deaf.addr.port}`,
      clock: systemClock,
      rng: seededRng(1),
      signal: new AbortController().signal,
      patienceMs: 300,
      answerMs: 100,
    }),
    UnreachableError,
  );
  assert.ok(taken.length >= 1);
  deaf.close();
  taken.forEach((connection) => connection.close());
  await taking;
});

Deno.test("stayConnected waits longer and longer for a peer that hangs up without a word", async () => {
  const mute = peer(0, () => [], true);
  const { client } = testClient();
  const stop = new AbortController();
  const waitsMs: number[] = [];
  const sleep = async (ms: number, signal?: AbortSignal) => {
    // Attempts may take 10 s: other sleeps are waits between them.
    if (ms === 10_000) return await systemClock.sleep(ms, signal);
    if (waitsMs.push(ms) === 8) stop.abort();
  };
  await stayConnected(client, {
    uri: `ws://127.0.0.1:${mute.port}`,
    clock: { nowMs: () => 0, sleep },
    rng: { ...seededRng(1), float: () => 0.5 },
    signal: stop.signal,
  });
  await mute.server.shutdown();
  assert.deepEqual(waitsMs, [250, 500, 1000, 2000, 4000, 8000, 16000, 30000]);
});

Deno.test("stayConnected resumes after the peer hangs up, and after it restarts", async () => {
  const first = peer(0, (n) => [say("forward", FORWARD, n), "{half a mess"], true);
  const { client, engine } = testClient();
  const stop = new AbortController();
  const running = stayConnected(client, {
    uri: `ws://127.0.0.1:${first.port}`,
    clock: systemClock,
    rng: seededRng(1),
    signal: stop.signal,
  });
  await until(() => first.registered.length >= 2);
  assert.deepEqual(first.registered.slice(0, 2), [undefined, 2]);
  await first.server.shutdown();
  const again = peer(first.port, () => [say("forward", FORWARD, 0)], false);
  await until(() => again.registered.length === 1 && engine.events.length >= 3);
  assert.ok(client.counts.rubbish >= 2);
  stop.abort();
  await running;
  await again.server.shutdown();
});
