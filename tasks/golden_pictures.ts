/**
 * Writes the goldens of pictures and report into tests/golden/pictures. Look at what changed before
 * you commit it.
 *
 *     deno task golden:pictures
 */
import { renderPng, renderSvg } from "../lib/charts/mod.ts";
import { smallPng } from "../tests/golden/compare_pixels.ts";
import { GOLDEN_FOLDER, GOLDEN_SPECS, goldenBar, goldenReport } from "../tests/golden/pictures.ts";

const write = (name: string, content: string | Uint8Array) =>
  typeof content === "string"
    ? Deno.writeTextFile(new URL(name, GOLDEN_FOLDER), content)
    : Deno.writeFile(new URL(name, GOLDEN_FOLDER), content);

for (const [name, make] of Object.entries(GOLDEN_SPECS)) {
  await write(`${name}.png`, await smallPng(await renderPng(make())));
  await write(`${name}.svg`, await renderSvg(make()));
}
await write("balance_bar.svg", goldenBar());
const { markdown, page } = await goldenReport();
await write("report.txt", markdown);
await write("report.html", page);
