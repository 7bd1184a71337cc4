import assert from "node:assert/strict";
import { ManualClock, seededRng } from "../../lib/core/mod.ts";
import { NodeFollower } from "../../lib/nodes/mod.ts";
import { MemorySink } from "./memory_sink.ts";
import { SimulatedNode } from "./simulated_node.ts";

function setUp(sink = new MemorySink()) {
  const clock = new ManualClock(1_000_000);
  const node = new SimulatedNode("me", clock.nowMs());
  node.addChannel({ channelId: "1", peer: "alice" });
  node.addChannel({ channelId: "2", peer: "bob" });
  const follower = new NodeFollower({ node, sink, clock, rng: seededRng(1) });
  /** Lets everything happen that is due until `ms` from now. */
  const pass = async (ms: number) => {
    for (let i = 0; i < 20; i++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      clock.advanceTo(clock.nowMs() + ms / 20);
    }
    node.nowMs = clock.nowMs();
    await new Promise((resolve) => setTimeout(resolve, 0));
  };
  return { clock, node, sink, follower, pass };
}

const forwards = (sink: MemorySink) => sink.events.filter(({ kind }) => kind === "forward");

Deno.test("NodeFollower tells of the past once and of the present as it happens", async () => {
  const { node, sink, follower, pass, clock } = setUp();
  node.forward("1", "2", 1000);
  await follower.start();
  assert.equal(sink.graphs, 1);
  assert.deepEqual(sink.events.map(({ kind }) => kind), [
    "forward",
    "channel_state",
    "channel_state",
  ]);
  const stop = new AbortController();
  const following = follower.follow(stop.signal);
  await pass(100);
  node.forward("1", "2", 2000);
  node.forward("1", "2", 600_000);
  await pass(1000);
  const told = forwards(sink).map((e) => e.kind === "forward" && e.forward.outcome);
  assert.deepEqual(told, ["settled", "settled", "failed_here"]);
  const states = sink.events.filter(({ kind }) => kind === "channel_state");
  assert.equal(states.length, 4, "both channels again, and no more often than they change");
  await pass(40_000);
  assert.equal(forwards(sink).length, 3, "history tells the same again: it counts once");
  stop.abort();
  clock.advanceTo(clock.nowMs() + 60_000);
  await following;
});

Deno.test("NodeFollower takes what a clock ahead of ours has told of for just happened", async () => {
  const { node, sink, follower, clock } = setUp();
  node.nowMs = clock.nowMs() + 3_600_000;
  node.forward("1", "2", 1000);
  await follower.start();
  await follower.start();
  assert.deepEqual(forwards(sink).map(({ timeMs }) => timeMs), [clock.nowMs()]);
  assert.ok(sink.events.every(({ timeMs }) => timeMs <= clock.nowMs()));
});

Deno.test("NodeFollower connects again after a break and keeps the gap", async () => {
  const { node, sink, follower, pass, clock } = setUp();
  await follower.start();
  const stop = new AbortController();
  const following = follower.follow(stop.signal);
  await pass(100);
  const fromMs = clock.nowMs();
  node.broken = new Error("no route to host");
  node.breakStreams();
  await pass(60_000);
  const tries = node.calls.get("follow forwards")!;
  assert.ok(sink.deafSince.get("forwards")! - fromMs < 5000, "told while it lasts");
  assert.ok(tries >= 4 && tries <= 10, `${tries} attempts in a minute: waits grow`);
  node.settled.push({
    timeMs: clock.nowMs(),
    inChannel: "1",
    outChannel: "2",
    inAmountMsat: 1001,
    outAmountMsat: 1000,
    outcome: "settled",
    inHtlcId: "77",
  });
  node.broken = undefined;
  await pass(60_000);
  const gap = sink.gaps.find(({ stream }) => stream === "forwards")!;
  assert.ok(Math.abs(gap.fromMs - fromMs) < 5000 && gap.toMs - gap.fromMs >= 55_000);
  assert.equal(sink.gaps.length, 3, "one for each stream");
  assert.equal(sink.deafSince.size, 0);
  assert.equal(forwards(sink).length, 1, "what settled meanwhile is in history");
  stop.abort();
  clock.advanceTo(clock.nowMs() + 60_000);
  await following;
});

Deno.test("NodeFollower asks less and less often for a stream that breaks as soon as it stands", async () => {
  const { node, follower, pass, clock } = setUp();
  let tries = 0;
  // As a request that is refused after it was sent.
  node.follow = async function* (stream) {
    if (stream === "channels") tries++;
    await Promise.resolve();
    yield { kind: "listening" };
    throw new Error("permission denied");
  };
  await follower.start();
  const stop = new AbortController();
  const following = follower.follow(stop.signal);
  for (let i = 0; i < 20; i++) await pass(6000);
  assert.ok(tries >= 5 && tries <= 15, `${tries} attempts in two minutes`);
  stop.abort();
  clock.advanceTo(clock.nowMs() + 60_000);
  await following;
});

Deno.test("NodeFollower keeps the time in which the program did not run as a gap", async () => {
  const first = setUp();
  await first.follower.start();
  const stop = new AbortController();
  const following = first.follower.follow(stop.signal);
  await first.pass(1000);
  stop.abort();
  first.clock.advanceTo(first.clock.nowMs() + 60_000);
  await following;
  const endedMs = Math.max(...first.sink.notes.values());
  const later = setUp(first.sink);
  later.clock.advanceTo(endedMs + 3_600_000);
  await later.follower.start();
  assert.equal(first.sink.deafSince.get("forwards"), endedMs, "known before history is read");
  const stopLater = new AbortController();
  const followingLater = later.follower.follow(stopLater.signal);
  await later.pass(100);
  const gap = first.sink.gaps.find(({ stream }) => stream === "forwards")!;
  assert.ok(gap.toMs - gap.fromMs >= 3_500_000);
  stopLater.abort();
  later.clock.advanceTo(later.clock.nowMs() + 60_000);
  await followingLater;
});

Deno.test("NodeFollower takes channels that were closed for inactive, whenever it happened", async () => {
  const { node, sink, follower, pass, clock } = setUp();
  await follower.start();
  const stop = new AbortController();
  const following = follower.follow(stop.signal);
  await pass(100);
  node.closeChannel("2");
  await pass(1000);
  const last = sink.events.at(-1)!;
  assert.ok(last.kind === "channel_state" && last.channel.channelId === "2");
  assert.equal(last.channel.active, false);
  stop.abort();
  clock.advanceTo(clock.nowMs() + 60_000);
  await following;
  // Closed while nobody looked.
  node.closeChannel("1");
  const later = new NodeFollower({ node, sink, clock, rng: seededRng(1) });
  await later.start();
  const gone = sink.events.at(-1)!;
  assert.ok(gone.kind === "channel_state" && gone.channel.channelId === "1");
  assert.equal(gone.channel.active, false);
});
