import assert from "node:assert/strict";
import type {
  HistoryPage,
  LightningNode,
  NodeForward,
  PageRequest,
  StreamEvent,
} from "../../lib/nodes/mod.ts";

/** A node under test and what makes things happen to it. */
export interface NodeUnderTest {
  node: LightningNode;
  nodeId: string;
  /** Channels by what they are good for. */
  channels: { incoming: string; outgoing: string; closing: string };
  /** Something that goes through the node from `incoming` to `outgoing`; resolves when it has. */
  forward(amountSat: number): Promise<void>;
  /** More than `outgoing` can carry; resolves when it was refused. */
  forwardTooMuch(): Promise<void>;
  closeChannel(): Promise<void>;
  /** Waits until no HTLC is under way. */
  settle(): Promise<void>;
}

/** Runs the checks that every {@linkcode LightningNode} must pass, in order, as steps. */
export async function testNodeContract(t: Deno.TestContext, under: NodeUnderTest): Promise<void> {
  const { node, nodeId, channels } = under;
  const find = async (id: string) =>
    (await node.channels()).find(({ channelId }) => channelId === id);

  await t.step("info says who it is and that it is ready", async () => {
    const info = await node.info();
    assert.equal(info.nodeId, nodeId);
    assert.equal(info.syncedToChain, true);
    assert.equal(info.network, "simnet");
  });

  await t.step("channels have balances within their capacity, graph has the same ids", async () => {
    const list = await node.channels();
    const graph = await node.graph();
    assert.ok(list.length >= 3);
    for (const channel of list) {
      assert.ok(channel.localBalanceSat + channel.remoteBalanceSat <= channel.capacitySat);
      assert.ok(channel.localBalanceSat >= 0 && channel.remoteBalanceSat >= 0);
      const index = graph.channelOf(channel.channelId);
      assert.ok(index !== undefined, `${channel.channelId} is in the graph`);
      assert.equal(graph.capacitySat[index], channel.capacitySat);
    }
  });

  await t.step(
    "a settled forward moves balances, is told, and stands in history once",
    async () => {
      const before = await find(channels.outgoing);
      const seenBefore = await everyForward(node);
      const heard = listen(node, "forwards");
      await heard.ready;
      await under.forward(20_000);
      await under.settle();
      const told = await heard.next((event) => event.kind === "forward");
      assert.equal(told.outcome, "settled");
      assert.equal(told.outAmountMsat, 20_000_000);
      assert.ok(told.inAmountMsat > told.outAmountMsat, "the node takes a fee");
      assert.equal(told.outChannel, channels.outgoing);
      const after = await find(channels.outgoing);
      assert.equal(before!.localBalanceSat - after!.localBalanceSat, 20_000);
      const history = await until(async () => {
        const all = await everyForward(node);
        return all.length > seenBefore.length ? all : undefined;
      });
      assert.equal(history.length, seenBefore.length + 1);
      const { timeMs: _told, ...toldRest } = told;
      const { timeMs: _listed, ...listedRest } = history.at(-1)!;
      assert.deepEqual(listedRest, toldRest, "stream and history name it alike");
      await heard.stop();
    },
  );

  await t.step("a forward for which there is no balance is told with its reason", async () => {
    const heard = listen(node, "forwards");
    await heard.ready;
    const historyBefore = (await everyForward(node)).length;
    await under.forwardTooMuch();
    const told = await heard.next((event) => event.kind === "forward");
    assert.equal(told.outcome, "failed_here");
    assert.equal(told.failureReason, "insufficient_balance");
    assert.ok(told.outAmountMsat > 0);
    assert.equal((await everyForward(node)).length, historyBefore, "history knows nothing of it");
    await heard.stop();
  });

  await t.step("pages of one item tell the same as a whole page", async () => {
    const whole = await everyForward(node);
    assert.ok(whole.length > 0);
    assert.deepEqual(await everyForward(node, 1), whole);
  });

  await t.step("a resumed reading tells of nothing older that is new", async () => {
    const first = await node.forwards({ from: 0, limit: 1000 });
    const again = await node.forwards({ from: first.resume, limit: 1000 });
    const known = new Set(first.items.map(keyOf));
    assert.deepEqual(again.items.filter((item) => !known.has(keyOf(item))), []);
  });

  await t.step("a stream ends with its signal", async () => {
    const stop = new AbortController();
    const events: StreamEvent[] = [];
    for await (const event of node.follow("channels", stop.signal)) {
      events.push(event);
      stop.abort();
    }
    assert.equal(events[0].kind, "listening");
  });

  await t.step("a closed channel is told, leaves the list and stands with the closed", async () => {
    const heard = listen(node, "channels");
    await heard.ready;
    await under.closeChannel();
    await heard.any((event) => event.kind === "channels_changed");
    await until(async () => await find(channels.closing) === undefined || undefined);
    const closed = await until(async () =>
      (await node.closedChannels()).find(({ channelId }) => channelId === channels.closing)
    );
    assert.ok(closed.capacitySat > 0);
    await heard.stop();
  });
}

/** All settled forwards, without those that pages name twice. */
async function everyForward(node: LightningNode, limit = 1000): Promise<NodeForward[]> {
  const found = new Map<string, NodeForward>();
  let request: PageRequest = { from: 0, limit };
  let page: HistoryPage<NodeForward>;
  do {
    page = await node.forwards(request);
    for (const item of page.items) found.set(keyOf(item), item);
    request = { from: page.next, limit };
  } while (page.more);
  return [...found.values()];
}

function keyOf({ inChannel, inHtlcId, timeMs }: NodeForward): string {
  return `${inChannel}/${inHtlcId ?? timeMs}`;
}

type ForwardTold = StreamEvent & { kind: "forward" };

/** Collects what a stream tells. */
function listen(node: LightningNode, stream: "forwards" | "channels") {
  const stop = new AbortController();
  const events: StreamEvent[] = [];
  const ready = Promise.withResolvers<void>();
  const done = (async () => {
    for await (const event of node.follow(stream, stop.signal)) {
      if (event.kind === "listening") ready.resolve();
      events.push(event);
    }
  })();
  done.catch(ready.reject);
  const any = <E extends StreamEvent>(wanted: (event: StreamEvent) => event is E) =>
    until(() => Promise.resolve(events.find(wanted)));
  return {
    ready: ready.promise,
    any: (wanted: (event: StreamEvent) => boolean) =>
      any((event): event is StreamEvent => wanted(event)),
    next: async (wanted: (event: StreamEvent) => boolean) =>
      (await any((event): event is ForwardTold => event.kind === "forward" && wanted(event)))
        .forward,
    stop: async () => {
      stop.abort();
      await done;
    },
  };
}

async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const endMs = performance.now() + 30_000;
  while (performance.now() < endMs) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not come about in 30 s");
}
