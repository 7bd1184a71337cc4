import assert from "node:assert/strict";
import { satToMsat, systemClock } from "../../lib/core/mod.ts";
import {
  assertBooked,
  bakePaying,
  killWhilePaying,
  openExecution,
  suggesting,
} from "./execution.ts";
import { LndNetwork } from "./network.ts";
import { until } from "./processes.ts";

Deno.test("Executor rebalances a real lnd within its limits, whatever breaks", async (t) => {
  const network = await LndNetwork.start();
  const { alice, bob, carol } = network.nodes;
  await bakePaying(network);
  const folder = await Deno.makeTempDir();
  const { wide, narrow, target, suggestion } = await suggesting(network);
  let parts = await openExecution(network, folder);
  const local = async (channelId: string) => {
    await network.quiet();
    return (await parts.reader.channels()).find((c) => c.channelId === channelId)!.localBalanceSat;
  };
  /** What the terms of the ring ask for, msat. */
  const ringFee = async (amountMsat: number) => {
    const graph = await parts.reader.graph();
    const [middle] = await network.channelIds("bob", "carol");
    const direction = (channelId: string, from: string) =>
      graph.directionFrom(graph.nodeOf(from)!, graph.channelOf(channelId)!)!;
    const last = graph.feeMsat(direction(target, carol.nodeId), amountMsat);
    return last + graph.feeMsat(direction(middle, bob.nodeId), amountMsat + last);
  };
  try {
    await t.step("at exactly the fee that the terms ask for", async () => {
      const before = [await local(wide), await local(target)];
      const result = await parts.executor.execute(suggestion(500_000));
      assert.deepEqual([result.status, result.reason, result.attempts], ["applied", undefined, 1]);
      assert.equal(result.feeMsat, await ringFee(satToMsat(500_000)));
      assert.equal(await local(target) - before[1], 500_000);
      assert.equal(before[0] - await local(wide), 500_000 + Math.ceil(result.feeMsat / 1000));
      assert.equal(parts.ledger.spending(systemClock.nowMs()).settledMsat, result.feeMsat);
      assert.deepEqual(result.tries?.map((a) => [a.settled, a.channels.length]), [[true, 3]]);
    });

    await t.step("not at all where the fee limit is too low", async () => {
      const result = await parts.executor.execute(suggestion(100_000, { feeLimitMsat: 1000 }));
      assert.equal(result.status, "failed");
      assert.match(result.reason!, /no_route/i);
      assert.equal(parts.ledger.spending(systemClock.nowMs()).reservedMsat, 0);
    });

    await t.step("in a smaller part where the way carries no more", async () => {
      // Bob has 2 M left towards carol.
      const result = await parts.executor.execute(suggestion(2_400_000));
      assert.equal(result.status, "applied");
      assert.ok(result.amountMsat < satToMsat(2_400_000) && result.attempts > 1);
      assert.ok(result.tries!.some(({ settled }) => !settled));
      await alice.forgetFailures();
    });

    await t.step("out of the one of two parallel channels that was asked for", async () => {
      const before = [await local(wide), await local(narrow)];
      const result = await parts.executor.execute(
        suggestion(50_000, { sourceChannel: narrow }),
      );
      assert.equal(result.status, "applied");
      assert.equal(await local(wide), before[0]);
      assert.ok(before[1] - await local(narrow) >= 50_000);
    });

    await t.step("nothing while the kill switch is engaged", async () => {
      parts.killSwitch.engage();
      const result = await parts.executor.execute(suggestion(10_000));
      assert.deepEqual([result.status, result.attempts], ["refused", 0]);
      parts.killSwitch.release();
    });

    await t.step("failed payments are no longer on the node", async () => {
      const { payments } = await alice.get("/v1/payments?include_incomplete=true");
      assert.deepEqual(
        payments.filter(({ status }: { status: string }) => status === "FAILED"),
        [],
      );
    });

    await t.step(
      "a node that stops during a payment: nothing new until its end is known",
      async () => {
        carol.pause();
        const started = suggestion(20_000);
        const executing = parts.executor.execute(started);
        await until("an HTLC under way", () => alice.hasHtlc());
        await alice.stop("SIGKILL");
        const lost = await executing;
        assert.match(lost.reason!, /in flight|not known/);
        assert.equal(parts.ledger.open().length, 1);
        const refused = await parts.executor.execute(suggestion(10_000));
        assert.equal(refused.status, "refused");
        carol.resume();
        await alice.start();
        await until("recovered", async () => (await parts.executor.recover()).open === 0);
        await network.quiet();
        // Carol and bob may have lost each other while carol hung.
        for (const node of [alice, bob, carol]) {
          await until("channels active", async () => {
            const { channels } = await node.get("/v1/channels");
            return channels.every(({ active }: { active: boolean }) => active);
          });
        }
        await alice.forgetFailures();
        const found = parts.results.at(-1)!;
        assert.equal(found.id, started.id);
        const { payments } = await alice.get("/v1/payments?include_incomplete=true");
        const [attempt] = parts.ledger.attemptsOf(started.id);
        const real = payments.find((p: { payment_hash: string }) =>
          p.payment_hash === attempt.paymentHash
        );
        assert.equal(attempt.state, real?.status === "SUCCEEDED" ? "settled" : "failed");
        assert.equal(attempt.feeMsat, Number(real?.fee_msat ?? 0));
      },
    );

    await t.step(
      "a lens killed with a payment under way finds its end when it is back",
      async () => {
        carol.pause();
        const started = suggestion(30_000);
        await killWhilePaying(network, {
          suggestion: started,
          folder,
          ledger: parts.ledger,
          ownRoutes: false,
        });
        parts.close();
        parts = await openExecution(network, folder);
        assert.deepEqual(parts.ledger.open().map(({ suggestionId }) => suggestionId), [started.id]);
        // Even the same suggestion is not carried out again.
        assert.equal((await parts.executor.execute(started)).status, "refused");
        carol.resume();
        await until("recovered", async () => (await parts.executor.recover()).open === 0);
        const again = await parts.executor.execute(started);
        assert.equal(again.reason, "it was carried out before");
        const settled = parts.ledger.attemptsOf(started.id).filter((a) => a.state === "settled");
        assert.ok(settled.length <= 1);
        assert.equal(
          parts.ledger.execution(started.id)?.result?.amountMsat,
          settled[0]?.amountMsat ?? 0,
        );
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
