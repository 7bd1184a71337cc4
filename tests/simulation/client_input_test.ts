import assert from "node:assert/strict";
import fc from "fast-check";
import { formatMessage } from "../../lib/protocol/mod.ts";
import { ClientInputError, parseClientInput } from "../../lib/simulation/live/client_input.ts";
import { suggestion } from "./helpers.ts";

Deno.test("parseClientInput understands what clients say", () => {
  const head = { seq: 3, timeMs: 0 };
  const parse = (text: string) => parseClientInput(text, 0);
  assert.deepEqual(
    parse(formatMessage("register", { client: "c", wants: ["forward"], fromSeq: 9 }, head)),
    { kind: "register", client: "c", wants: ["forward"], fromSeq: 9 },
  );
  assert.deepEqual(parse(formatMessage("rebalance_suggestion", suggestion(), head)), {
    kind: "suggestion",
    suggestion: suggestion(),
  });
  assert.deepEqual(parse(formatMessage("suggestions_complete", { answers: 4, count: 0 }, head)), {
    kind: "complete",
    answers: 4,
  });
  const old = { from_node: "a", to_node: "b", amount: 5, confidence: 0.5 };
  for (
    const text of [
      JSON.stringify({ type: "rebalance_suggestion", suggestion: old }),
      JSON.stringify({ type: "suggestions", client: "c", suggestions: [old] }),
      JSON.stringify({ type: "rebalance_suggestions", suggestions: [old] }),
    ]
  ) {
    assert.deepEqual(parse(text), {
      kind: "legacy_suggestions",
      suggestions: [{ fromNode: "a", toNode: "b", amountSat: 5, confidence: 0.5 }],
    });
  }
});

Deno.test("parseClientInput: whatever is said is understood or an error that says what was expected", () => {
  const types = ["register", "rebalance_suggestion", "suggestions", "transaction", "error", "x"];
  const member = fc.oneof(fc.jsonValue(), fc.constantFrom(...types));
  const message = fc.record({
    type: member,
    v: fc.oneof(fc.constant(1), fc.jsonValue()),
    seq: fc.oneof(fc.nat(), fc.jsonValue()),
    timestamp: fc.oneof(fc.constant("2024-01-01T00:00:00Z"), fc.jsonValue()),
    data: fc.jsonValue(),
    suggestions: fc.jsonValue(),
  }, { requiredKeys: [] });
  const text = fc.oneof(
    fc.string(),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    message.map((value) => JSON.stringify(value)),
  );
  fc.assert(
    fc.property(text, (said) => {
      try {
        parseClientInput(said, 0);
      } catch (error) {
        assert(error instanceof ClientInputError, String(error));
        assert(error.fault.expected.length > 0);
      }
    }),
    { numRuns: 2000 },
  );
});
