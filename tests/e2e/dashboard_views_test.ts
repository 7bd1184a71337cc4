/// <reference lib="dom" />
/**
 * Every view with seeded data at three widths, light and dark: nothing cut off, refused or from
 * elsewhere, no serious finding of axe-core, and like its golden (see `golden.ts`). SCREENSHOTS=folder
 * keeps the pictures at full size for looking at.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import type { SnapshotView } from "../../lib/dashboard/app/stream_events.ts";
import { openBrowser, openPage } from "./browser.ts";
import { unlikeGolden } from "./golden.ts";
import { seededServer, seededSnapshot } from "./seeded_server.ts";

const SCREENSHOTS = Deno.env.get("SCREENSHOTS");
const MOST_HEIGHT = 1300;
const require = createRequire(import.meta.url);
const AXE = await Deno.readTextFile(require.resolve("axe-core/axe.min.js"));

/** Addresses of the views, and what shows that one is ready. */
function views({ channels }: SnapshotView): { name: string; hash: string; ready: string }[] {
  const { node, channel_id } = channels[3];
  return [
    { name: "overview", hash: "#/", ready: ".tiles.n10 + .charts canvas" },
    { name: "channels", hash: "#/channels", ready: ".channels tbody tr" },
    { name: "channel", hash: `#/channel/${node}/${channel_id}`, ready: ".slider" },
    { name: "recommendations", hash: "#/recommendations", ready: ".runs li" },
    { name: "flows", hash: "#/flows", ready: ".heat" },
    { name: "network", hash: "#/network", ready: ".graph[data-drawn]" },
    { name: "model", hash: "#/model", ready: ".plain tbody tr" },
    { name: "simulation", hash: "#/simulation", ready: ".plain" },
    { name: "system", hash: "#/system", ready: "details tbody tr" },
  ];
}

/** Serious and critical findings, each with the first place. */
async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return await page.evaluate(async () => {
    interface Finding {
      id: string;
      impact: string;
      nodes: { html: string; failureSummary: string }[];
    }
    const { axe } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: Finding[] }> };
    };
    const { violations } = await axe.run({ resultTypes: ["violations"] });
    return violations.filter(({ impact }) => ["serious", "critical"].includes(impact)).map((
      { id, nodes },
    ) => `${id} (${nodes.length}): ${nodes[0].html.slice(0, 200)} ${nodes[0].failureSummary}`);
  });
}

/** The page in a font that is the same everywhere. */
async function useBundledFont(page: Page): Promise<void> {
  const font = (name: string) => require.resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`);
  await page.route(
    "**/DejaVuSans*.ttf",
    (route) =>
      route.fulfill({ path: font(route.request().url().replace(/^.*\/(.*)\.ttf$/, "$1")) }),
  );
  await page.route("**/style.css", async (route) => {
    const answer = await route.fetch();
    const face = (file: string, weight: string) =>
      `@font-face { font-family: Golden; font-weight: ${weight}; src: url("/${file}.ttf"); }`;
    const body = `${await answer.text()}
${face("DejaVuSans", "100 550")} ${face("DejaVuSans-Bold", "600 900")}
body { font-family: Golden; }`;
    await route.fulfill({ response: answer, body });
  });
}

/** Times that a view is looked at: on a busy machine it may still be drawn. */
const MOST_LOOKS = 4;

/** What is wrong with how a view looks at last: too wide, or not like its golden. */
async function looks(page: Page, name: string, width: number): Promise<string[]> {
  const faults: string[] = [];
  for (let look = 1; look === 1 || look <= MOST_LOOKS && faults.length > 0; look++) {
    faults.length = 0;
    await page.waitForTimeout(150 * look);
    const size = await page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      height: document.documentElement.scrollHeight,
    }));
    if (size.width !== width) faults.push(`${name}: ${size.width} pixels wide`);
    // What changes with the clock, and places that a worker finds in its own time.
    const mask = [page.locator(".freshness"), page.locator(".graph")];
    const clip = { x: 0, y: 0, width, height: Math.min(MOST_HEIGHT, size.height) };
    const png = await page.screenshot({ fullPage: true, clip, mask, maskColor: "#888888" });
    const unlike = await unlikeGolden(name, png);
    if (unlike !== undefined) faults.push(unlike);
  }
  return faults;
}

Deno.test(
  "every view at three widths, light and dark: fits, is like its golden, is accessible",
  { sanitizeOps: false, sanitizeResources: false },
  async () => {
    const snapshot = seededSnapshot(36);
    const server = seededServer(snapshot);
    server.start();
    const browser = await openBrowser();
    const faults: string[] = [];
    try {
      for (const width of [390, 1024, 1600]) {
        for (const dark of [false, true]) {
          // A view without charts comes first: they are drawn once, in the font that is there then.
          const first = `${server.url}#/system`;
          const { page, context, complaints, hosts } = await openPage(browser, first, {
            ...{ width, dark },
            prepare: useBundledFont,
          });
          await page.evaluate(() =>
            Promise.all(
              ["400", "700"].map((weight) => document.fonts.load(`${weight} 12px Golden`)),
            )
          );
          for (const { name, hash, ready } of views(snapshot)) {
            const of = `${name}_${width}_${dark ? "dark" : "light"}`;
            await page.evaluate((to) => location.hash = to, hash);
            await page.waitForSelector(ready, { state: "attached" });
            faults.push(...await looks(page, of, width));
            if (SCREENSHOTS !== undefined) {
              const path = `${SCREENSHOTS}/${of}.png`;
              await page.screenshot({ path, fullPage: true });
            }
            if (width !== 1600) {
              for (const finding of await axeFindings(page)) faults.push(`${of}: ${finding}`);
            }
          }
          assert.deepEqual(complaints, []);
          assert.deepEqual([...hosts], [new URL(server.url).host]);
          await context.close();
        }
      }
    } finally {
      await browser.close();
      await server.stop();
    }
    assert.deepEqual(faults, []);
  },
);
