import assert from "node:assert/strict";
import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, createServer as createTcp } from "node:net";
import { join } from "node:path";
import { InputError, RefusedError, Secret, UnreachableError } from "../../lib/core/mod.ts";
import { connectionError } from "../../lib/nodes/lnd_faults.ts";
import { type LndAccess, LndConnection } from "../../lib/nodes/mod.ts";

const TLS = {
  key: Deno.readTextFileSync("tests/fixtures/tls/key.pem"),
  cert: Deno.readTextFileSync("tests/fixtures/tls/cert.pem"),
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Runs `use` with a connection to a server that answers as `handler` does. */
async function served(
  handler: Handler,
  use: (connection: LndConnection, access: LndAccess) => Promise<void>,
  more: Partial<LndAccess> = {},
): Promise<void> {
  const server = createServer(TLS, handler);
  const port = await listening(server, { host: "127.0.0.1", port: 0 });
  const access: LndAccess = {
    address: `https://127.0.0.1:${port}`,
    host: "127.0.0.1",
    port,
    certificate: TLS.cert,
    macaroon: new Secret("abcd"),
    ...more,
  };
  const connection = new LndConnection(access);
  try {
    await use(connection, access);
  } finally {
    connection.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function listening(server: Server, where: object): Promise<number> {
  return new Promise((resolve) =>
    server.listen(where, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    })
  );
}

Deno.test("LndConnection sends the macaroon and reads JSON", async () => {
  await served((request, response) => {
    response.end(JSON.stringify({ got: request.headers["grpc-metadata-macaroon"] }));
  }, async (connection) => {
    assert.deepEqual(await connection.get("/v1/x"), { got: "abcd" });
  });
});

Deno.test("LndConnection takes no certificate but the one given", async () => {
  await served((_, response) => response.end("{}"), async (_, access) => {
    const unknown = new LndConnection({ ...access, certificate: undefined });
    await assert.rejects(
      unknown.get("/"),
      (error) =>
        error instanceof RefusedError && /does not have the certificate/.test(error.message),
    );
    unknown.close();
  });
});

Deno.test("LndConnection tells a certificate that has expired from that of another", async () => {
  // lnd's own kind, valid in 2020 only.
  const cert = Deno.readTextFileSync("tests/fixtures/tls/expired_cert.pem");
  const key = Deno.readTextFileSync("tests/fixtures/tls/expired_key.pem");
  const server = createServer({ cert, key }, (_, response) => response.end("{}"));
  const port = await listening(server, { host: "127.0.0.1", port: 0 });
  const address = `https://127.0.0.1:${port}`;
  const connection = new LndConnection({ address, host: "127.0.0.1", port, certificate: cert });
  await assert.rejects(connection.get("/"), (error) => {
    assert.match(String(error), /has expired: remove tls.cert and tls.key/);
    return error instanceof RefusedError;
  });
  connection.close();
  await new Promise((resolve) => server.close(resolve));
  const unverified = Object.assign(new Error("x"), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
  const early = connectionError(unverified, "", {
    certificate: cert,
    timeMs: Date.UTC(2019, 0, 1),
  });
  assert.match(early.message, /not valid before 2020-01-01.*is the clock of this machine right/);
  const other = connectionError(unverified, "", {
    certificate: cert,
    timeMs: Date.UTC(2020, 5, 1),
  });
  assert.match(other.message, /does not have the certificate that was given/);
});

Deno.test("LndConnection says what a refusal means, and what to do", async () => {
  const cases: [
    string,
    number,
    RegExp,
    typeof RefusedError | typeof UnreachableError | typeof InputError,
  ][] = [
    ["permission denied", 500, /does not allow this/, RefusedError],
    [
      "verification failed: signature mismatch after caveat verification",
      500,
      /another/,
      RefusedError,
    ],
    ["wallet locked, unlock it to enable full RPC access", 500, /lncli unlock/, UnreachableError],
    ["the RPC server is in the process of starting up", 500, /still starting/, UnreachableError],
    ["Not Found", 404, /LND 0\.18\.0 or later/, InputError],
  ];
  for (const [message, status, says, kind] of cases) {
    await served((_, response) => {
      response.writeHead(status).end(JSON.stringify({ code: 2, message, details: [] }));
    }, (connection) =>
      assert.rejects(connection.get("/v1/x"), (error) => {
        assert.ok(error instanceof kind, String(error));
        assert.match(error.message, says);
        assert.ok(!error.message.includes("abcd"));
        return true;
      }));
  }
});

Deno.test("LndConnection says that an answer broke off", async () => {
  await served(
    (_, response) => response.end('{"channels": [{"a": 1}'),
    (connection) => assert.rejects(connection.get("/v1/channels"), /expected a whole JSON text/),
  );
  await served((_, response) => {
    response.writeHead(200, { "content-length": "100" });
    response.write("{");
    setTimeout(() => response.destroy(), 20);
  }, (connection) => assert.rejects(connection.get("/v1/channels")));
});

Deno.test("LndConnection reads streams line by line until the signal", async () => {
  await served((_, response) => {
    response.write('{"result": {"n": 1}}\n{"resu');
    setTimeout(() => response.write('lt": {"n": 2}}\n'), 10);
  }, async (connection) => {
    const stop = new AbortController();
    const found: unknown[] = [];
    for await (const message of connection.stream("GET", "/s", { signal: stop.signal })) {
      found.push(message);
      if (found.length === 2) stop.abort();
    }
    assert.deepEqual(found, [{ n: 1 }, { n: 2 }]);
  });
  await served((_, response) => {
    response.end('{"error": {"code": 2, "message": "permission denied"}}\n');
  }, async (connection) => {
    // Not a refusal: it had begun, and may have done something.
    const refused = connection.stream("GET", "/s").next();
    await assert.rejects(refused, (error) => {
      assert.match(String(error), /does not allow this/);
      return error instanceof UnreachableError;
    });
  });
});

Deno.test("LndConnection ends a stream that never answered", async () => {
  await served(() => {}, async (connection) => {
    const signal = AbortSignal.timeout(100);
    const { done } = await connection.stream("GET", "/s", { signal }).next();
    assert.equal(done, true);
  });
});

Deno.test("LndConnection goes through a SOCKS proxy, which resolves the name", async () => {
  const asked: string[] = [];
  const proxy = createTcp((client) => {
    client.once("data", () => {
      client.write(Uint8Array.of(5, 0));
      client.once("data", (request: Uint8Array) => {
        const length = request[4];
        const view = new DataView(request.buffer, request.byteOffset);
        const port = view.getUint16(5 + length);
        asked.push(new TextDecoder().decode(request.subarray(5, 5 + length)));
        const upstream = connect(port, "127.0.0.1", () => {
          client.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
          client.pipe(upstream).pipe(client);
        });
        upstream.on("error", () => client.destroy());
      });
    });
    client.on("error", () => {});
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address = proxy.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await served(
    (_, response) => response.end('{"ok": true}'),
    async (_, access) => {
      const socks = { host: "127.0.0.1", port };
      const through = new LndConnection({ ...access, host: "localhost", socks });
      assert.deepEqual(await through.get("/v1/x"), { ok: true });
      assert.deepEqual(asked, ["localhost"]);
      through.close();
    },
  );
  await new Promise((resolve) => proxy.close(resolve));
});

Deno.test("LndConnection says that a SOCKS proxy is not there", async () => {
  const connection = new LndConnection({
    address: "https://node.onion:8080",
    host: "node.onion",
    port: 8080,
    certificate: TLS.cert,
    socks: { host: "127.0.0.1", port: 1 },
  });
  await assert.rejects(connection.get("/"), /SOCKS proxy at 127\.0\.0\.1:1 is not there/);
});

Deno.test("LndConnection speaks TLS over a UNIX socket", async () => {
  const folder = await Deno.makeTempDir();
  const socketPath = join(folder, "lnd.sock");
  const server = createServer(TLS, (_, response) => response.end('{"ok": true}'));
  await listening(server, { path: socketPath });
  const connection = new LndConnection({
    address: `unix:${socketPath}`,
    host: "localhost",
    port: 8080,
    socketPath,
    certificate: TLS.cert,
  });
  assert.deepEqual(await connection.get("/"), { ok: true });
  connection.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await Deno.remove(folder, { recursive: true });
});

Deno.test("LndConnection takes a refusal as one, whatever its status", async () => {
  const refusal = { code: 7, message: "permission denied", details: [] };
  for (const answer of [refusal, { error: refusal }]) {
    await served((_, response) => response.end(JSON.stringify(answer)), async (connection) => {
      await assert.rejects(connection.get("/v1/x"), RefusedError);
    });
  }
});

Deno.test("LndConnection gives up where an answer stops in the middle, but not on streams", async () => {
  const half = (_: IncomingMessage, response: ServerResponse) => void response.write('{"a":');
  await served(half, async (connection) => {
    const silent = (error: unknown) =>
      error instanceof UnreachableError && /no answer within 0.05 s/.test(error.message);
    await assert.rejects(connection.get("/v1/x"), silent);
    await assert.rejects(Array.fromAsync(connection.pieces("/v1/x")), silent);
    const stop = new AbortController();
    const stream = connection.stream("GET", "/v1/x", { signal: stop.signal }).next();
    const first = await Promise.race([
      stream,
      new Promise((resolve) => setTimeout(resolve, 150, "still there")),
    ]);
    assert.equal(first, "still there");
    stop.abort();
    await stream;
  }, { silenceMs: 50 });
});
