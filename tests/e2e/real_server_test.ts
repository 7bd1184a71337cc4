/// <reference lib="dom" />
/** The page on the real server: what one sends is what the other shows. */
import assert from "node:assert/strict";
import { DAY_MS, HOUR_MS, isoTime, ManualClock } from "../../lib/core/mod.ts";
import { readDashboardFile } from "../../lib/dashboard/mod.ts";
import { BaselineForecaster } from "../../lib/learning/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { LensServer, listen } from "../../lib/server/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { deafLine, simulationStatus } from "../server/server_fixture.ts";
import { openBrowser, openPage } from "./browser.ts";

const E2E = { sanitizeOps: false, sanitizeResources: false };
const START_MS = Date.UTC(2026, 0, 5);

/** Two days of forwards from one channel of a node to the other, which runs dry. */
function events() {
  const channel = (id: string, local: number, timeMs: number) => ({
    event_type: "channel_state",
    node: "own-node",
    remote_pubkey: `peer-of-${id}`,
    channel_id: id,
    capacity: 1_000_000,
    local_balance: local,
    timestamp: isoTime(timeMs),
  });
  const forwards = Array.from({ length: 96 }, (_, i) => ({
    event_type: "forward",
    node: "own-node",
    in_channel: "1x1x1",
    out_channel: "2x2x2",
    in_amount_msat: 20_020_000,
    out_amount_msat: 20_000_000,
    outcome: i % 3 === 0 ? "settled" : "failed_here",
    failure_reason: i % 3 === 0 ? undefined : "insufficient_balance",
    timestamp: isoTime(START_MS + i * HOUR_MS / 2),
  }));
  return [
    channel("1x1x1", 900_000, START_MS),
    channel("2x2x2", 640_000, START_MS),
    ...forwards,
    channel("2x2x2", 20_000, START_MS + 2 * DAY_MS),
  ];
}

Deno.test("page shows what the real server tells", E2E, async () => {
  const folder = await Deno.makeTempDir();
  const forecaster = new BaselineForecaster();
  const server = await LensServer.open({
    engine: new Lens({ forecaster }),
    store: SqliteStore.open(folder),
    clock: new ManualClock(START_MS),
    folder,
    modelId: forecaster.id,
  });
  const listening = listen(server, { host: "127.0.0.1", port: 0 }, {
    dashboard: readDashboardFile,
  });
  const browser = await openBrowser();
  try {
    const { page, complaints } = await openPage(browser, listening.url, { width: 1600 });
    assert.match(await page.locator("#overview").innerText(), /No channels yet/);

    const answer = await fetch(new URL("/api/update", listening.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(events()),
    });
    assert.equal(answer.status, 200, await answer.text());
    const go = (hash: string) => page.evaluate((to) => location.hash = to, hash);
    const says = (text: string) =>
      page.waitForFunction(
        (part) => document.body.innerText.replace(/\s+/g, " ").includes(part),
        text,
      );
    await go("#/channels");
    await page.waitForFunction(() => document.querySelectorAll(".channels tbody tr").length === 2);
    const dry = page.locator(".channels tbody tr", { hasText: "2x2x2" });
    assert.match(await dry.innerText(), /2 % · 20,000 sat/);
    assert.match(await dry.innerText(), /no plan made yet/);

    const plan = await server.renew();
    await page.waitForFunction(() => !/no plan made yet/.test(document.body.innerText));
    const decision = plan!.decisions.find(({ channelId }) => channelId === "2x2x2")!;
    assert.ok((await dry.innerText()).includes(decision.reason));
    await go("#/recommendations");
    await says("Execution is off");
    assert.equal(await page.locator(".card").count(), plan!.suggestions.length);

    await go("#/channel/own-node/2x2x2");
    await says("Failed for lack of balance 64");
    await page.waitForSelector(".slider");
    await says("lacked balance");
    await go("#/flows");
    await says("32 forwards carried 640,000 sat");
    await go("#/network");
    await says("The server knows no graph");
    await go("#/system");
    await says("The server lives and takes events.");
    await says("Events taken 99");
    await go("#/");
    await says("640 sat earned, 0 sat paid");

    for (const hours of [1, 2]) {
      server.simulation.hear(deafLine, {
        status: simulationStatus({
          timeMs: START_MS + 2 * DAY_MS + hours * HOUR_MS,
          lensMsat: 7_000_000 * hours,
          baselineMsat: 2_000_000,
        }),
      });
      await page.waitForFunction(
        (gain) => document.body.innerText.includes(gain),
        `+${(7 * hours - 2).toLocaleString("en-US")},000 sat`,
      );
    }
    await page.waitForSelector("canvas[aria-label*='12,000 sat more than']");
    assert.deepEqual(complaints, []);
  } finally {
    await browser.close();
    server.drain();
    await listening.stop();
    await server.close();
    await Deno.remove(folder, { recursive: true });
  }
});
