import assert from "node:assert/strict";
import { carryOut } from "../../lib/cli/carry_out.ts";
import { EXIT, LensError } from "../../lib/core/mod.ts";
import type { SuggestionResult } from "../../lib/protocol/mod.ts";
import { suggestionOf } from "../execution/suggestions.ts";

type Status = SuggestionResult["status"];

/** Carries out a suggestion for each status and tells the exit code, and what was printed. */
async function exitCodeOf(statuses: readonly Status[], json = false) {
  const left = [...statuses], lines: string[] = [];
  try {
    await carryOut(statuses.map((_, i) => suggestionOf(`s${i}`, 9)), {
      executor: {
        execute: ({ id, node, sourceChannel, targetChannel }) => {
          const status = left.shift()!, amountMsat = status === "applied" ? 5000 : 0;
          const moved = { amountMsat, feeMsat: amountMsat / 1000, attempts: 1, channels: [] };
          return Promise.resolve({ id, node, sourceChannel, targetChannel, status, ...moved });
        },
      },
      store: { saveSuggestions: () => Promise.resolve() },
      print: (line) => lines.push(line),
      signal: new AbortController().signal,
      json,
    });
    return { code: EXIT.done, lines };
  } catch (error) {
    if (!(error instanceof LensError)) throw error;
    return { code: error.exitCode, lines, message: error.message };
  }
}

Deno.test("carryOut ends well where something was moved, else says that nothing was", async () => {
  const cases: [Status[], number][] = [
    [["applied"], EXIT.done],
    [["refused", "failed", "applied"], EXIT.done],
    [["failed"], EXIT.failed],
    [["refused", "failed"], EXIT.failed],
    [["refused", "refused"], EXIT.refused],
    [[], EXIT.done],
  ];
  for (const [statuses, code] of cases) {
    const ended = await exitCodeOf(statuses);
    assert.equal(ended.code, code, statuses.join());
    assert.equal(ended.lines.length, statuses.length + 1, "every result is told all the same");
  }
  const { message } = await exitCodeOf(["refused", "failed", "refused"]);
  assert.equal(message, "nothing was moved: 1 failed, 2 refused");
});

Deno.test("carryOut prints its JSON whatever came of it", async () => {
  const { code, lines } = await exitCodeOf(["failed"], true);
  assert.equal(code, EXIT.failed);
  assert.equal(JSON.parse(lines.join("\n")).results[0].status, "failed");
});
