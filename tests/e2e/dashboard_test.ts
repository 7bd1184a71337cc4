/// <reference lib="dom" />
/**
 * The page in real Chromium against a seeded server on the loopback. Needs the built page
 * (`deno run -A tasks/build_dashboard.ts`) and Debian's chromium (or CHROMIUM=/path). With
 * SCREENSHOTS=folder every view is saved there for looking at.
 */
import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { openBrowser, openPage } from "./browser.ts";
import { emptySnapshot, fakeChannels, fakeSnapshot, fakeTwin } from "./fake_data.ts";
import { FakeServer } from "./fake_server.ts";

const SCREENSHOTS = Deno.env.get("SCREENSHOTS");

/** One browser and one server for a group of checks. */
async function withPage(
  run: (browser: Browser, server: FakeServer) => Promise<void>,
  snapshot = fakeSnapshot(84, 9),
): Promise<void> {
  const server = new FakeServer(snapshot);
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

function text(page: Page, selector: string): Promise<string> {
  return page.locator(selector).first().innerText();
}

Deno.test(
  "page at three widths, light and dark: nothing cut off, refused or from elsewhere",
  E2E,
  () =>
    withPage(async (browser, server) => {
      for (const width of [390, 1024, 1600]) {
        for (const dark of [false, true]) {
          const { page, context, complaints, hosts } = await openPage(browser, server.url, {
            width,
            dark,
          });
          for (let hour = 95; hour >= 0; hour--) server.emit("twin", { twin: fakeTwin(hour) });
          await page.waitForFunction(() => /2,233 sat/.test(globalThis.document.body.innerText));
          const view = await page.evaluate(() => ({
            page: document.documentElement.scrollWidth,
            table: document.querySelector(".table-frame")!.scrollWidth -
              document.querySelector(".table-frame")!.clientWidth,
            rows: document.querySelectorAll(".channels tbody tr").length,
            cards: document.querySelectorAll(".card").length,
            charts: document.querySelectorAll("canvas").length,
          }));
          assert.deepEqual(view, { page: width, table: 0, rows: 84, cards: 6, charts: 2 });
          assert.deepEqual(complaints, []);
          assert.deepEqual([...hosts], [new URL(server.url).host]);
          if (SCREENSHOTS !== undefined) {
            const path = `${SCREENSHOTS}/page_${width}_${dark ? "dark" : "light"}.png`;
            await page.screenshot({
              path,
              fullPage: true,
              clip: { x: 0, y: 0, width, height: 2300 },
            });
          }
          await context.close();
        }
      }
    }),
);

Deno.test(
  "page follows live changes of balances, plan and figures",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const { page } = await openPage(browser, server.url, { width: 1600 });
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
      assert.match(await text(page, "#overview"), /No channels yet/);
      assert.match(await text(page, "#recommendations"), /appear after the first plan/);
      assert.match(await text(page, "#channels"), /as soon as the server hears of one/);
      assert.match(await text(page, "#model"), /No model serves yet/);
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
    assert.match(await text(page, ".channels"), /<img src=x onerror/);
    assert.equal(await page.title(), "LightningLens");
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
