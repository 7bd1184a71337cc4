import assert from "node:assert/strict";
import { calledBy, ownName, peerName, withNames } from "../../lib/dashboard/app/names.ts";
import { fakeChannels } from "../e2e/fake_data.ts";

const KEY = "02".padEnd(66, "5a");
const SHORT = "025a5a5a…5a5a";

Deno.test("calledBy takes the alias, or both ends of the key where nothing of it can be shown", () => {
  assert.equal(calledBy("Alice", KEY), "Alice");
  for (const nothing of [null, undefined, "", "\u200b\u202e", " "]) {
    assert.equal(calledBy(nothing, KEY), SHORT);
  }
  assert.equal(calledBy("a\u202eb\nc", KEY), "a b c");
  assert.equal(calledBy("an alias that does not end", KEY, 13), "an alias tha…");
});

Deno.test("withNames gathers what channels tell of both ends, and stays the same otherwise", () => {
  const [first, second] = fakeChannels(2);
  const channels = [{ ...first, node_alias: "me", peer_alias: "Alice" }, second];
  const names = withNames(new Map(), channels);
  assert.deepEqual([...names], [[first.node, "me"], [first.peer, "Alice"]]);
  assert.equal(withNames(names, channels), names);
  assert.equal(withNames(names, [{ ...first, peer_alias: "Bob" }]).get(first.peer), "Bob");
  assert.deepEqual([peerName(channels[0]), ownName(channels[0])], ["Alice", "me"]);
});
