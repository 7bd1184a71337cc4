import assert from "node:assert/strict";
import { featureImportance, renderPng, renderSvg } from "../../lib/charts/mod.ts";
import { sampleFeatures } from "../charts/sample_data.ts";
import { differingShare, smallPng } from "./compare_pixels.ts";
import { GOLDEN_FOLDER, GOLDEN_SPECS, goldenBar, goldenReport } from "./pictures.ts";

const MOST_DIFFERENCE = 48, MOST_SHARE = 0.01, MOST_PX = 0.5, MOST_BYTES = 1_000_000;
const NUMBER = /-?\d+(?:\.\d+)?/g;
const hint = "look at it; `deno task golden:pictures` writes it anew";

function readText(name: string): Promise<string> {
  return Deno.readTextFile(new URL(name, GOLDEN_FOLDER));
}

/** Equal text around numbers that are equal within a tolerance. */
function assertSameDrawing(svg: string, golden: string): void {
  assert.equal(svg.replace(NUMBER, "0"), golden.replace(NUMBER, "0"), hint);
  const [found, expected] = [svg, golden].map((text) => (text.match(NUMBER) ?? []).map(Number));
  const off = found.findIndex((value, i) => Math.abs(value - expected[i]) > MOST_PX);
  assert.equal(off, -1, `found ${found[off]}, golden ${expected[off]}: ${hint}`);
}

for (const [name, make] of Object.entries(GOLDEN_SPECS)) {
  Deno.test(`golden picture ${name}: pixels`, async () => {
    const golden = await Deno.readFile(new URL(`${name}.png`, GOLDEN_FOLDER));
    const share = await differingShare(
      await smallPng(await renderPng(make())),
      golden,
      MOST_DIFFERENCE,
    );
    assert.ok(share <= MOST_SHARE, `${(100 * share).toFixed(2)} % of the pixels differ: ${hint}`);
  });

  Deno.test(`golden picture ${name}: drawing`, async () => {
    assertSameDrawing(await renderSvg(make()), await readText(`${name}.svg`));
  });
}

Deno.test("golden balance bar", async () => {
  assertSameDrawing(goldenBar(), await readText("balance_bar.svg"));
});

Deno.test("golden report, as Markdown and as a page", async () => {
  const { markdown, page } = await goldenReport();
  assert.equal(markdown, await readText("report.txt"), hint);
  assert.equal(page, await readText("report.html"), hint);
});

Deno.test("golden pictures: the comparison sees a bar that is missing", async () => {
  const features = sampleFeatures(8);
  const [whole, missing] = await Promise.all(
    [features, features.toSpliced(2, 1)].map(async (shown) =>
      await smallPng(await renderPng({ ...featureImportance(shown), heightPx: 366 }))
    ),
  );
  assert.equal(await differingShare(whole, whole, 0), 0);
  assert.ok(await differingShare(whole, missing, MOST_DIFFERENCE) > 2 * MOST_SHARE);
});

Deno.test("golden pictures stay small", async () => {
  let bytes = 0;
  for await (const { name } of Deno.readDir(GOLDEN_FOLDER)) {
    bytes += (await Deno.stat(new URL(name, GOLDEN_FOLDER))).size;
  }
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`);
});
