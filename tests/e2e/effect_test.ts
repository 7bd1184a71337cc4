/// <reference lib="dom" />
/** What happens in a view that is left before the browser's next frame, in real Chromium. */
import assert from "node:assert/strict";
import { openPage } from "./browser.ts";
import { E2E, go, withPage } from "./page.ts";

/** Where the frames that were held back wait. */
type Held = typeof globalThis & { releaseFrames: () => void };

Deno.test(
  "a view left before its next frame starts nothing there",
  E2E,
  () =>
    withPage(async (browser, server) => {
      const { page, complaints } = await openPage(browser, server.url, { width: 1024 });
      const [{ node, channel_id }] = server.snapshot.channels;
      const charted = `#/channel/${node}/${channel_id}`;
      await go(page, charted);
      await page.waitForSelector("canvas");
      await page.evaluate(() => {
        const waiting = new Map<number, FrameRequestCallback>();
        let next = 1;
        const { requestAnimationFrame, cancelAnimationFrame } = globalThis;
        globalThis.requestAnimationFrame = (callback) => {
          waiting.set(next, callback);
          return next++;
        };
        globalThis.cancelAnimationFrame = (id) => void waiting.delete(id);
        (globalThis as Held).releaseFrames = () => {
          Object.assign(globalThis, { requestAnimationFrame, cancelAnimationFrame });
          for (const callback of waiting.values()) callback(performance.now());
        };
      });
      const asked: string[] = [];
      await page.emulateMedia({ colorScheme: "dark" });
      await page.waitForTimeout(100);
      await go(page, "#/channels");
      await go(page, charted);
      await go(page, "#/channels");
      page.on("request", (request) => asked.push(request.url()));
      await page.evaluate(() => (globalThis as Held).releaseFrames());
      await page.waitForTimeout(300);
      assert.deepEqual(complaints, []);
      assert.deepEqual(asked.filter((url) => url.includes(channel_id)), []);
    }),
);
