import assert from "node:assert/strict";
import { createServer } from "node:https";
import { join } from "node:path";
import { EXIT, LensError, ManualClock, UsageError } from "../../lib/core/mod.ts";
import { openLnd } from "../../lib/nodes/mod.ts";
import { macaroonOf } from "./macaroon_bytes.ts";

/** What a node says; a refusal where it is a text. */
interface FakeAnswers {
  state?: string;
  getinfo?: Record<string, unknown> | string;
}

const INFO = {
  identity_pubkey: `02${"ab".repeat(32)}`,
  alias: "fake",
  version: "0.21.2-beta commit=v0.21.2-beta",
  block_height: 900_000,
  synced_to_chain: true,
  synced_to_graph: true,
  chains: [{ chain: "bitcoin", network: "mainnet" }],
};

/** Opens a node that answers so, with a macaroon that allows to read. */
async function opening({ state = "SERVER_ACTIVE", getinfo = {} }: FakeAnswers) {
  const folder = await Deno.makeTempDir();
  const certificate = Deno.readTextFileSync("tests/fixtures/tls/cert.pem");
  const macaroonPath = join(folder, "read.macaroon");
  await Deno.writeTextFile(join(folder, "tls.cert"), certificate);
  await Deno.writeFile(macaroonPath, macaroonOf([["info", "read"], ["offchain", "read"]]));
  const server = createServer({
    key: Deno.readTextFileSync("tests/fixtures/tls/key.pem"),
    cert: certificate,
  }, ({ url }, response) => {
    const refused = url !== "/v1/state" && typeof getinfo === "string";
    const info = typeof getinfo === "string" ? { code: 2, message: getinfo } : getinfo;
    const answer = url === "/v1/state" ? { state } : { ...INFO, ...info };
    response.writeHead(refused ? 500 : 200).end(JSON.stringify(answer));
  });
  const port = await new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    })
  );
  const restServer = `127.0.0.1:${port}`;
  const settings = { lndDir: folder, restServer, macaroonPath, network: "mainnet" };
  try {
    const { node, info } = await openLnd(settings, { clock: new ManualClock(0) });
    node.close();
    return info;
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("openLnd opens a node that is ready", async () => {
  assert.equal((await opening({})).alias, "fake");
  assert.equal((await opening({ state: "RPC_ACTIVE" })).alias, "fake");
});

Deno.test("openLnd says in one sentence what keeps a node from being read, and what to do", async () => {
  const cases: [FakeAnswers, number, RegExp][] = [
    [{ state: "LOCKED" }, EXIT.unreachable, /wallet of the LND at \S+ is locked: unlock it/],
    [{ state: "NON_EXISTING" }, EXIT.unreachable, /has no wallet yet: make one \(lncli create\)/],
    [{ state: "UNLOCKED" }, EXIT.unreachable, /is still starting: try again in a minute/],
    [{ state: "WAITING_TO_START" }, EXIT.unreachable, /is still starting: try again/],
    [
      { getinfo: { synced_to_chain: false } },
      EXIT.unreachable,
      /is behind the chain \(block 900000\).*try again when lncli getinfo says synced_to_chain/,
    ],
    [
      { getinfo: { version: "0.17.5-beta" } },
      EXIT.input,
      /version: found "0\.17\.5-beta", expected LND 0\.18\.0 or later: upgrade lnd/,
    ],
    [
      { getinfo: { chains: [{ network: "testnet4" }] } },
      EXIT.refused,
      /is on testnet4, not on mainnet: name the right node, or say --network testnet4/,
    ],
    [
      { getinfo: "verification failed: signature mismatch after caveat verification" },
      EXIT.refused,
      /does not know the macaroon: .*another network.*--macaroonpath or --network/,
    ],
    [
      { getinfo: "cannot get macaroon: root key with id 0 doesn't exist" },
      EXIT.refused,
      /does not know the macaroon: it was made by another node/,
    ],
    [
      { getinfo: "wallet locked, unlock it to enable full RPC access" },
      EXIT.unreachable,
      /is locked: unlock it \(lncli unlock\)/,
    ],
  ];
  for (const [answers, exitCode, says] of cases) {
    await assert.rejects(opening(answers), (error) => {
      assert.ok(error instanceof LensError, String(error));
      assert.match(error.message, says);
      assert.equal(error.exitCode, exitCode, error.message);
      assert.ok(!error.message.includes("\n"));
      return true;
    });
  }
});

Deno.test("openLnd names the option whose address is none", async () => {
  const settings = { lndDir: "/nowhere", network: "mainnet" };
  for (
    const [option, address] of [
      ["restserver", { restServer: ":::" }],
      ["rpcserver", { rpcServer: "a b:1" }],
      ["restserver", { restServer: "localhost:99999" }],
    ] as const
  ) {
    await assert.rejects(
      openLnd({ ...settings, ...address }, { clock: new ManualClock(0) }),
      (error) =>
        error instanceof UsageError && error.message.startsWith(`--${option}: found "`) &&
        error.message.endsWith("expected HOST or HOST:PORT"),
    );
  }
});
