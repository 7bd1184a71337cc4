/// <reference lib="dom" />
/**
 * What people do on the page, in real Chromium against a seeded server on the loopback. Needs the built page
 * (`deno run -A tasks/build_dashboard.ts`) and Debian's chromium (or CHROMIUM=/path).
 */
import assert from "node:assert/strict";
import { openPage } from "./browser.ts";
import { fakeAlerts, fakeSimulation, fakeSnapshot } from "./fake_data.ts";
import { fakeExecutions } from "./fake_insights.ts";
import { E2E, go, text, withPage } from "./page.ts";

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
      const answered = page.waitForResponse(() => server.bodies.length === 3);
      await page.locator("button", { hasText: "End silence" }).click();
      await answered;
      assert.deepEqual(server.bodies, [
        { key: "channel_draining", minutes: 1440 },
        { key: alerts.alerts[0].key, minutes: 1440 },
        { key: alerts.alerts[1].key, minutes: 0 },
      ]);
      assert.match(await text(page, ".alerts"), /5 channels are about to run short .* 5,000 sat/);
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
