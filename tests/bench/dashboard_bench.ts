/// <reference lib="dom" />
/**
 * The dashboard against its limits: bytes, first useful paint, scrolling while events come, the
 * network view at full size, and what 200 open dashboards cost the server. Needs the built page and
 * Chromium (or CHROMIUM=/path). The network is a real one where that is at hand, else a generated one
 * of 7,300 nodes.
 */
import { existsSync } from "node:fs";
import type { Browser } from "playwright-core";
import { seededRng } from "../../lib/core/mod.ts";
import { generateNetwork, loadNetwork } from "../../lib/network/mod.ts";
import { openBrowser, openPage } from "../e2e/browser.ts";
import { fakeSnapshot } from "../e2e/fake_data.ts";
import { seededServer } from "../e2e/seeded_server.ts";
import { type BenchRow, median } from "./bench_row.ts";

const DIST = new URL("../../lib/dashboard/dist/", import.meta.url);
const REAL_GRAPH = "../shared/data/network-2024-09-22/describegraph.json.gz";
const NODES = 7300;
const READERS = 200;

type Report = (row: BenchRow) => void;

function row(name: string, metric: string, values: number[], unit: string): BenchRow {
  const range = { min: Math.min(...values), max: Math.max(...values) };
  return {
    ...{ bench: "dashboard", case: name, metric, value: median(values), unit, runs: values.length },
    ...range,
  };
}

async function zippedKilobytes(...files: string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) {
    const stream = (await Deno.open(new URL(file, DIST))).readable;
    bytes += (await new Response(stream.pipeThrough(new CompressionStream("gzip"))).bytes()).length;
  }
  return bytes / 1024;
}

/** From the start of the navigation until figures stand on the page. */
async function firstPaint(browser: Browser, runs: number): Promise<number[]> {
  const server = seededServer(fakeSnapshot(84, 9));
  server.start();
  const times: number[] = [];
  for (let run = -1; run < runs; run++) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    await page.addInitScript(() => {
      // The frame after the one in which it was there has been painted.
      const told = () => Object.assign(globalThis, { usefulMs: performance.now() });
      const look = () => {
        const shown = document.querySelector(".attention strong") !== null;
        requestAnimationFrame(shown ? told : look);
      };
      requestAnimationFrame(look);
    });
    await page.goto(server.url);
    await page.waitForFunction(() => "usefulMs" in globalThis);
    const ms = await page.evaluate(() => (globalThis as unknown as { usefulMs: number }).usefulMs);
    if (run >= 0) times.push(ms);
    await context.close();
  }
  await server.stop();
  return times;
}

/** Share of frames over 50 ms while 1,000 channels are scrolled and 50 of them change a second. */
async function slowFrames(browser: Browser, seconds: number): Promise<number> {
  const server = seededServer(fakeSnapshot(1000, 9));
  server.start();
  const { page, context } = await openPage(browser, `${server.url}#/channels`, { width: 1600 });
  await page.waitForSelector(".channels tbody tr");
  await page.evaluate(() => {
    let [last, frames, slow] = [performance.now(), 0, 0];
    let step = 25;
    const tick = (now: number) => {
      frames++;
      if (now - last > 50) slow++;
      last = now;
      scrollBy(0, step);
      const end = document.documentElement.scrollHeight - innerHeight;
      if (scrollY >= end || scrollY <= 0) step = -step;
      Object.assign(globalThis, { slowShare: slow / frames });
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const { channels } = server.snapshot;
  for (let event = 0; event < seconds * 50; event++) {
    const channel = channels[event * 7 % channels.length];
    server.emit("channels", [{ ...channel, balance_ratio: (event % 100) / 100 }]);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const share = await page.evaluate(() =>
    (globalThis as unknown as { slowShare: number }).slowShare
  );
  await context.close();
  await server.stop();
  return share;
}

/** From the click on "Network" until the graph stands on the page. */
async function networkTimes(browser: Browser, runs: number, report: Report): Promise<void> {
  const network = existsSync(REAL_GRAPH)
    ? await loadNetwork(REAL_GRAPH)
    : generateNetwork({ nodes: NODES, rng: seededRng(1) });
  const server = seededServer(fakeSnapshot(84, 9));
  server.answers["/api/network"] = () => ({
    nodes: network.nodeIds,
    aliases: network.aliases,
    channels: network.channelIds,
    ends: [...network.source],
    capacity_sat: [...network.capacitySat],
  });
  server.start();
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const { page, context } = await openPage(browser, server.url, { width: 1600 });
    times.push(
      await page.evaluate(() =>
        new Promise<number>((resolve) => {
          const start = performance.now();
          location.hash = "#/network";
          const look = () =>
            document.querySelector(".graph[data-drawn]") === null
              ? requestAnimationFrame(look)
              : requestAnimationFrame(() => resolve(performance.now() - start));
          requestAnimationFrame(look);
        })
      ),
    );
    await context.close();
  }
  await server.stop();
  const size = `${network.nodeCount} nodes, ${network.channelCount} channels`;
  report(row(`network view, ${size}`, "to first drawing", times, "ms"));
}

/** Processor time of a server with so many readers. */
async function serverCores(seconds: number): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "run",
        "-A",
        "--no-check",
        new URL("dashboard_bench_server.ts", import.meta.url).pathname,
      ],
      ...[String(READERS), String(seconds)],
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const stop = new AbortController();
  const lines = child.stdout.pipeThrough(new TextDecoderStream());
  let text = "";
  for await (const part of lines) {
    const known = text.includes("\n");
    text += part;
    if (!known && text.includes("\n")) {
      const url = new URL("/api/events", text.split("\n")[0]);
      for (let reader = 0; reader < READERS; reader++) void readAll(url, stop.signal);
    }
  }
  stop.abort();
  await child.status;
  return JSON.parse(text.trim().split("\n")[1]).cores;
}

async function readAll(url: URL, signal: AbortSignal): Promise<void> {
  try {
    const { body } = await fetch(url, { signal });
    for await (const _ of body!);
  } catch {
    // The server is gone: the measurement is over.
  }
}

/** Runs the benchmark. */
export async function run(report: Report, { quick }: { quick: boolean }): Promise<void> {
  const runs = quick ? 3 : 7;
  const seconds = quick ? 4 : 15;
  report(row("script and style", "gzipped", [await zippedKilobytes("app.js", "style.css")], "KB"));
  const view = await zippedKilobytes("network.js", "layout.js", "events.js");
  report(row("network view, on demand", "gzipped", [view], "KB"));
  const browser = await openBrowser();
  try {
    const paint = await firstPaint(browser, runs);
    report(row("84 channels on loopback", "first useful paint", paint, "ms"));
    const share = await slowFrames(browser, seconds);
    report(row("1,000 channels, 50 events/s", "frames over 50 ms", [100 * share], "%"));
    await networkTimes(browser, quick ? 2 : 5, report);
  } finally {
    await browser.close();
  }
  const cores = await serverCores(seconds);
  report(row(`${READERS} dashboards, 50 events/s`, "server load", [cores], "cores"));
}
