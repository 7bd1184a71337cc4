/// <reference lib="dom" />
/**
 * The page in real Chromium against a seeded server on the loopback. Needs the built page
 * (`deno run -A tasks/build_dashboard.ts`) and Debian's chromium (or CHROMIUM=/path).
 */
import assert from "node:assert/strict";
import { openPage } from "./browser.ts";
import { emptySnapshot, fakeChannels, fakeSnapshot } from "./fake_data.ts";
import { E2E, go, text, withPage } from "./page.ts";

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

Deno.test("numbers in a chart follow its bars", E2E, async () => {
  const snapshot = fakeSnapshot(30, 0);
  const balanced = snapshot.channels.map((channel) => ({ ...channel, balance_ratio: 0.52 }));
  await withPage(async (browser, server) => {
    const { page } = await openPage(browser, server.url, {
      width: 1600,
      prepare: async (page) => {
        await page.addInitScript(() => {
          const drawn = new Set<string>();
          Object.assign(globalThis, { drawn });
          const fillText = CanvasRenderingContext2D.prototype.fillText;
          CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
            drawn.add(text);
            fillText.call(this, text, x, y);
          };
        });
      },
    });
    const isDrawn = (text: string) =>
      page.waitForFunction(
        ([text]) => (globalThis as unknown as { drawn: Set<string> }).drawn.has(text),
        [text],
      );
    await isDrawn("30");
    const drained = balanced.slice(0, 7).map((channel) => ({ ...channel, balance_ratio: 0.02 }));
    server.emit("channels", drained);
    await isDrawn("23");
    await isDrawn("7");
  }, { ...snapshot, channels: balanced });
});

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
        "#/recommendations": [
          /appear after the first plan/,
          /Execution is off/,
          /has been carried out yet/,
        ],
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
  snapshot.channels[0].peer_alias = `<img src=x onerror="document.title='taken'"><b>bold`;
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

Deno.test("names written from right to left don't turn from and to around", E2E, async () => {
  const snapshot = fakeSnapshot(12, 2);
  snapshot.channels.forEach((channel, i) => channel.peer_alias = `שלום ${i}`);
  await withPage(async (browser, server) => {
    const { page } = await openPage(browser, server.url, { width: 1024 });
    await go(page, "#/recommendations");
    const { source_channel, target_channel } = snapshot.recommendations.suggestions[0];
    const left = async (channel: string) =>
      (await page.locator(`.card h3 a[href$="${channel}"]`).first().boundingBox())!.x;
    await page.waitForSelector(".card h3");
    assert.ok(await left(source_channel) < await left(target_channel));
    const history = page.locator(".plain td[data-label^=from] bdi");
    assert.ok((await history.nth(0).boundingBox())!.x < (await history.nth(1).boundingBox())!.x);
  }, snapshot);
});

Deno.test(
  "page fits windows from 320 to 1280 pixels",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const { page } = await openPage(browser, server.url, { width: 1280 });
      const { node, channel_id } = server.snapshot.channels[0];
      const faults: string[] = [];
      for (
        const hash of ["#/", "#/channels", "#/recommendations", `#/channel/${node}/${channel_id}`]
      ) {
        await go(page, hash);
        for (const width of [1280, 1000, 844, 700, 320]) {
          await page.setViewportSize({ width, height: 600 });
          // Charts follow their window a moment later.
          await page.waitForFunction(
            ([most]) => document.documentElement.scrollWidth <= most,
            [width],
            { timeout: 5000 },
          ).catch(() => undefined);
          const found = await page.evaluate(() => ({
            width: document.documentElement.scrollWidth,
            cut: [...document.querySelectorAll(".tile .value, .card dd, .chip")]
              .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1)
              .map(({ textContent }) => textContent),
          }));
          if (found.width > width) faults.push(`${hash} at ${width}: ${found.width} pixels wide`);
          if (found.cut.length > 0) faults.push(`${hash} at ${width}: cut off: ${found.cut}`);
        }
      }
      assert.deepEqual(faults, []);
    }),
);

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
