import assert from "node:assert/strict";
import { shortOutlines } from "../../lib/charts/svg_outlines.ts";

/** A closed outline of `count` curves around (50, 40), as Skia writes it. */
function curves(count: number, radiusX: number, radiusY: number): string {
  const at = (i: number) => {
    const angle = 2 * Math.PI * i / (2 * count);
    return `${(50 + radiusX * Math.cos(angle)).toFixed(4)} ${
      (40 + radiusY * Math.sin(angle)).toFixed(4)
    }`;
  };
  const steps = Array.from({ length: count }, (_, i) => `Q${at(2 * i + 1)} ${at(2 * i + 2)}`);
  return `<path fill="red" d="M${at(0)}${steps.join("")}"/>`;
}

Deno.test("shortOutlines makes arcs of a circle, with its place and size", () => {
  assert.equal(
    shortOutlines(curves(44, 6, 6)),
    '<path fill="red" d="M44 40a6 6 0 1 0 12 0a6 6 0 1 0 -12 0Z"/>',
  );
});

Deno.test("shortOutlines leaves what is no circle, but for digits that nobody sees", () => {
  const oval = shortOutlines(curves(44, 6, 7));
  assert.match(oval, /^<path fill="red" d="M56 40Q/);
  assert.doesNotMatch(oval, /\d\.\d\d/);
  assert.equal(shortOutlines('<path d="M1.2345 2L3 4.56"/>'), '<path d="M1.2 2L3 4.6"/>');
  // A part of a circle is none.
  const half = curves(88, 6, 6).split("Q").slice(0, 60).join("Q") + '"/>';
  assert.match(shortOutlines(half), /Q/);
});
