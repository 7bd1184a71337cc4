import assert from "node:assert/strict";
import fc from "fast-check";
import { drawableName, shortName, wholePercent } from "../../lib/charts/mod.ts";
import { fromTo, wrapText } from "../../lib/charts/text.ts";

Deno.test("shortName is one printable line of the length asked for", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 13, max: 40 }), (name, length) => {
      const short = shortName(name, length);
      assert.ok(Array.from(short).length <= length);
      assert.doesNotMatch(short, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
    }),
  );
});

Deno.test("shortName keeps both ends of a key and the start of a name", () => {
  assert.equal(shortName(`02abcdef${"0".repeat(54)}9f3c`), "02abcdef…9f3c");
  assert.equal(shortName("An alias that goes on and on", 12), "An alias th…");
  assert.equal(shortName("safe\u202Egnp.exe"), "safe gnp.exe");
});

Deno.test("wrapText loses no word and breaks only at spaces", () => {
  const word = fc.string({ minLength: 1 }).filter((text) => !text.includes(" "));
  fc.assert(fc.property(fc.array(word, { minLength: 1 }), (words) => {
    assert.deepEqual(wrapText(words.join(" "), 300, 12).join(" ").split(" "), words);
  }));
});

Deno.test("wholePercent does not round something to nothing", () => {
  const shown = [0, 0.001, 0.004, 0.256, 1].map((ratio) => wholePercent(ratio));
  assert.deepEqual(shown, ["0", "<1", "<1", "26", "100"].map((number) => `${number}\u00a0%`));
});

Deno.test("drawableName keeps what the bundled font draws, a square for the rest, and something else for nothing but squares", () => {
  for (const name of ["Zürich ⚡ 7", "Ωμέγα", "Лайтнинг", "שלום", "مرحبا", "a_b-c", "₿ & co"]) {
    assert.equal(drawableName(name, "x"), name);
  }
  assert.equal(drawableName("🚀🌕 to the moon", "x"), "□ to the moon");
  assert.equal(drawableName("日本 node", "x"), "□ node");
  assert.equal(drawableName("👩‍💻 dev ⚡️", "x"), "□ dev ⚡");
  assert.equal(drawableName("नोड node", "x"), "□ node");
  for (const name of ["", "\u200b", "日本語", "🚀", "한국어", " . "]) {
    assert.equal(drawableName(name, "7x1x1"), "7x1x1");
  }
});

Deno.test("fromTo keeps its arrow pointing to the right between names written to the left", () => {
  assert.equal(fromTo("a", "b").replaceAll("\u200e", ""), "a → b");
  assert.match(fromTo("שלום", "مرحبا"), /^\u200e.*\u200e → \u200e/);
});
