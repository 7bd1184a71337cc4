import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { RecentLog } from "../../lib/core/mod.ts";

function record(level: LogRecord["level"], ...message: unknown[]): LogRecord {
  const category = ["lightning-lens", "server"];
  return { category, level, message, rawMessage: "", timestamp: 7, properties: {} };
}

Deno.test("RecentLog gives the newest lines of a level and graver ones", () => {
  const log = new RecentLog();
  for (let i = 0; i < 5000; i++) log.take(record(i % 10 === 0 ? "warning" : "info", `line ${i}`));
  assert.deepEqual(log.list("info", 2), [
    { timeMs: 7, level: "info", room: "server", text: "line 4999" },
    { timeMs: 7, level: "info", room: "server", text: "line 4998" },
  ]);
  assert.deepEqual(log.list("warning", 2).map(({ text }) => text), ["line 4990", "line 4980"]);
  assert.equal(log.list("warning", 5000).length, 100);
  assert.deepEqual(log.list("error", 10), []);
});

Deno.test("RecentLog shows values as the log does, and no long codes", () => {
  const log = new RecentLog();
  const key = "02".padEnd(66, "c4");
  log.take(record("info", "node ", key, " with ", "0201036c6e64".repeat(10), " took ", { ms: 3 }));
  assert.equal(log.list("debug", 1)[0].text, `node ${key} with [code] took {"ms":3}`);
  log.take(record("info", "word ".repeat(1000)));
  assert.equal(log.list("debug", 1)[0].text.length, 2000);
});
