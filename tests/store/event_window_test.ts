import assert from "node:assert/strict";
import fc from "fast-check";
import { EventWindow } from "../../lib/store/event_window.ts";

Deno.test("EventWindow agrees with a set while fewer names than a generation were seen", () => {
  fc.assert(fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 200 }), (names) => {
    const window = new EventWindow(1000), set = new Set<string>();
    for (const name of names) {
      assert.equal(window.add(name), !set.has(name));
      set.add(name);
    }
  }));
});

Deno.test("EventWindow remembers at least the newest generation and forgets the ones before", () => {
  const window = new EventWindow(100);
  for (let i = 0; i < 1000; i++) assert.equal(window.add(`event-${i}`), true);
  for (let i = 900; i < 1000; i++) assert.equal(window.add(`event-${i}`), false);
  assert.equal(window.add("event-0"), true);
});

Deno.test("EventWindow takes 200,000 similar names for what they are", () => {
  const window = new EventWindow();
  for (let i = 0; i < 200_000; i++) assert.ok(window.add(`node-${i % 7}:${i}`));
});
