import assert from "node:assert/strict";
import { hashOf } from "../../lib/core/mod.ts";

Deno.test("hashOf gives FNV-1a's published values", () => {
  assert.equal(hashOf(""), 0x811c9dc5);
  assert.equal(hashOf("a"), 0xe40c292c);
  assert.equal(hashOf("foobar"), 0xbf9cf968);
});
