import assert from "node:assert/strict";
import fc from "fast-check";
import { JsonElements } from "../../lib/nodes/json_elements.ts";
import { graphFromPieces } from "../../lib/nodes/lnd_graph.ts";

/** Objects of any JSON in arrays of one object, among other members. */
const whole = fc.record({
  nodes: fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
  'a "quoted\\" name': fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
  other: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
});

Deno.test("JsonElements tells the same as JSON.parse, wherever the text is cut", () => {
  fc.assert(fc.property(
    whole,
    fc.array(fc.nat()),
    fc.constantFrom(undefined, 2),
    (value, cuts, indent) => {
      const found: Record<string, unknown[]> = {};
      const elements = new JsonElements((member, element) => {
        (found[member] ??= []).push(element);
      });
      const text = JSON.stringify(value, null, indent);
      const places = [0, ...cuts.map((cut) => cut % text.length).sort((a, b) => a - b)];
      places.forEach((place, i) => elements.push(text.slice(place, places[i + 1])));
      assert.ok(elements.ended);
      const member = (name: string) => JSON.stringify(name).slice(1, -1);
      const expected = Object.entries(value).filter(([, v]) => Array.isArray(v) && v.length > 0)
        .map(([name, v]) => [member(name), v]);
      assert.deepEqual(found, JSON.parse(JSON.stringify(Object.fromEntries(expected))));
    },
  ));
});

const GRAPH = JSON.stringify({
  nodes: [{ pub_key: "a", alias: "A }] ⚡", features: { 0: {} } }, { pub_key: "b" }],
  edges: [{
    channel_id: "770000000000000001",
    node1_pub: "a",
    node2_pub: "b",
    capacity: "1000000",
    node1_policy: {
      time_lock_delta: 40,
      min_htlc: "1",
      fee_base_msat: "7",
      fee_rate_milli_msat: "9",
      disabled: false,
      max_htlc_msat: "990000000",
    },
    node2_policy: null,
  }],
});

Deno.test("graphFromPieces reads a graph that arrives in any pieces", async () => {
  for (const size of [1, 3, 50, 10_000]) {
    const network = await graphFromPieces(piecesOf(GRAPH, size), "lnd");
    assert.equal(network.channelCount, 1);
    assert.equal(network.policy(0)?.feeRatePpm, 9);
    assert.equal(network.policy(1), undefined);
    assert.equal(network.aliases[0], "A }] ⚡");
  }
});

Deno.test("graphFromPieces refuses a graph that breaks off, wherever", async () => {
  for (const length of [1, 20, 100, GRAPH.length - 1]) {
    await assert.rejects(
      graphFromPieces(piecesOf(GRAPH.slice(0, length), 7), "lnd"),
      /lnd: found "an answer that breaks off"/,
    );
  }
});

async function* piecesOf(text: string, size: number): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += size) {
    yield await Promise.resolve(text.slice(at, at + size));
  }
}
