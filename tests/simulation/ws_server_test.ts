import assert from "node:assert/strict";
import { seededRng, systemClock, UnreachableError } from "../../lib/core/mod.ts";
import { generateNetwork, initialBalances, networkFromTopology } from "../../lib/network/mod.ts";
import {
  formatMessage,
  type Message,
  type MessageData,
  type MessageType,
  parseLegacyMessage,
  parseMessage,
} from "../../lib/protocol/mod.ts";
import { runEpoch, Simulation, SimulationServer } from "../../lib/simulation/mod.ts";
import { START_MS, suggestion, withServer } from "./helpers.ts";

/** A client for tests: what it hears is a list that can be waited on. */
class TestClient {
  readonly texts: string[] = [];
  #wake = () => {};
  #seq = 0;
  private constructor(readonly socket: WebSocket) {
    socket.onmessage = ({ data }) => {
      this.texts.push(data);
      this.#wake();
    };
  }

  static async connect(server: SimulationServer): Promise<TestClient> {
    const socket = new WebSocket(server.url);
    const client = new TestClient(socket);
    await new Promise((resolve) => socket.onopen = resolve);
    return client;
  }

  get messages(): Message[] {
    return this.texts.map((text) => parseMessage(JSON.parse(text)));
  }

  tell<T extends MessageType>(type: T, data: MessageData<T>) {
    this.socket.send(formatMessage(type, data, { seq: this.#seq++, timeMs: 0 }));
  }

  /** Waits until a message fits; fails after twenty seconds. */
  async hear<T extends MessageType>(
    type: T,
    fits: (message: Message & { type: T }) => boolean = () => true,
  ): Promise<Message & { type: T }> {
    const until = Date.now() + 20_000;
    while (Date.now() < until) {
      for (const message of this.messages) {
        if (message.type === type && fits(message as Message & { type: T })) {
          return message as Message & { type: T };
        }
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#wake = () => (clearTimeout(timer), resolve());
      });
    }
    return assert.fail(`${type} not heard among ${this.texts.join("\n").slice(0, 2000)}`);
  }

  async close() {
    const closed = new Promise((resolve) => this.socket.onclose = resolve);
    this.socket.close();
    await closed;
  }
}

const register = (fromSeq?: number) => ({ client: "test", wants: [], fromSeq });

Deno.test("SimulationServer tells a client the topology, then how channels stand", async () => {
  await withServer({}, async (server, simulation) => {
    const client = await TestClient.connect(server);
    client.tell("register", register());
    const { data } = await client.hear("topology");
    assert.equal(networkFromTopology([data]).channelCount, simulation.network.channelCount);
    assert.deepEqual(data.operators, ["o"]);
    const update = await client.hear("channel_update");
    assert.deepEqual(update.data.channels.map((c) => c.channelId), ["oa", "ob"]);
    await client.close();
  });
});

Deno.test("SimulationServer applies suggestions, refuses unsure ones, and answers each", async () => {
  await withServer({}, async (server, simulation) => {
    const client = await TestClient.connect(server);
    client.tell("register", register());
    client.tell("rebalance_suggestion", suggestion({ id: "low", confidence: 0.4 }));
    client.tell("rebalance_suggestion", suggestion({ id: "good" }));
    const low = await client.hear("suggestion_result", (m) => m.data.id === "low");
    assert.equal(low.data.status, "refused");
    assert.match(low.data.reason!, /below the confidence threshold/);
    const good = await client.hear("suggestion_result", (m) => m.data.id === "good");
    assert.deepEqual([good.data.status, good.data.feeMsat], ["applied", 40_003]);
    assert.equal(simulation.account("o").rebalances, 1);
    await client.close();
  });
});

Deno.test("SimulationServer names message and field of what is wrong, and goes on", async () => {
  await withServer({}, async (server) => {
    const client = await TestClient.connect(server);
    client.tell("register", register());
    const cases: [string, RegExp, string | number | undefined][] = [
      ["no json", /expected JSON/, undefined],
      [
        '{"type":"dance","v":1,"seq":7,"timestamp":"2024-01-01T00:00:00Z","data":{}}',
        /type: found "dance"/,
        7,
      ],
      ['{"type":"dance"}', /type: found "dance", expected a known message type/, undefined],
      [
        '{"type":"state_update","data":{"channels":{}}}',
        /expected register, rebalance_suggestion/,
        undefined,
      ],
      [
        formatMessage("rebalance_suggestion", suggestion({ id: "x", amountMsat: -1 }), {
          seq: 9,
          timeMs: 0,
        }),
        /data.amount_msat: found -1/,
        "x",
      ],
    ];
    for (const [text, message, answers] of cases) {
      client.socket.send(text);
      const error = await client.hear("error", (m) => message.test(m.data.message));
      assert.equal(error.data.answers, answers);
    }
    client.tell("rebalance_suggestion", suggestion({ id: "after" }));
    await client.hear("suggestion_result", (m) => m.data.id === "after");
    await client.close();
  });
});

Deno.test("SimulationServer: a client that comes back gets exactly what it missed", async () => {
  await withServer({}, async (server, simulation) => {
    const first = await TestClient.connect(server);
    first.tell("register", register());
    const { seq } = await first.hear("channel_update");
    await first.close();
    const missed = ["m1", "m2", "m3"];
    for (const id of missed) simulation.refuseSuggestion(suggestion({ id }), "test");
    const again = await TestClient.connect(server);
    again.tell("register", register(seq + 1));
    await again.hear("suggestion_result", (m) => m.data.id === "m3");
    const stream = again.messages.filter((m) => m.type !== "topology");
    assert.deepEqual(stream.map((m) => m.seq), [seq + 1, seq + 2, seq + 3]);
    assert.deepEqual(
      stream.map((m) => m.type === "suggestion_result" && m.data.id),
      missed,
    );
    await again.close();
  });
});

Deno.test("SimulationServer says so when it can't resume, and how things stand", async () => {
  await withServer({}, async (server) => {
    const client = await TestClient.connect(server);
    client.tell("register", register(5000));
    const error = await client.hear("error");
    assert.match(error.data.message, /can't go on from message 5000: the stream began anew/);
    assert.equal(error.data.field, "from_seq");
    await client.hear("channel_update");
    await client.close();
  });
});

Deno.test("SimulationServer.requestSuggestions collects until a client completes; runEpoch applies them", async () => {
  await withServer({}, async (server, simulation) => {
    assert.deepEqual(await server.requestSuggestions(), []);
    const client = await TestClient.connect(server);
    client.tell("register", register());
    await client.hear("channel_update");
    const answer = async () => {
      const { seq } = await client.hear("request_suggestions");
      client.tell("rebalance_suggestion", suggestion({ id: "one", expiresAt: START_MS + 1e9 }));
      client.tell("rebalance_suggestion", suggestion({ id: "two", confidence: 0.1 }));
      client.tell("suggestions_complete", { answers: seq, count: 2 });
    };
    const [suggestions] = await Promise.all([
      new Promise<string[]>((resolve) =>
        runEpoch(simulation, {
          epochMs: 1,
          minConfidence: 0.5,
          suggest: async () => {
            const list = await server.requestSuggestions();
            resolve(list.map((s) => s.id));
            return list;
          },
        })
      ),
      answer(),
    ]);
    assert.deepEqual(suggestions, ["one", "two"]);
    const two = await client.hear("suggestion_result", (m) => m.data.id === "two");
    assert.equal(two.data.status, "refused");
    assert.deepEqual(simulation.statistics().suggestions, { applied: 1, refused: 1, failed: 0 });
    await client.close();
  });
});

Deno.test("SimulationServer.requestSuggestions gives up on a client that doesn't answer", async () => {
  await withServer({}, async (server) => {
    const client = await TestClient.connect(server);
    assert.deepEqual(await server.requestSuggestions({ timeoutMs: 50 }), []);
    await client.close();
  });
});

Deno.test("SimulationServer speaks and understands the legacy shapes", async () => {
  await withServer({ legacy: true }, async (server, simulation) => {
    const client = await TestClient.connect(server);
    const heard = async (type: string) => {
      const until = Date.now() + 20_000;
      while (Date.now() < until) {
        const found = client.texts.map((t) => JSON.parse(t)).find((m) => m.type === type);
        if (found) return found;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return assert.fail(`${type} not heard`);
    };
    client.socket.send('{"type":"register","client":"old","message":"hello"}');
    const state = parseLegacyMessage(await heard("state_update"), 0);
    assert(state.kind === "events" && state.events.length === 2);
    client.socket.send(JSON.stringify({
      type: "rebalance_suggestion",
      suggestion: { from_node: "a", to_node: "b", amount: 100_000, confidence: 0.9 },
    }));
    const transaction = await heard("transaction");
    assert.deepEqual(transaction.data, {
      sender: "o",
      receiver: "o",
      amount: 100_000,
      success: true,
      description: "rebalance applied",
    });
    const update = parseLegacyMessage(await heard("channel_update"), 0);
    assert(update.kind === "events" && update.events.length > 0);
    assert.equal(simulation.account("o").rebalances, 1);
    for (const text of client.texts) assert(!("v" in JSON.parse(text)));
    await client.close();
  });
});

Deno.test("SimulationServer refuses a port in use, foreign pages and plain HTTP", async () => {
  await withServer({}, async (server, simulation) => {
    assert.throws(
      () =>
        new SimulationServer({
          simulation,
          clock: systemClock,
          host: "127.0.0.1",
          port: server.port,
          minConfidence: 0,
        }),
      (error) => error instanceof UnreachableError && /in use/.test(error.message),
    );
    const url = server.url.replace("ws:", "http:");
    const plain = await fetch(url);
    await plain.body?.cancel();
    assert.equal(plain.status, 426);
    const handshake = async (origin: string) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      const head = [
        "GET / HTTP/1.1",
        `Host: 127.0.0.1:${server.port}`,
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        `Origin: ${origin}`,
      ];
      await connection.write(new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n`));
      const answer = new Uint8Array(12);
      await connection.read(answer);
      connection.close();
      return new TextDecoder().decode(answer).slice(9);
    };
    assert.equal(await handshake("https://evil.example"), "403");
    assert.equal(await handshake("http://localhost:5001"), "101");
  });
});

Deno.test("SimulationServer passes the question of a legacy client on to a lens", async () => {
  await withServer({}, async (server) => {
    const old = await TestClient.connect(server);
    old.socket.send('{"type":"request_suggestions"}');
    const answers = async (count: number) => {
      const until = Date.now() + 20_000;
      while (Date.now() < until) {
        const found = old.texts.map((t) => JSON.parse(t))
          .filter((m) => m.type === "rebalance_suggestions");
        if (found.length >= count) return found;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return assert.fail("no rebalance_suggestions heard");
    };
    assert.deepEqual((await answers(1))[0].suggestions, [], "nobody is there to ask");
    const lens = await TestClient.connect(server);
    lens.tell("register", register());
    await lens.hear("topology");
    old.socket.send('{"type":"request_suggestions"}');
    const question = await lens.hear("request_suggestions");
    lens.tell("rebalance_suggestion", suggestion({ id: "good" }));
    lens.tell("suggestions_complete", { answers: question.seq, count: 1 });
    const { suggestions } = (await answers(2))[1];
    assert.deepEqual(suggestions, [
      { from_node: "a", to_node: "b", amount: 100_000, confidence: 0.9 },
    ]);
    await lens.hear("suggestion_result", (m) => m.data.id === "good");
    await lens.close();
    await old.close();
  });
});

/** Waits for so many updates of channels; their numbers. Reads no more of a message than it must. */
async function updates(client: TestClient, count: number): Promise<number[]> {
  for (let tries = 0; tries < 200; tries++) {
    const found = client.texts.filter((text) => text.startsWith('{"type":"channel_update"'));
    if (found.length >= count) return found.map((text) => Number(/"seq":(\d+)/.exec(text)![1]));
    await systemClock.sleep(50);
  }
  return assert.fail(`${count} updates did not come in 10 s`);
}

Deno.test("SimulationServer: 39,000 channels come in parts, from which the graph is whole again; a slow reader resumes", async () => {
  const network = generateNetwork({ nodes: 7300, rng: seededRng(1) });
  assert(network.channelCount > 35_000);
  const operator = network.nodeIds[50];
  const simulation = new Simulation({
    network,
    balances: initialBalances(network, seededRng(1)),
    rng: seededRng(1),
    startMs: START_MS,
    operators: [operator],
  });
  const server = new SimulationServer({
    simulation,
    clock: systemClock,
    host: "127.0.0.1",
    port: 0,
    minConfidence: 0.5,
  });
  try {
    const client = await TestClient.connect(server);
    client.tell("register", { client: "slow", wants: [] });
    await updates(client, 1);
    const parts = client.messages.filter((message) => message.type === "topology");
    assert(parts.length > 15, String(parts.length));
    const whole = networkFromTopology(parts.map(({ data }) => data));
    assert.equal(whole.channelCount, network.channelCount);
    assert.equal(whole.nodeCount, network.nodeCount);
    const [seq] = await updates(client, 1);
    await client.close();
    simulation.onEvent = (event) => server.broadcast(event);
    simulation.tellStates();
    const again = await TestClient.connect(server);
    again.tell("register", { client: "slow", wants: [], fromSeq: seq + 1 });
    const channels = network.degree(network.nodeOf(operator)!);
    const seqs = await updates(again, channels);
    assert.deepEqual(seqs, Array.from({ length: channels }, (_, i) => seq + 1 + i));
    await again.close();
  } finally {
    await server.stop();
  }
});
