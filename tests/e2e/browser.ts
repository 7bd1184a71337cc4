import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const CHROMIUM = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Opens Chromium with an empty profile. */
export async function openBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

/** A page under watch: what it complained of and which hosts it asked. */
export interface WatchedPage {
  page: Page;
  context: BrowserContext;
  /** Errors and warnings on the console, violations of the policy and uncaught errors. */
  complaints: string[];
  /** Hosts of all requests. */
  hosts: Set<string>;
}

/** How a page is shown. */
export interface PageLook {
  width: number;
  height?: number;
  dark?: boolean;
  /** Done with the page before it is opened. */
  prepare?: (page: Page) => Promise<void>;
}

/** What a driver says of WebGL without a graphics card; it is about speed, and not of the page. */
const DRIVER_NOTE = /GL Driver Message .*Performance/;

/** Opens `url` and waits until the first snapshot is shown. */
export async function openPage(
  browser: Browser,
  url: string,
  { width, height = 900, dark = false, prepare }: PageLook,
): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    timezoneId: "UTC",
    locale: "en-GB",
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on("console", (message) => {
    const serious = ["error", "warning"].includes(message.type());
    if (serious && !DRIVER_NOTE.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => hosts.add(new URL(request.url()).host));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      const { violatedDirective } = event as Event & { violatedDirective: string };
      console.error(`policy violated: ${violatedDirective}`);
    });
  });
  await prepare?.(page);
  await page.goto(url);
  await page.waitForSelector(".freshness.live");
  return { page, context, complaints, hosts };
}
