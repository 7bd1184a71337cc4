/// <reference lib="dom" />
/**
 * The page in real Chromium against a seeded server on the loopback. Needs the built page
 * (`deno run -A tasks/build_dashboard.ts`) and Debian's chromium (or CHROMIUM=/path).
 */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { openBrowser, openPage } from "./browser.ts";
import {
  emptySnapshot,
  fakeAlerts,
  fakeChannels,
  fakeSimulation,
  fakeSnapshot,
} from "./fake_data.ts";
import { fakeExecutions } from "./fake_insights.ts";
import type { FakeServer } from "./fake_server.ts";
import { seededServer } from "./seeded_server.ts";

/** One browser and one server for a group of checks. */
async function withPage(
  run: (browser: Browser, server: FakeServer) => Promise<void>,
  snapshot = fakeSnapshot(84, 9),
): Promise<void> {
  const server = seededServer(snapshot);
  server.start();
  const browser = await openBrowser();
  try {
    await run(browser, server);
  } finally {
    await browser.close();
    await server.stop();
  }
}

const E2E = { sanitizeOps: false, sanitizeResources: false };

/** Goes to a view, as a link does. */
async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => location.hash = to, hash);
  await page.waitForSelector(hash === "#/" ? "#overview" : hash.replace(/^#\/(\w+).*$/, "#$1"));
}

function text(page: Page, selector: string): Promise<string> {
  return page.locator(selector).first().innerText();
}

Deno.test(
  "page follows live changes of balances, plan and figures",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const { page } = await openPage(browser, server.url, { width: 1600 });
      await go(page, "#/channels");
      const [channel] = fakeChannels(84);
      await page.fill("input[type=search]", channel.channel_id);
      await page.waitForFunction(() =>
        document.querySelectorAll(".channels tbody tr").length === 1
      );
      server.emit("channels", [{
        ...channel,
        local_balance_sat: Math.round(channel.capacity_sat * 0.37),
        balance_ratio: 0.37,
        last_update: "2026-01-09T14:00:00.000Z",
      }]);
      await page.waitForFunction(() =>
        /37 %/.test(document.querySelector(".balance")!.textContent!)
      );
      const { recommendations } = server.snapshot;
      await go(page, "#/recommendations");
      server.emit("recommendations", { ...recommendations, suggestions: [] });
      await page.waitForFunction(() => /No rebalance pays/.test(document.body.innerText));
    }),
);

Deno.test(
  "page shows a lost connection and catches up after it",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const { page } = await openPage(browser, server.url, { width: 1024 });
      await go(page, "#/channels");
      await server.stop();
      await page.waitForSelector(".freshness.lost");
      assert.match(await text(page, "[role=alert]"), /connects again by itself/);
      assert.equal(await page.locator("main.stale .channels tbody tr").count(), 84);
      server.snapshot = fakeSnapshot(12, 0);
      server.start();
      await page.waitForSelector(".freshness.live");
      assert.equal(await page.locator("main:not(.stale) .channels tbody tr").count(), 12);
      assert.equal(await page.locator("[role=alert]").count(), 0);
    }),
);

Deno.test(
  "page without data explains what will appear",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const { page, complaints } = await openPage(browser, server.url, { width: 390 });
      server.answers = {
        "/api/activity": () => ({ now: null, hours: [], judged: [], confidence: [] }),
        "/api/flows": () => ({ days: 7, flows: [] }),
        "/api/network": () => null,
        "/api/models": () => ({ serving: null, models: [] }),
        "/api/performance/history": () => ({ points: [] }),
        "/api/suggestions": () => ({ suggestions: [] }),
        "/api/executions": () => ({
          ...{ enabled: false, stopped: false, spending: null, executions: [] },
        }),
        "/api/log": () => ({ lines: [] }),
        "/metrics": () => "",
      };
      const said: Record<string, RegExp[]> = {
        "#/channels": [/as soon as the server hears of one/],
        "#/recommendations": [/appear after the first plan/, /Execution is off/, /is listed here/],
        "#/flows": [/From the first one on/, /fill with the first forwards/],
        "#/network": [/knows no graph/],
        "#/model": [/No model serves yet/, /Errors appear once/, /when its horizon has passed/],
        "#/simulation": [/No simulation is connected/],
        "#/channel/a/b": [/knows no such channel/],
        "#/": [/No channels yet/, /A bar a day appears/],
      };
      for (const [hash, patterns] of Object.entries(said)) {
        await go(page, hash);
        for (const pattern of patterns) {
          await page.waitForFunction(
            ([source]) => new RegExp(source).test(document.body.innerText),
            [pattern.source],
          );
        }
      }
      assert.deepEqual(complaints, []);
    }, emptySnapshot()),
);

Deno.test(
  "page is usable by keyboard: skip link, sorting, search, filter",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const { page } = await openPage(browser, server.url, { width: 1600 });
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement!.className), "skip");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement!.tagName), "H2");
      await page.locator("nav a", { hasText: "Channels" }).focus();
      await page.keyboard.press("Enter");
      await page.waitForSelector("#channels");
      assert.equal(await text(page, "nav [aria-current=page]"), "Channels");
      const sort = page.locator("th button", { hasText: "Capacity" });
      await sort.focus();
      await page.keyboard.press("Enter");
      assert.equal(await page.locator("th[aria-sort=descending]").innerText(), "Capacity\n▼");
      await page.keyboard.press("Enter");
      assert.equal(await page.locator("th[aria-sort=ascending]").innerText(), "Capacity\n▲");
      await page.locator("input[type=search]").focus();
      await page.keyboard.type("peer with");
      await page.waitForFunction(() =>
        document.querySelectorAll(".channels tbody tr").length === 21
      );
      await page.locator("select").first().selectOption("learning");
      await page.waitForFunction(() => document.querySelectorAll(".channels tbody tr").length < 21);
      assert.match(await text(page, ".count"), /of 84/);
    }),
);

Deno.test("page shows names of strangers as plain text", E2E, async () => {
  const snapshot = fakeSnapshot(3, 0);
  snapshot.channels[0].peer = `<img src=x onerror="document.title='taken'"><b>bold`;
  await withPage(async (browser, server) => {
    const { page, complaints } = await openPage(browser, server.url, { width: 1600 });
    await go(page, "#/channels");
    assert.match(await text(page, ".channels"), /<img src=x onerror/);
    await page.locator(".channels a", { hasText: "<img" }).click();
    await page.waitForSelector("#channel .slider");
    assert.match(await page.title(), /^Channel /);
    await go(page, "#/channels");
    assert.equal(await page.locator(".channels img, .channels b").count(), 0);
    assert.deepEqual(complaints, []);
  }, snapshot);
});

Deno.test(
  "page asks for the token once and then works",
  E2E,
  () =>
    withPage(async (browser, server) => {
      server.token = "a-secret";
      const page = await (await browser.newContext()).newPage();
      await page.goto(server.url);
      await page.fill("input[name=token]", "wrong");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => /refuses/.test(document.body.innerText));
      await page.fill("input[name=token]", "a-secret");
      await page.keyboard.press("Enter");
      await page.waitForSelector(".freshness.live");
      await page.reload();
      await page.waitForSelector(".freshness.live");
    }),
);

Deno.test(
  "page with 1,000 channels keeps up with 50 events a second",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const { page } = await openPage(browser, server.url, { width: 1600 });
      await go(page, "#/channels");
      const { channels } = server.snapshot;
      await page.evaluate(() => {
        const slow: number[] = [];
        let [last, frames] = [performance.now(), 0];
        const tick = (now: number) => {
          frames++;
          if (now - last > 50) slow.push(now - last);
          last = now;
          scrollBy(0, 40);
          requestAnimationFrame(tick);
        };
        requestAnimationFrame(tick);
        Object.assign(globalThis, { frameReport: () => ({ frames, slow: slow.length }) });
      });
      for (let event = 0; event < 150; event++) {
        const channel = channels[event * 7 % channels.length];
        server.emit("channels", [{ ...channel, balance_ratio: (event % 100) / 100 }]);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const report = await page.evaluate(() =>
        (globalThis as unknown as { frameReport(): { frames: number; slow: number } }).frameReport()
      );
      console.log(`${report.frames} frames, ${report.slow} over 50 ms`);
      assert.ok(report.frames > 30);
      assert.ok(report.slow / report.frames < 0.25, JSON.stringify(report));
    }, fakeSnapshot(1000, 9)),
);

Deno.test(
  "suggestions are accepted and dismissed by keyboard alone",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const { page } = await openPage(browser, server.url, { width: 1024 });
      const press = async (label: RegExp) => {
        for (let presses = 0; presses < 200; presses++) {
          await page.keyboard.press("Tab");
          const focused = await page.evaluate(() => {
            const { ariaLabel, textContent } = document.activeElement!;
            return ariaLabel ?? textContent ?? "";
          });
          if (label.test(focused.trim())) return await page.keyboard.press("Enter");
        }
        throw new Error(`Tab leads to no ${label}`);
      };
      await press(/^Recommendations$/);
      await page.waitForSelector(".card");
      await press(/^Accept /);
      await page.waitForFunction(() => /execution is off/.test(document.body.innerText));
      await press(/^Dismiss /);
      await page.waitForSelector(".card.expired button");
      assert.deepEqual(server.posted.map((path) => path.split("/").at(-1)), ["accept", "dismiss"]);
      await press(/^Restore /);
      await page.waitForFunction(() => document.querySelector(".card.expired") === null);
    }),
);

Deno.test(
  "the kill switch and the registry act after they were asked, and say what came of it",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const done = () => new Response(null, { status: 204 });
      server.actions = { "/api/rebalancing/stop": done, "/api/models/rollback": done };
      const { page } = await openPage(browser, server.url, { width: 1024 });
      await go(page, "#/recommendations");
      await page.locator("button", { hasText: "Stop all rebalancing" }).click();
      await page.waitForFunction(() => /is stopped\./.test(document.body.innerText));
      await go(page, "#/model");
      await page.locator("button", { hasText: "Roll back" }).click();
      assert.deepEqual(server.posted, ["/api/rebalancing/stop"]);
      await page.locator("button", { hasText: "Yes, roll back" }).click();
      await page.waitForFunction(() => /champion before serves/.test(document.body.innerText));
      assert.equal(server.posted.at(-1), "/api/models/rollback");
    }),
);

Deno.test(
  "a running simulation is paused, paced and disturbed, and shows what came of it",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const done = () => Response.json({});
      server.actions = { "/api/simulation/control": done };
      const { page, complaints } = await openPage(browser, server.url, { width: 1024 });
      await go(page, "#/simulation");
      await page.waitForFunction(() => /No simulation is connected/.test(document.body.innerText));
      const simulation = { ...fakeSimulation(), baseline: null };
      server.emit("simulation", simulation);
      const press = (name: string) => page.locator("button", { hasText: name }).first().click();
      await press("Pause");
      await page.waitForFunction(() => /It stands still/.test(document.body.innerText));
      server.emit("simulation", { ...simulation, speed: 0 });
      await press("Go on");
      await press("1 min a second");
      await press("Take offline");
      await page.getByLabel("payments").selectOption("10");
      await press("Change traffic");
      await page.waitForFunction(() => /10× the payments/.test(document.body.innerText));
      assert.deepEqual(server.bodies, [
        { speed: 0 },
        { speed: 3600 },
        { speed: 60 },
        { fault: { kind: "offline", node: "operators", minutes: 360 } },
        { fault: { kind: "traffic", factor: 10, minutes: 360 } },
      ]);
      server.emit("simulation", { ...simulation, faults: [] });
      await page.waitForFunction(() => /Nothing is out of order/.test(document.body.innerText));
      server.emit("simulation", null);
      await page.waitForFunction(() => /No simulation is connected/.test(document.body.innerText));
      assert.deepEqual(complaints, []);
    }, { ...fakeSnapshot(12, 0), twin: null }),
);

Deno.test(
  "a rebalance is followed hop by hop, and stopped",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const stop = "/api/executions/live-1/stop";
      server.actions = { [stop]: () => new Response(null, { status: 202 }) };
      const { page } = await openPage(browser, server.url, { width: 1024 });
      await go(page, "#/recommendations");
      await page.waitForSelector(".runs li");
      const [begun] = fakeExecutions(server.snapshot).executions;
      const suggestion = { ...begun.suggestion, id: "live-1", source_node: "newcomer" };
      const [route] = begun.under_way;
      const run = { ...begun, suggestion, attempts: [], tries: [] };
      server.emit("run", run);
      const first = page.locator(".runs > li").first();
      await page.waitForFunction(() =>
        /newcomer/.test(document.querySelector<HTMLElement>(".runs > li")!.innerText)
      );
      assert.match((await first.innerText()).replace(/\s+/g, " "), /on its way own → peer with a/);
      assert.equal(await first.locator(".under-way .hop").count(), 4);
      await page.getByLabel("Stop newcomer").click();
      await page.waitForFunction(() => /Nothing more is sent/.test(document.body.innerText));
      assert.deepEqual(server.posted, [stop]);
      const failed = { ...route, settled: false, failed_hop: 1, reason: "fee_insufficient" };
      const result = { status: "failed", amount_msat: 0, fee_msat: 0, reason: "stopped" };
      server.emit("run", { ...run, tries: [failed], under_way: [], ended: run.begun, result });
      await page.waitForSelector(".runs > li:first-child .step.failed");
      assert.match(await first.innerText(), /failed at hop 2: fee insufficient/);
      assert.equal(await first.locator("button").count(), 0);
    }),
);

Deno.test(
  "alerts are silenced one by one or by kind, and the log is filtered",
  E2E,
  () =>
    withPage(async (browser, server) => {
      server.actions = { "/api/alerts/silence": () => Response.json({}) };
      const { page } = await openPage(browser, server.url, { width: 1024 });
      const alerts = fakeAlerts(server.snapshot.channels);
      server.emit("alerts", alerts);
      await page.locator("button", { hasText: "Silence all for a day" }).click();
      await page.locator(".alert button", { hasText: "Silence for a day" }).first().click();
      await page.locator("button", { hasText: "End silence" }).click();
      assert.deepEqual(server.bodies, [
        { key: "channel_draining", minutes: 1440 },
        { key: alerts.alerts[0].key, minutes: 1440 },
        { key: alerts.alerts[1].key, minutes: 0 },
      ]);
      assert.match(await text(page, ".alerts"), /5 channels run short .* 5,000 sat/);
      await go(page, "#/system");
      await page.waitForSelector(".log tr.error");
      assert.equal(await page.locator(".log tr.debug").count(), 0);
      await page.getByLabel("level").selectOption("error");
      await page.waitForFunction(() => document.querySelectorAll(".log tr").length === 1);
      await page.getByLabel("level").selectOption("debug");
      await page.waitForSelector(".log tr.debug");
    }),
);

Deno.test(
  "what-if, groups and the graph's finder answer",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const { page, complaints } = await openPage(browser, server.url, { width: 1024 });
      const [{ node, channel_id, peer }] = server.snapshot.channels;
      await go(page, `#/channel/${node}/${channel_id}`);
      await page.waitForSelector(".slider input");
      const before = await text(page, ".answer");
      await page.locator(".slider input").focus();
      await page.keyboard.press("End");
      await page.waitForFunction(
        ([old]) => document.querySelector<HTMLElement>(".answer")!.innerText !== old,
        [before],
      );
      assert.match(await text(page, ".answer"), /100 %/);
      await go(page, "#/channels");
      await page.locator(".check input").check();
      await page.waitForFunction(() => document.querySelectorAll("tr.group").length > 50);
      await go(page, "#/network");
      await page.waitForSelector(".graph[data-drawn]");
      await page.fill("input[name=node]", peer);
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => /rank [\d,]+ by capacity/.test(document.body.innerText));
      assert.deepEqual(complaints, []);
    }),
);
