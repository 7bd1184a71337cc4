import assert from "node:assert/strict";
import fc from "fast-check";
import { type NodeForward, type NodePayment, syncHistory } from "../../lib/nodes/mod.ts";
import { MemorySink } from "./memory_sink.ts";
import { SimulatedNode } from "./simulated_node.ts";

const ME = "me";

function forward(i: number, timeMs = i * 1000): NodeForward {
  return {
    timeMs,
    inChannel: "1",
    outChannel: "2",
    inAmountMsat: 101_000,
    outAmountMsat: 100_000,
    outcome: "settled",
    inHtlcId: String(i),
  };
}

function payment(i: number, last: string, status: NodePayment["status"] = "succeeded") {
  const made: NodePayment = {
    paymentHash: String(i).padStart(64, "0"),
    status,
    createdMs: i * 1000,
    amountMsat: 50_000,
    feeMsat: 70,
    attempts: [{
      status,
      hops: [
        { channelId: "2", node: "bob", amountMsat: 50_070 },
        { channelId: "1", node: last, amountMsat: 50_000 },
      ],
      amountMsat: 50_000,
      feeMsat: 70,
      resolvedMs: i * 1000 + 500,
    }],
  };
  return made;
}

Deno.test("syncHistory gives all histories in one order of time", async () => {
  const node = new SimulatedNode(ME);
  node.settled = Array.from({ length: 25_000 }, (_, i) => forward(i));
  node.made = [payment(3, "dave"), payment(7, ME), payment(9, ME, "failed")];
  node.received = [
    { paymentHash: "r".repeat(64), settledMs: 4200, amountMsat: 9 },
    { paymentHash: node.made[1].paymentHash, settledMs: 7500, amountMsat: 50_000 },
  ];
  const sink = new MemorySink();
  const counts = await syncHistory({ node, nodeId: ME, sink });
  assert.deepEqual(counts, { forwards: 25_000, payments: 1, receipts: 1, rebalances: 1 });
  const times = sink.events.map(({ timeMs }) => timeMs);
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
  assert.equal(node.calls.get("forwards"), 25, "pages of 1,000");
});

Deno.test("syncHistory tags own rebalances, with their cost at the receiving channel", async () => {
  const node = new SimulatedNode(ME);
  node.made = [payment(7, ME)];
  const sink = new MemorySink();
  await syncHistory({ node, nodeId: ME, sink });
  const [event] = sink.events;
  assert.ok(event.kind === "rebalance");
  assert.deepEqual(
    [event.rebalance.sourceChannel, event.rebalance.targetChannel, event.rebalance.feeMsat],
    ["2", "1", 70],
  );
  const told = new MemorySink();
  const isTold = (hash: string) => hash === node.made[0].paymentHash;
  await syncHistory({ node, nodeId: ME, sink: told, isTold });
  assert.deepEqual(told.events, [], "what its sender tells is not told twice");
});

Deno.test("syncHistory reads only what is new, and after an end anywhere each once", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 30 }),
    fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 4 }),
    async (arrivals, ends) => {
      const node = new SimulatedNode(ME);
      const sink = new MemorySink();
      let made = 0;
      for (const [round, count] of arrivals.entries()) {
        for (let i = 0; i < count; i++) node.settled.push(forward(made++));
        if (round % 3 === 0) node.made.push(payment(made, round % 2 ? "dave" : ME));
        sink.takesUntilEnd = ends[round] ?? Infinity;
        await syncHistory({ node, nodeId: ME, sink }).catch(() => {});
      }
      sink.takesUntilEnd = Infinity;
      await syncHistory({ node, nodeId: ME, sink });
      const names = sink.events.map(({ eventId }) => eventId);
      assert.equal(new Set(names).size, names.length);
      assert.equal(names.length, made + node.made.length);
    },
  ));
});

Deno.test("syncHistory reads nothing twice after an end between pages", async () => {
  const node = new SimulatedNode(ME);
  node.settled = Array.from({ length: 2500 }, (_, i) => forward(i));
  const sink = new MemorySink();
  // The second page is stored when the program ends, and so is where the next one starts.
  sink.takesUntilEnd = 1;
  await assert.rejects(syncHistory({ node, nodeId: ME, sink }), /ends here/);
  sink.takesUntilEnd = Infinity;
  const pages = node.calls.get("forwards")!;
  await syncHistory({ node, nodeId: ME, sink });
  assert.deepEqual([sink.events.length, sink.repeated], [2500, 0]);
  assert.equal(node.calls.get("forwards")! - pages, 1);
});
