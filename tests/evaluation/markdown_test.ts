import assert from "node:assert/strict";
import fc from "fast-check";
import { code, prose, table } from "../../lib/evaluation/markdown.ts";

Deno.test("code is one span of code on one line, whatever the name", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (name) => {
    const text = code(name);
    assert.match(text, /^(–|`[^`|\n\r]+`)$/u);
  }));
  assert.equal(code("a`b|c"), "`a'b¦c`");
  assert.equal(code("[x](http://evil)"), "`[x](http://evil)`");
  assert.equal(code(" \n "), "–");
});

Deno.test("prose leaves nothing that Markdown or HTML would act on", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    assert.doesNotMatch(prose(text).replace(/\\./gsu, ""), /[\\`*_{}[\]<>#|~&!\n]/);
  }));
  assert.equal(prose("<b>1 | 2</b>"), "\\<b\\>1 \\| 2\\</b\\>");
});

Deno.test("table has as many cells in every line", () => {
  const text = table([{ name: "a" }, { name: "b", align: "right" }], [["1", "2"], ["3", "4"]]);
  assert.equal(text, "| a | b |\n| --- | ---: |\n| 1 | 2 |\n| 3 | 4 |");
});
