import assert from "node:assert/strict";
import { DAY_MS } from "../../lib/core/mod.ts";
import { ChannelLedger } from "../../lib/lens/channel_ledger.ts";
import type { Forward, SuggestionResult } from "../../lib/protocol/mod.ts";

const SHARE = 0.5;

function forward(feeMsat: number, outcome: Forward["outcome"] = "settled"): Forward {
  return {
    node: "me",
    inChannel: "a",
    outChannel: "b",
    inAmountMsat: 1_000_000 + feeMsat,
    outAmountMsat: 1_000_000,
    outcome,
  };
}

function rebalance(feeMsat: number): SuggestionResult {
  return {
    ...{ id: "x", node: "me", sourceChannel: "a", targetChannel: "b", status: "applied" },
    ...{ amountMsat: 1_000_000, feeMsat, attempts: 1, channels: [] },
  };
}

Deno.test("ChannelLedger gives a node that earned nothing no budget", () => {
  const ledger = new ChannelLedger();
  ledger.addForward(0, forward(10_000, "failed_here"));
  assert.equal(ledger.budgetMsat("me", 0, SHARE), 0, "what failed earned nothing");
  ledger.addForward(0, forward(10_000));
  assert.equal(ledger.budgetMsat("me", 0, SHARE), 5_000);
});

Deno.test("ChannelLedger gives a node of which no forward is told 50 sat at a time", () => {
  const ledger = new ChannelLedger();
  assert.equal(ledger.budgetMsat("me", 0, SHARE), 50_000);
  ledger.addRebalance(0, rebalance(20_000));
  assert.equal(ledger.budgetMsat("me", 0, SHARE), 30_000);
  ledger.addForward(0, forward(10_000, "failed_here"));
  assert.equal(ledger.budgetMsat("me", 0, SHARE), 0);
});

Deno.test("ChannelLedger's budget is a share of what was earned lately, less what was spent", () => {
  const ledger = new ChannelLedger();
  ledger.addForward(0, forward(1_000_000));
  assert.equal(ledger.budgetMsat("me", 0, SHARE), 500_000);
  ledger.addRebalance(0, rebalance(200_000));
  assert.equal(ledger.budgetMsat("me", 0, SHARE), 300_000);
  // After a week both count half.
  assert.equal(Math.round(ledger.budgetMsat("me", 7 * DAY_MS, SHARE)), 150_000);
  assert.equal(ledger.budgetMsat("me", 0, 0), 0);
  ledger.addRebalance(0, rebalance(400_000));
  assert.equal(ledger.budgetMsat("me", 0, SHARE), 0, "never below nothing");
});
