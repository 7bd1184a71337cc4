import assert from "node:assert/strict";
import { createCanvas, loadImage } from "@napi-rs/canvas";
import {
  balanceDistribution,
  type ChartSpec,
  DEVICE_PIXEL_RATIO,
  featureImportance,
  optimalVsCurrent,
  rebalanceRecommendations,
  renderPng,
  renderSvg,
} from "../../lib/charts/mod.ts";
import { sampleChannels, sampleFeatures, sampleSuggestions } from "./sample_data.ts";

/** Red, green, blue and alpha of each pixel of a part of a picture. */
async function pixels(png: Uint8Array, part = { x: 0, y: 0, width: 0, height: 0 }) {
  const image = await loadImage(png as Parameters<typeof loadImage>[0]);
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  const { x, y, width, height } = part;
  const { data } = context.getImageData(x, y, width || image.width, height || image.height);
  return { data, width: image.width, height: image.height };
}

const SPECS: Record<string, () => ChartSpec> = {
  balance_distribution: () => balanceDistribution(sampleChannels(40)),
  optimal_vs_current: () => optimalVsCurrent(sampleChannels(12)),
  "optimal_vs_current of many": () => optimalVsCurrent(sampleChannels(200)),
  rebalance_recommendations: () => rebalanceRecommendations(sampleSuggestions(5)),
  "rebalance_recommendations without any": () => rebalanceRecommendations([]),
  feature_importance: () => featureImportance(sampleFeatures(20)),
};

for (const [name, make] of Object.entries(SPECS)) {
  Deno.test(`renderPng ${name}: right size, white, the same bytes again`, async () => {
    const spec = make();
    const png = await renderPng(spec);
    const { data, width, height } = await pixels(png);
    assert.equal(width, spec.widthPx * DEVICE_PIXEL_RATIO);
    assert.equal(height, spec.heightPx * DEVICE_PIXEL_RATIO);
    assert.deepEqual([...data.slice(0, 4)], [255, 255, 255, 255]);
    assert.deepEqual(await renderPng(make()), png);
  });

  Deno.test(`renderPng ${name}: nothing is drawn up to the edge`, async () => {
    const png = await renderPng(make());
    const { data, width, height } = await pixels(png);
    for (let y = 0; y < height; y++) {
      for (const x of [0, 1, 2, 3, width - 4, width - 3, width - 2, width - 1]) {
        const at = (y * width + x) * 4;
        assert.equal(data[at] + data[at + 1] + data[at + 2], 765, `ink at ${x}, ${y}`);
      }
    }
  });
}

Deno.test("renderPng writes the title in ink of the theme", async () => {
  const png = await renderPng(featureImportance(sampleFeatures(3)));
  const { data } = await pixels(png, { x: 28, y: 28, width: 400, height: 40 });
  const dark = data.filter((value, index) => index % 4 === 0 && value < 80).length;
  assert.ok(dark > 500, `${dark} dark pixels`);
});

Deno.test("browser.ts never reaches the canvas library", async () => {
  const seen = new Set<string>();
  const queue = [new URL("../../lib/charts/browser.ts", import.meta.url).href];
  while (queue.length > 0) {
    const url = queue.pop()!;
    if (seen.has(url)) continue;
    seen.add(url);
    const text = await Deno.readTextFile(new URL(url));
    const imports = /^(?:import|export)\b[^;]*?\bfrom "([^"]+)"|\bimport\("([^"]+)"/gm;
    for (const [, named, lazy] of text.matchAll(imports)) {
      const from = named ?? lazy;
      if (from.startsWith(".")) queue.push(new URL(from, url).href);
      else assert.equal(from, "chart.js", `${url} imports ${from}`);
    }
  }
  assert.ok(seen.size > 10);
});

for (const [name, make] of Object.entries(SPECS)) {
  Deno.test(`renderSvg ${name}: what it says as text, names of its own, the same again`, async () => {
    const spec = make();
    const svg = await renderSvg(spec);
    const text = (part: string) => part.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    assert.ok(svg.includes(`<title>${text(spec.title)}</title><desc>${text(spec.summary)}</desc>`));
    assert.ok(svg.endsWith("</svg>") || svg.trimEnd().endsWith("</svg>"));
    for (const [, id] of svg.matchAll(/ id="([^"]+)"/g)) assert.ok(id.startsWith(`${spec.name}-`));
    for (const [, id] of svg.matchAll(/url\(#([^)]+)\)/g)) {
      assert.ok(svg.includes(` id="${id}"`), id);
    }
    assert.equal(await renderSvg(make()), svg);
  });
}
