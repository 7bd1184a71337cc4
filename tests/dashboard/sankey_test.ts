import assert from "node:assert/strict";
import fc from "fast-check";
import { layOutSankey, OTHERS } from "../../lib/dashboard/app/sankey.ts";

const peer = fc.integer({ min: 0, max: 30 }).map((i) => `p${i}`);
const flow = fc.record({
  node: fc.constant("n"),
  in_peer: peer,
  out_peer: peer,
  count: fc.integer({ min: 1, max: 9 }),
  amount_msat: fc.integer({ min: 1, max: 1e9 }),
  fees_msat: fc.constant(1),
});

Deno.test("layOutSankey keeps every amount, and bands stay within their boxes", () => {
  fc.assert(fc.property(fc.array(flow, { minLength: 1, maxLength: 60 }), (flows) => {
    const { sources, targets, bands } = layOutSankey(flows, { most: 6, heightPx: 300 });
    const sum = (amounts: number[]) => amounts.reduce((a, b) => a + b, 0);
    const total = sum(flows.map(({ amount_msat }) => amount_msat));
    for (const boxes of [sources, targets]) {
      assert.ok(boxes.length <= 6);
      assert.equal(sum(boxes.map(({ amountMsat }) => amountMsat)), total);
      boxes.slice(1).forEach((box, i) => assert.ok(box.y >= boxes[i].y + boxes[i].height));
    }
    for (const { source, target, y0, y1, height } of bands) {
      for (const [box, y] of [[sources[source], y0], [targets[target], y1]] as const) {
        assert.ok(y >= box.y - 1e-6 && y + height <= box.y + box.height + 1e-6);
      }
    }
    const last = sources.findIndex((box) => box.peer === OTHERS);
    assert.ok(last === -1 || last === sources.length - 1);
  }));
});

Deno.test("layOutSankey of nothing is nothing", () => {
  assert.deepEqual(layOutSankey([], { most: 6, heightPx: 300 }).bands, []);
});
