import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { DATABASE_NAME, SqliteStore } from "../../lib/store/mod.ts";
import { lens, lensCommand } from "./lens_process.ts";
import { LndNetwork } from "./network.ts";
import { freePorts, until } from "./processes.ts";

interface Recommended {
  node: string;
  channels: {
    channel_id: string;
    local_balance_sat: number;
    forwards_seen: number;
    decision: string;
    local_policy: { base_fee_msat: number };
  }[];
  notes: string[];
}

Deno.test("recommend and serve follow a node through forwards, failures and a restart", async (t) => {
  const network = await LndNetwork.start();
  const { alice, bob, carol } = network.nodes;
  const data = await Deno.makeTempDir();
  const options = [
    ...["--lnddir", bob.lndDir, "--restserver", bob.restServer, "--network", "simnet"],
    ...["--data-dir", data],
  ];
  const [incoming] = await network.channelIds("alice", "bob");
  const [outgoing] = await network.channelIds("bob", "carol");
  const [port] = freePorts(1);
  const forwardNow = async (amountSat: number) => {
    const status = await alice.pay(carol, { amountSat, outgoing: [incoming] });
    await alice.forgetFailures();
    return status;
  };
  const ask = async (path: string) => await (await fetch(`http://127.0.0.1:${port}${path}`)).json();
  const seen = async () =>
    (await recommended(options)).channels
      .find(({ channel_id }) => channel_id === outgoing)!;

  try {
    await t.step("recommend shows every channel with a reason, within ten seconds", async () => {
      assert.equal(await forwardNow(30_000), "SUCCEEDED");
      await network.quiet();
      const startMs = performance.now();
      const shown = await lens(["recommend", ...options]);
      assert.ok(performance.now() - startMs < 10_000);
      assert.equal(shown.code, 0, shown.stderr);
      assert.match(shown.stdout, /bob: 3 channels/);
      assert.match(shown.stdout, /carol .* learning: /);
      assert.match(shown.stdout, /failed forwards are unknown/);
      const { channels, node } = await recommended(options);
      assert.equal(node, bob.nodeId);
      assert.equal(channels.length, 3);
      assert.ok(channels.every(({ local_policy }) => local_policy.base_fee_msat === 1000));
    });

    await t.step("a parallel channel has balances and history of its own", async () => {
      const { channels } = await recommended(options);
      const [large, small] = await network.channelIds("alice", "bob");
      const of = (id: string) => channels.find(({ channel_id }) => channel_id === id)!;
      assert.equal(of(large).forwards_seen, 1);
      assert.equal(of(small).forwards_seen, 0);
      assert.notEqual(of(large).local_balance_sat, of(small).local_balance_sat);
    });

    let log = "";
    const server = lensCommand(["serve", ...options, "--port", String(port)]).spawn();
    try {
      await until("a first plan", async () => (await ask("/api/recommendations")).time != null);
      await t.step("an event changes the recommendations within a second", async () => {
        const before = await ask("/api/recommendations");
        // Plans are made anew at once where none was made just before.
        await new Promise((resolve) => setTimeout(resolve, 15_500));
        assert.equal(await forwardNow(40_000), "SUCCEEDED");
        const startMs = performance.now();
        await until("new plan", async () => (await ask("/api/recommendations")).time > before.time);
        assert.ok(performance.now() - startMs < 2000, `${performance.now() - startMs} ms`);
      });

      await t.step("what fails for lack of balance is stored, though LND forgets it", async () => {
        assert.equal(await forwardNow(2_600_000), "FAILED");
        await until("failed forward stored", async () => {
          const { decisions } = await ask("/api/recommendations");
          return /[3-9] forwards|[1-9]\d forwards/.test(JSON.stringify(decisions));
        });
      });

      await t.step("lnd restarted during the streams: connected again, nothing lost", async () => {
        await bob.stop();
        await bob.start();
        await network.mine(1);
        await network.reconnect();
        assert.equal(await forwardNow(25_000), "SUCCEEDED");
        await until("the gap is kept", () => Promise.resolve(hasGap(data)));
        await new Promise((resolve) => setTimeout(resolve, 4000));
      });
    } finally {
      server.kill("SIGTERM");
      log = new TextDecoder().decode((await server.output()).stderr);
    }
    assert.match(log, /broke off/);
    assert.match(log, /not heard from/);

    await t.step("the store holds every forward once, and the gap", async () => {
      const after = await seen();
      assert.equal(after.forwards_seen, 4, "30, 40 and 25 thousand, and the one that failed");
      const store = SqliteStore.open(data);
      try {
        const outcomes: string[] = [];
        for await (const { events } of store.replay(0)) {
          for (const event of events) {
            if (event.kind === "forward") outcomes.push(event.forward.outcome);
          }
        }
        assert.deepEqual(outcomes.toSorted(), ["failed_here", "settled", "settled", "settled"]);
        const gaps = (await store.metrics(0)).filter(({ name }) => name.endsWith("gap/forwards"));
        assert.ok(gaps.length >= 1 && gaps.every(({ value }) => value > 0));
      } finally {
        await store.close();
      }
    });

    await t.step("nothing secret stands in what was stored", async () => {
      const bytes = await Deno.readFile(join(bob.macaroonDir, "readonly.macaroon"));
      const secret = bytes.subarray(-32).toHex();
      for await (const { name, isFile } of Deno.readDir(data)) {
        if (!isFile) continue;
        const text = new TextDecoder("latin1").decode(await Deno.readFile(join(data, name)));
        assert.ok(!text.includes(secret.slice(0, 40)), name);
      }
    });
  } finally {
    await network.stop();
    await Deno.remove(data, { recursive: true });
  }
});

/** Whether a server that runs has stored a gap in the stream of forwards. */
function hasGap(data: string): boolean {
  const db = new DatabaseSync(join(data, DATABASE_NAME), { readOnly: true });
  try {
    return db.prepare("select 1 from metrics where name like '%gap/forwards'").get() !== undefined;
  } finally {
    db.close();
  }
}

async function recommended(options: string[]): Promise<Recommended> {
  const { code, stdout, stderr } = await lens(["recommend", ...options, "--json"]);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
}
