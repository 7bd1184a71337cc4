import assert from "node:assert/strict";
import { satToMsat } from "../../lib/core/mod.ts";
import {
  assertBooked,
  bakePaying,
  killWhilePaying,
  openExecution,
  suggesting,
} from "./execution.ts";
import { LndNetwork } from "./network.ts";
import { until } from "./processes.ts";

/** Bob can pay carol by way of dave too; resolves when alice has heard of it. */
async function joinBobAndDave(network: LndNetwork): Promise<void> {
  const { alice, bob, dave } = network.nodes;
  const addr = { pubkey: dave.nodeId, host: `127.0.0.1:${dave.ports.peers}` };
  await bob.post("/v1/peers", { addr, perm: false });
  await until("channel of bob to dave", () =>
    bob.post("/v1/channels", {
      node_pubkey: Uint8Array.fromHex(dave.nodeId).toBase64(),
      local_funding_amount: "3000000",
      sat_per_vbyte: "5",
    }));
  await network.mine(6);
  await until("alice knows the channel", async () => {
    const { edges } = await alice.get("/v1/graph");
    type Edge = Record<"node1_policy" | "node2_policy", unknown>;
    return edges.length === 6 &&
      edges.every(({ node1_policy, node2_policy }: Edge) => node1_policy && node2_policy);
  });
}

Deno.test("Executor finds its own routes on a real lnd, one after the other", async (t) => {
  const network = await LndNetwork.start();
  const { alice, bob, carol } = network.nodes;
  await bakePaying(network);
  const folder = await Deno.makeTempDir();
  const { wide, target, suggestion } = await suggesting(network);
  await joinBobAndDave(network);
  const seen = await openExecution(network, folder);
  const graph = await seen.reader.graph();
  seen.close();
  let parts = await openExecution(network, folder, () => graph);
  const local = async (channelId: string) => {
    await network.quiet();
    return (await parts.reader.channels()).find((c) => c.channelId === channelId)!.localBalanceSat;
  };
  const hops = (tries: readonly { channels: string[] }[] = []) =>
    tries.map(({ channels }) => channels.length);
  try {
    await t.step("out by one channel and back by another, for what the route costs", async () => {
      const before = [await local(wide), await local(target)];
      const result = await parts.executor.execute(suggestion(300_000));
      assert.deepEqual([result.status, result.reason, result.attempts], ["applied", undefined, 1]);
      assert.deepEqual(hops(result.tries), [3]);
      assert.equal(await local(target) - before[1], 300_000);
      assert.equal(before[0] - await local(wide), 300_000 + Math.ceil(result.feeMsat / 1000));
      const { payments } = await alice.get("/v1/payments");
      assert.deepEqual(payments.map((p: { fee_msat: string }) => +p.fee_msat), [result.feeMsat]);
    });

    const [middle] = await network.channelIds("bob", "carol");
    await t.step("around a hop that turns out to be empty, with the same invoice", async () => {
      await bob.pay(carol, { amountSat: 2_000_000, outgoing: [middle] });
      const invoices = async () => (await alice.get("/v1/invoices")).invoices.length;
      const before = await invoices();
      const result = await parts.executor.execute(suggestion(240_000));
      assert.deepEqual([result.status, result.amountMsat], ["applied", satToMsat(240_000)]);
      assert.deepEqual(hops(result.tries), [3, 4]);
      assert.deepEqual(result.tries!.map(({ settled, failedHop }) => [settled, failedHop]), [
        [false, 1],
        [true, undefined],
      ]);
      assert.equal(await invoices(), before + 1);
      const [attempt, ...others] = parts.ledger.attemptsOf(result.id);
      assert.deepEqual([attempt.state, attempt.feeMsat, others], ["settled", result.feeMsat, []]);
    });

    await t.step("by what it remembers after a restart", async () => {
      parts.close();
      parts = await openExecution(network, folder, () => graph);
      // What is left on either way no longer carries as much: nothing is tried twice.
      const result = await parts.executor.execute(suggestion(230_000));
      assert.ok(
        result.tries!.every(({ amountMsat, channels }) =>
          channels.length !== 3 || amountMsat < satToMsat(230_000)
        ),
      );
    });

    await t.step("at the terms that a failure tells, where the graph was old", async () => {
      await carol.pay(bob, { amountSat: 1_000_000, outgoing: [middle] });
      const policy = { base_fee_msat: "2000", fee_rate_ppm: 50, time_lock_delta: 90 };
      await carol.post("/v1/chanpolicy", { global: true, ...policy });
      const result = await parts.executor.execute(suggestion(20_000));
      assert.deepEqual([result.status, result.reason], ["applied", undefined]);
      assert.match(result.tries![0].reason!, /fee_insufficient/);
      const direction = graph.directionFrom(graph.nodeOf(carol.nodeId)!, graph.channelOf(target)!)!;
      assert.equal(graph.feeRatePpm[direction], 50);
      assert.ok(result.feeMsat > 2000 + 20_000_000 * 50 / 1e6);
    });

    await t.step("not at all where the fee limit is too low: nothing is sent", async () => {
      const result = await parts.executor.execute(suggestion(20_000, { feeLimitMsat: 500 }));
      assert.deepEqual([result.status, result.attempts], ["failed", 0]);
      assert.match(result.reason!, /no route within the fee limit/);
    });

    await t.step("failed payments are no longer on the node", async () => {
      const { payments } = await alice.get("/v1/payments?include_incomplete=true");
      const failed = payments.filter(({ status }: { status: string }) => status === "FAILED");
      assert.deepEqual(failed, []);
    });

    await t.step(
      "killed with a route under way: its end is found before anything new",
      async () => {
        carol.pause();
        const started = suggestion(15_000);
        const { ledger } = parts;
        await killWhilePaying(network, { suggestion: started, folder, ledger, ownRoutes: true });
        parts.close();
        parts = await openExecution(network, folder, () => graph);
        assert.deepEqual(parts.ledger.open().map((a) => [a.suggestionId, a.byRoute]), [
          [started.id, true],
        ]);
        assert.equal((await parts.executor.execute(suggestion(10_000))).status, "refused");
        carol.resume();
        await until("recovered", async () => (await parts.executor.recover()).open === 0);
        await network.quiet();
        const [attempt] = parts.ledger.attemptsOf(started.id);
        assert.deepEqual([attempt.state, attempt.amountMsat], ["settled", satToMsat(15_000)]);
      },
    );

    await t.step("all that was paid is what the ledger says", async () => {
      await assertBooked(network, parts.ledger);
    });
  } finally {
    parts.close();
    carol.resume();
    await network.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
