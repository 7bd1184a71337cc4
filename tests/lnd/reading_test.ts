import assert from "node:assert/strict";
import { systemClock } from "../../lib/core/mod.ts";
import { LndConnection, LndNode } from "../../lib/nodes/mod.ts";
import { testNodeContract } from "../contracts/node_contract.ts";
import { LndNetwork } from "./network.ts";
import { until } from "./processes.ts";

Deno.test("LndNode passes the contract of nodes, with a macaroon that only reads", async (t) => {
  const network = await LndNetwork.start();
  const { alice, bob, carol, dave } = network.nodes;
  const connection = new LndConnection(await bob.access("readonly.macaroon"));
  const node = new LndNode(connection, systemClock);
  try {
    const [incoming, closing] = await network.channelIds("alice", "bob");
    const [outgoing] = await network.channelIds("bob", "carol");
    // Alice has failures in mind from each try: they must not keep her from trying again.
    await testNodeContract(t, {
      node,
      nodeId: bob.nodeId,
      channels: { incoming, outgoing, closing },
      forward: async (amountSat) => {
        assert.equal(await alice.pay(carol, { amountSat, outgoing: [incoming] }), "SUCCEEDED");
      },
      forwardTooMuch: async () => {
        assert.equal(
          await alice.pay(carol, { amountSat: 2_600_000, outgoing: [incoming] }),
          "FAILED",
        );
        await alice.forgetFailures();
      },
      closeChannel: async () => {
        await alice.closeChannel(closing);
        const { bitcoin } = network;
        await until("closing transaction", async () => await bitcoin.waitingTransactions() > 0);
        await bitcoin.mine(6);
      },
      settle: () => network.quiet(),
    });

    await t.step("a forward that fails further on is told as such", async () => {
      const stop = new AbortController();
      const outcomes: string[] = [];
      const listening = Promise.withResolvers<void>();
      const following = (async () => {
        for await (const event of node.follow("forwards", stop.signal)) {
          if (event.kind === "listening") listening.resolve();
          if (event.kind !== "forward") continue;
          outcomes.push(event.forward.outcome);
          assert.ok(event.forward.outAmountMsat > 0);
          stop.abort();
        }
      })();
      await listening.promise;
      // Carol's channel to dave holds 2.7 M; what goes back over it leaves too little for this.
      assert.equal(await carol.pay(dave, { amountSat: 2_000_000 }), "SUCCEEDED");
      await network.quiet();
      await alice.pay(dave, { amountSat: 1_500_000, outgoing: [incoming] });
      await following;
      assert.deepEqual(outcomes, ["failed_downstream"]);
    });

    await t.step("policies of both ends come with the channels", async () => {
      const channel = (await node.channels()).find(({ channelId }) => channelId === outgoing)!;
      assert.equal(channel.localPolicy?.baseFeeMsat, 1000);
      assert.equal(channel.localPolicy?.feeRatePpm, 1);
      assert.equal(channel.remotePolicy?.cltvDelta, 80);
    });

    await t.step("who may not read invoices gets none, without an error", async () => {
      await bob.bake("least.macaroon", ["info:read", "offchain:read"]);
      const least = new LndNode(
        new LndConnection(await bob.access("least.macaroon")),
        systemClock,
      );
      assert.equal(await least.receipts({ from: 0, limit: 10 }), undefined);
      assert.ok((await least.channels()).length >= 2);
      least.close();
    });
  } finally {
    node.close();
    await network.stop();
  }
});
