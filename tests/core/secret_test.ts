import assert from "node:assert/strict";
import { inspect } from "node:util";
import { logLine, Secret } from "../../lib/core/mod.ts";

Deno.test("Secret shows itself to nobody who prints, logs or serialises it", () => {
  const secret = new Secret("0201036c6e64");
  const record = {
    category: ["lightning-lens", "nodes"],
    level: "info" as const,
    message: ["with ", secret, ""],
    rawMessage: "with {}",
    timestamp: 0,
    properties: {},
  };
  const shown = [
    String(secret),
    `${secret}`,
    JSON.stringify({ secret }),
    Deno.inspect({ deep: { secret } }),
    inspect(secret),
    logLine(record),
    Object.keys(secret).join(),
  ];
  for (const text of shown) assert.ok(!text.includes("0201036c6e64"), text);
  assert.equal(secret.reveal(), "0201036c6e64");
});
