import assert from "node:assert/strict";
import type { HistoryView } from "../../lib/dashboard/app/insight_api.ts";
import { withoutRepeats } from "../../lib/dashboard/app/suggestion_repeats.ts";
import { fakeSnapshot } from "../e2e/fake_data.ts";
import { fakeSuggestionHistory } from "../e2e/fake_insights.ts";

type Item = HistoryView["suggestions"][number];
const [SAMPLE] = fakeSuggestionHistory(fakeSnapshot(12, 3)).suggestions;
const ENDED = { ...SAMPLE.result!, status: "applied" } as Item["result"];

function item(time: string, target: string, result: Item["result"] = null): Item {
  const suggestion = { ...SAMPLE.suggestion, id: `${target}-${time}`, target_channel: target };
  return { time, suggestion, result, judged: null };
}

Deno.test("withoutRepeats keeps the newest of a pair that was proposed again and again", () => {
  const kept = withoutRepeats([item("3", "a"), item("3", "b"), item("2", "a"), item("1", "a")]);
  assert.deepEqual(
    kept.map(({ suggestion, times, since }) => [suggestion.target_channel, times, since]),
    [["a", 3, "1"], ["b", 1, "3"]],
  );
});

Deno.test("withoutRepeats keeps all that has a result, and what was proposed before it", () => {
  const items = [item("4", "a"), item("3", "a", ENDED), item("2", "a", ENDED), item("1", "a")];
  assert.deepEqual(withoutRepeats(items).map(({ time, times }) => [time, times]), [
    ["4", 1],
    ["3", 1],
    ["2", 1],
    ["1", 1],
  ]);
});
