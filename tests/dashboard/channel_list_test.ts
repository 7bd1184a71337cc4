import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FILTERS,
  groupByPeer,
  type ListChoice,
  needsAttention,
  selectChannels,
  sideOf,
  type SortKey,
} from "../../lib/dashboard/app/channel_list.ts";
import { channelName, EMPTY_STATE, withEvent } from "../../lib/dashboard/app/live_state.ts";
import { fakeSnapshot } from "../e2e/fake_data.ts";

const rows = [...withEvent(EMPTY_STATE, "snapshot", fakeSnapshot(60, 4)).rows.values()];
const ALL: ListChoice = {
  ...{ search: "", node: "", filter: "all", sort: "peer", descending: false, grouped: false },
};
const SORTS: SortKey[] = [
  ...["peer", "capacity", "balance", "outbound", "inbound", "stake", "decision"] as const,
];

Deno.test("selectChannels keeps every channel once, whatever the order", () => {
  const choice = fc.record({ sort: fc.constantFrom(...SORTS), descending: fc.boolean() });
  fc.assert(fc.property(choice, (chosen) => {
    const names = selectChannels(rows, { ...ALL, ...chosen }).map((r) => channelName(r.channel));
    assert.deepEqual(new Set(names), new Set(rows.map((r) => channelName(r.channel))));
    assert.equal(names.length, rows.length);
  }));
});

Deno.test("selectChannels sorts up and down with unknown values last", () => {
  for (const descending of [false, true]) {
    const stakes = selectChannels(rows, { ...ALL, sort: "stake", descending })
      .map(({ prediction }) => prediction?.fees_at_stake_msat ?? null);
    const known = stakes.filter((stake) => stake !== null);
    const sorted = [...known].sort((a, b) => descending ? b - a : a - b);
    assert.deepEqual(stakes, [...sorted, ...stakes.filter((stake) => stake === null)]);
    assert.ok(known.length > 0 && known.length < stakes.length);
  }
});

Deno.test("selectChannels filters by side, need, suggestion and state of learning", () => {
  const counts = Object.fromEntries(
    FILTERS.map(({ value }) => [value, selectChannels(rows, { ...ALL, filter: value }).length]),
  );
  assert.equal(counts.all, 60);
  assert.equal(counts.suggested, 8);
  assert.equal(counts.learning, 6);
  assert.equal(counts.outbound, rows.filter((row) => sideOf(row) === "outbound").length);
  assert.equal(counts.inbound, rows.filter((row) => sideOf(row) === "inbound").length);
  assert.equal(counts.attention, rows.filter(needsAttention).length);
});

Deno.test("selectChannels finds all words of the search in peer, channel or node", () => {
  const [{ channel }] = rows;
  const found = selectChannels(rows, {
    ...ALL,
    search: `  ${channel.channel_id.toUpperCase()} ${channel.peer.slice(0, 6)} `,
  });
  assert.deepEqual(found.map((row) => row.channel), [channel]);
  assert.equal(selectChannels(rows, { ...ALL, search: "nothing like it" }).length, 0);
  assert.equal(selectChannels(rows, { ...ALL, node: "another" }).length, 0);
});

Deno.test("groupByPeer keeps all rows, one group a peer, in the order of their first rows", () => {
  const two = rows.map((row, i) => ({ ...row, channel: { ...row.channel, peer: `p${i % 7}` } }));
  const groups = groupByPeer(two);
  assert.deepEqual(groups.map(([first]) => first.channel.peer), [
    ...["p0", "p1", "p2", "p3", "p4", "p5", "p6"],
  ]);
  assert.deepEqual(new Set(groups.flat()), new Set(two));
});
