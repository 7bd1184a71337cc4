import assert from "node:assert/strict";
import { HOUR_MS, MINUTE_MS, systemClock } from "../../lib/core/mod.ts";
import { AlertBook } from "../../lib/server/alerts/alert_book.ts";
import {
  type Alert,
  ALERT_CODES,
  ALERT_DEFAULTS,
  alertsOf,
} from "../../lib/server/alerts/rules.ts";
import { grouped, MOST_LISTED } from "../../lib/server/alerts/grouped.ts";
import { Webhook } from "../../lib/server/alerts/webhook.ts";
import type { ChannelOutlook } from "../../lib/planning/mod.ts";

const NOW = Date.UTC(2024, 0, 1);

function outlook(channelId: string, shortOutbound: number, stakeSat: number): ChannelOutlook {
  const need = { sat: [0, 0, 1, 2, 3] };
  return {
    channel: {
      node: "me",
      channelId,
      peer: "alice",
      capacitySat: 100,
      localBalanceSat: 1,
      remoteBalanceSat: 99,
      active: true,
    },
    forecast: {
      horizonMs: 24 * HOUR_MS,
      outboundNeed: need,
      inboundNeed: need,
      feesAtStakeMsat: stakeSat * 1000,
    },
    optimal: {
      lowRatio: 0.2,
      highRatio: 0.8,
      nearestRatio: 0.2,
      optimalRatio: 0.5,
      shortOutbound,
      shortInbound: 0,
    },
    earnedOutPpm: 0,
    earnedInPpm: 0,
    forwardsSeen: 0,
    observedMs: 0,
  };
}

function alert(key: string): Alert {
  return { code: "drift", key, text: "text", advice: "advice" };
}

Deno.test("alertsOf says nothing while nothing is the matter", () => {
  assert.deepEqual(alertsOf({ nowMs: NOW }), []);
  assert.deepEqual(
    alertsOf({
      nowMs: NOW,
      outlooks: [outlook("a", 0.79, 10_000), outlook("b", 0.99, 499)],
      retraining: { status: "promoted", reason: "better" },
      budget: { usedSat: 99, budgetSat: 100 },
      node: { lastHeardMs: NOW - ALERT_DEFAULTS.unreachableMs + 1, reason: "gone" },
    }),
    [],
  );
});

Deno.test("alertsOf has a rule for every code, with its numbers", () => {
  const alerts = alertsOf({
    nowMs: NOW,
    outlooks: [outlook("a", 0.85, 12_345)],
    drift: "the error doubled",
    retraining: { status: "failed", reason: "out of memory" },
    budget: { usedSat: 100, budgetSat: 100 },
    node: { lastHeardMs: NOW - HOUR_MS, reason: "connection refused" },
  });
  assert.deepEqual(alerts.map(({ code }) => code), [...ALERT_CODES]);
  const words = alerts.map(({ text }) => text).join("\n");
  for (
    const part of [
      /\(85 % within 1 d\); 12,345 sat/,
      /doubled/,
      /out of memory/,
      /100 sat/,
      /1 h: connection/,
    ]
  ) {
    assert.match(words, part);
  }
});

Deno.test("alertsOf calls a peer as the graph does, on one line", () => {
  const outlooks = [outlook("a", 0.85, 12_345)];
  const text = (alias: string | null) =>
    alertsOf({ nowMs: NOW, outlooks, aliasOf: () => alias })[0].text;
  assert.match(text("Alice's\n\u202eshop"), /^channel a to Alice's shop is about/);
  assert.match(text("\u200b"), /^channel a to alice is/);
  assert.match(text(null), /^channel a to alice is/);
});

Deno.test("AlertBook tells each alert once, and once when it is over for good", () => {
  const book = new AlertBook(5 * MINUTE_MS);
  const told = (alerts: Alert[], minute: number) =>
    book.update(alerts, NOW + minute * MINUTE_MS).map(({ status, alert }) =>
      `${status} ${alert.key}`
    );
  assert.deepEqual(told([alert("x")], 0), ["raised x"]);
  assert.deepEqual(told([alert("x"), alert("y")], 1), ["raised y"]);
  assert.deepEqual(told([alert("y")], 2), []);
  assert.deepEqual(told([alert("x"), alert("y")], 3), []);
  assert.deepEqual(told([alert("y")], 4), []);
  assert.deepEqual(told([alert("y")], 9), ["cleared x"]);
  assert.deepEqual(book.list(NOW).map(({ key, sinceMs }) => [key, sinceMs - NOW]), [[
    "y",
    MINUTE_MS,
  ]]);
});

Deno.test("AlertBook keeps still about what is silenced, until the silence ends", () => {
  const book = new AlertBook(0);
  book.silence({ key: "drift", untilMs: NOW + HOUR_MS });
  assert.deepEqual(book.update([alert("drift:a")], NOW), []);
  assert.equal(book.list(NOW)[0].silencedUntilMs, NOW + HOUR_MS);
  // It came and went unheard: its end is none of anybody's business either.
  assert.deepEqual(book.update([], NOW + 1), []);
  book.update([alert("drift:b")], NOW + 2);
  assert.deepEqual(
    book.update([alert("drift:b")], NOW + HOUR_MS).map(({ status }) => status),
    ["raised"],
  );
  assert.deepEqual(book.silences(NOW + HOUR_MS), []);
});

Deno.test("grouped makes one message of what comes up together, by code and status", () => {
  const draining = alertsOf({
    nowMs: NOW,
    outlooks: Array.from({ length: 30 }, (_, i) => outlook(`c${i}`, 0.9, 1000 + i)),
  });
  const changes = [...draining, alert("drift")].map((raised, i) => ({
    status: "raised" as const,
    alert: { ...raised, sinceMs: NOW + i },
  }));
  const over = { status: "cleared" as const, alert: { ...alert("drift:old"), sinceMs: NOW } };
  const [many, one, cleared, ...rest] = grouped([...changes, over]);
  assert.equal(rest.length, 0);
  assert.deepEqual(
    [many.status, many.code, many.key, many.count, many.alerts.length, many.sinceMs],
    ["raised", "channel_draining", "channel_draining", 30, MOST_LISTED, NOW],
  );
  assert.equal(many.alerts[0].key, "channel_draining:me/c29");
  assert.match(
    many.text,
    /^30 channels are about to run short .*; 30,435 sat of fees are at stake: c29 to alice \(90 %, 1,029 sat\), .* and 25 more$/,
  );
  assert.deepEqual([one.key, one.text, one.count], ["drift", "text", 1]);
  assert.deepEqual([cleared.status, cleared.key], ["cleared", "drift:old"]);
  assert.deepEqual(grouped([]), []);
});

Deno.test("Webhook delivers in order, tries again, and gives up without telling the address", async () => {
  const heard: string[] = [];
  let refuse = 1;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const { key, status } = await request.json();
    if (refuse-- > 0) return new Response("no", { status: 503 });
    heard.push(`${status} ${key}`);
    return new Response("");
  });
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  const { signal } = new AbortController();
  const webhook = new Webhook({ url: `http://127.0.0.1:${server.addr.port}/`, clock, signal });
  const tell = (status: "raised" | "cleared", key: string) =>
    grouped([{ status, alert: { ...alert(key), sinceMs: NOW } }]).forEach((m) => webhook.tell(m));
  tell("raised", "a");
  tell("cleared", "a");
  await webhook.idle();
  assert.deepEqual(heard, ["raised a", "cleared a"]);
  refuse = Infinity;
  tell("raised", "b");
  await webhook.idle();
  assert.equal(heard.length, 2);
  await server.shutdown();
});
