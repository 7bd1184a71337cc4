/// <reference lib="dom" />
/** What tests of the page in a real browser have in common. */
import type { Browser, Page } from "playwright-core";
import { openBrowser } from "./browser.ts";
import { fakeSnapshot } from "./fake_data.ts";
import type { FakeServer } from "./fake_server.ts";
import { seededServer } from "./seeded_server.ts";

/** One browser and one server for a group of checks. */
export async function withPage(
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

/** Browsers and servers outlast what Deno counts in a test. */
export const E2E = { sanitizeOps: false, sanitizeResources: false };

/** Goes to a view, as a link does. */
export async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => location.hash = to, hash);
  await page.waitForSelector(hash === "#/" ? "#overview" : hash.replace(/^#\/(\w+).*$/, "#$1"));
}

/** What stands in the first element of a selector. */
export function text(page: Page, selector: string): Promise<string> {
  return page.locator(selector).first().innerText();
}
