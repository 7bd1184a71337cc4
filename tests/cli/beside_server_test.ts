import assert from "node:assert/strict";
import { runProgram } from "../../lib/cli/mod.ts";
import { EXIT } from "../../lib/core/mod.ts";
import { forwardEvent } from "../../lib/nodes/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { MockLnd, SELF, TO_BOB, TO_CAROL } from "../nodes/mock_lnd.ts";
import { captured } from "./captured.ts";

Deno.test("recommend works on a copy of what a running server knows, failures included", async () => {
  const mock = await MockLnd.start();
  const store = SqliteStore.open(mock.folder);
  // LND tells of it only to who listens: history does not have it.
  await store.append([forwardEvent(SELF, {
    timeMs: Date.UTC(2024, 0, 2),
    inChannel: TO_BOB,
    outChannel: TO_CAROL,
    inAmountMsat: 2000,
    outAmountMsat: 1000,
    outcome: "failed_here",
    failureReason: "insufficient_balance",
    inHtlcId: "77",
  })]);
  const { lastSeq } = store;
  try {
    const { code, lines } = await captured(() =>
      runProgram(["recommend", ...mock.options, "--json"])
    );
    assert.equal(code, EXIT.done);
    const { channels, notes } = JSON.parse(lines.join("\n"));
    const seen = channels.map((c: { forwards_seen: number }) => c.forwards_seen);
    assert.deepEqual(seen, [6, 6], "five of the history, and the one that failed");
    assert.match(notes.join(), /in use by a server: nothing of this was kept/);
    assert.equal(store.lastSeq, lastSeq, "the server's own store is as it was");
  } finally {
    await store.close();
    await mock.stop();
  }
});
