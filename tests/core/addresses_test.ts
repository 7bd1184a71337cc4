import assert from "node:assert/strict";
import { isLoopback } from "../../lib/core/mod.ts";

Deno.test("isLoopback knows this machine's names only", () => {
  for (const host of ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "LOCALHOST"]) {
    assert.ok(isLoopback(host), host);
  }
  for (const host of ["0.0.0.0", "::", "127.0.0.1.example", "192.168.1.1", ""]) {
    assert.ok(!isLoopback(host), host);
  }
});
