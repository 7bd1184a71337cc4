import assert from "node:assert/strict";
import {
  type FeedSurroundings,
  GATHER_MS,
  LiveFeed,
  SILENCE_MS,
  type StreamHandlers,
} from "../../lib/dashboard/app/live_feed.ts";
import { fakeSnapshot } from "../e2e/fake_data.ts";

/** A browser whose time and server the test holds in its hands. */
class FakeBrowser implements FeedSurroundings {
  time = 0;
  answer: number | undefined = 200;
  streams: (StreamHandlers & { open: boolean })[] = [];
  #timers: { dueMs: number; task: () => void }[] = [];
  asked: string[] = [];

  status(path: string): Promise<number> {
    this.asked.push(path);
    return this.answer === undefined
      ? Promise.reject(new TypeError("no server"))
      : Promise.resolve(this.answer);
  }
  openStream(handlers: StreamHandlers) {
    const stream = { ...handlers, open: true };
    this.streams.push(stream);
    return { close: () => void (stream.open = false) };
  }
  nowMs = () => this.time;
  after(delayMs: number, task: () => void) {
    const timer = { dueMs: this.time + delayMs, task };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((t) => t !== timer));
  }
  /** Lets time pass, timer by timer, with all that waits for promises. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    await new Promise((resolve) => setTimeout(resolve, 0));
    while (true) {
      const due = this.#timers.filter(({ dueMs }) => dueMs <= end)
        .sort((a, b) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.time = due.dueMs;
      due.task();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    this.time = end;
  }
  get stream() {
    return this.streams[this.streams.length - 1];
  }
}

const SNAPSHOT = JSON.stringify(fakeSnapshot(10, 1));

async function liveFeed() {
  const browser = new FakeBrowser();
  let changes = 0;
  const feed = new LiveFeed(browser, () => changes++);
  feed.start();
  browser.stream.event("snapshot", SNAPSHOT);
  await browser.pass(GATHER_MS);
  return { browser, feed, changes: () => changes };
}

Deno.test("LiveFeed is live after the snapshot and draws once for many events", async () => {
  const { browser, feed, changes } = await liveFeed();
  assert.equal(feed.state.connection, "live");
  assert.equal(feed.state.rows.size, 10);
  const before = changes();
  for (let i = 0; i < 50; i++) browser.stream.event("totals", JSON.stringify({ payments: i }));
  await browser.pass(GATHER_MS);
  assert.equal(changes(), before + 1);
  assert.equal(feed.state.totals?.payments, 49);
});

Deno.test("LiveFeed keeps what it knows when the stream fails, and catches up after it", async () => {
  const { browser, feed } = await liveFeed();
  browser.answer = undefined;
  browser.stream.failed();
  assert.equal(feed.state.connection, "lost");
  await browser.pass(0);
  assert.equal(feed.state.connection, "lost");
  assert.match(feed.state.problem!, /can't be reached/);
  assert.equal(feed.state.rows.size, 10);
  assert.equal(browser.streams[0].open, false);

  browser.answer = 200;
  await browser.pass(1000);
  assert.equal(browser.streams.length, 2);
  browser.stream.event("snapshot", JSON.stringify(fakeSnapshot(4, 0)));
  await browser.pass(GATHER_MS);
  assert.equal(feed.state.connection, "live");
  assert.equal(feed.state.problem, undefined);
  assert.equal(feed.state.rows.size, 4);
});

Deno.test("LiveFeed waits longer after each failure, at most 15 s", async () => {
  const { browser } = await liveFeed();
  browser.answer = undefined;
  const opened: number[] = [];
  for (let i = 0; i < 7; i++) {
    const before = browser.time;
    const count = browser.streams.length;
    browser.stream.failed();
    while (browser.streams.length === count) await browser.pass(500);
    opened.push(browser.time - before);
  }
  assert.deepEqual(opened, [1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

Deno.test("LiveFeed asks after silence and is lost only when there is no answer", async () => {
  const { browser, feed } = await liveFeed();
  await browser.pass(SILENCE_MS);
  assert.deepEqual(browser.asked, ["/health"]);
  assert.equal(feed.state.connection, "live");
  assert.equal(feed.state.heardMs, SILENCE_MS);
  browser.answer = undefined;
  await browser.pass(SILENCE_MS);
  assert.equal(feed.state.connection, "lost");
});

Deno.test("LiveFeed asks for a token when the server refuses, and does not knock again", async () => {
  const { browser, feed } = await liveFeed();
  browser.answer = 401;
  browser.stream.failed();
  await browser.pass(60_000);
  assert.equal(feed.state.connection, "refused");
  assert.equal(browser.streams.length, 1);
  feed.start();
  browser.stream.event("snapshot", SNAPSHOT);
  await browser.pass(GATHER_MS);
  assert.equal(feed.state.connection, "live");
});

Deno.test("LiveFeed hears nothing of an earlier connection", async () => {
  const { browser, feed } = await liveFeed();
  const [old] = browser.streams;
  old.failed();
  await browser.pass(1000);
  old.event("snapshot", JSON.stringify(fakeSnapshot(2, 0)));
  old.failed();
  await browser.pass(GATHER_MS);
  assert.equal(feed.state.rows.size, 10);
  assert.equal(browser.streams.length, 2);
  feed.stop();
  assert.equal(browser.stream.open, false);
});
