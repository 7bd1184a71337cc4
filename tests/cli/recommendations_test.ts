import assert from "node:assert/strict";
import { balanceBar, compactSat, recommendationLines } from "../../lib/cli/recommendations.ts";
import type { ChannelLine } from "../../lib/cli/recommendations.ts";
import { runProgram } from "../../lib/cli/mod.ts";
import { captured } from "./captured.ts";
import { writeNodeDump } from "./node_dump_files.ts";

const POLICY = {
  baseFeeMsat: 1000,
  feeRatePpm: 100,
  cltvDelta: 40,
  minHtlcMsat: 1,
  maxHtlcMsat: 1e9,
  disabled: false,
};

function line(i: number, localRatio: number): ChannelLine {
  const capacitySat = 1_000_000, localBalanceSat = localRatio * capacitySat;
  const channel = {
    node: "me",
    channelId: String(i),
    peer: `peer ${i}`,
    capacitySat,
    localBalanceSat,
    remoteBalanceSat: capacitySat - localBalanceSat,
    active: true,
    localPolicy: POLICY,
  };
  const optimal = {
    lowRatio: 0.25,
    highRatio: 0.7,
    nearestRatio: 0.5,
    optimalRatio: 0.475,
    shortOutbound: 0.1,
    shortInbound: 0.1,
  };
  const known = { earnedOutPpm: 1, earnedInPpm: 1, forwardsSeen: 1, observedMs: 1 };
  return {
    outlook: { channel, optimal, ...known },
    decision: { node: "me", channelId: String(i), code: "balanced", reason: "within" },
    peerName: channel.peer,
  };
}

Deno.test("balanceBar shows local balance, optimal interval and remote balance", () => {
  assert.equal(balanceBar(line(0, 0.5).outlook), "#####[####....].....");
  assert.equal(balanceBar(line(0, 0).outlook), ".....[........].....");
  assert.equal(balanceBar(line(0, 1).outlook).replace(/[[\]]/g, "#"), "#".repeat(20));
});

Deno.test("recommendationLines fits a terminal and says how much more there is", () => {
  const lines = Array.from({ length: 200 }, (_, i) => line(i, 0.5));
  const plan = { timeMs: 0, suggestions: [], decisions: [], bases: [] };
  const found = { nodeId: "me", nodeName: "Me", timeMs: 0, modelId: "m", lines, plan };
  const shown = recommendationLines(found, 40);
  assert.ok(shown.length <= 50);
  assert.match(shown.join("\n"), /160 more .*--all/);
  assert.ok(shown.every((text) => text.length < 170));
  assert.equal(recommendationLines(found, Infinity).filter((l) => /balanced/.test(l)).length, 200);
});

Deno.test("compactSat keeps two digits", () => {
  assert.deepEqual([0, 950, 12_345, 999_600, 5_000_000, 16_777_215].map(compactSat), [
    "0",
    "950",
    "12k",
    "1.0M",
    "5.0M",
    "17M",
  ]);
});

Deno.test("recommend reads files without a node, also where one is named for other tools", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { channels, forwards } = await writeNodeDump(folder);
    const args = [
      "recommend",
      "--data-dir",
      folder,
      "--channels",
      channels,
      "--forwards",
      forwards,
    ];
    const { code, lines } = await captured(() => runProgram([...args, "--json"]));
    assert.equal(code, 0);
    const found = JSON.parse(lines.join("\n"));
    assert.equal(found.channels.length, 2);
    // One channel is empty and everything wants to leave by it: it is the one that matters.
    assert.equal(found.channels[0].channel_id, "1");
    assert.ok(found.channels[0].forecast.outbound_need.sat[2] > 0);
    const both = await captured(() => runProgram([...args, "--json", "--lnddir", folder]));
    assert.equal(both.code, 0);
    assert.match(JSON.parse(both.lines.join("\n")).notes.join(), /the node was not asked/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("recommend takes forwards as CSV too, the node's own of a file of several", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { channels } = await writeNodeDump(folder);
    const forwards = `${folder}/forwards.csv`;
    const rows = Array.from({ length: 600 }, (_, i) => {
      const time = new Date((1_700_000_000 + i * 1200) * 1000).toISOString();
      return `${time},${i % 2 ? "me" : "other"},2,1,30030000,30000000,settled`;
    });
    const header = "timestamp,node,in_channel,out_channel,in_amount_msat,out_amount_msat,outcome";
    await Deno.writeTextFile(forwards, [header, ...rows.reverse(), ""].join("\n"));
    const args = ["--data-dir", folder, "--channels", channels, "--forwards", forwards, "--json"];
    const own = await captured(() => runProgram(["recommend", ...args, "--node-id", "me"]));
    assert.equal(own.code, 0);
    const [emptied] = JSON.parse(own.lines.join("\n")).channels;
    assert.equal(emptied.channel_id, "1");
    assert.ok(emptied.forecast.outbound_need.sat[2] > 0);
    const strange = await captured(() => runProgram(["recommend", ...args]));
    assert.equal(strange.code, 3);
    assert.match(strange.errors.join("\n"), /forwards\.csv: node: found "2 other nodes"/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
