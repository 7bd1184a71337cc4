import assert from "node:assert/strict";
import { LensError } from "../../lib/core/mod.ts";
import { DASHBOARD_FILES, readDashboardFile } from "../../lib/dashboard/mod.ts";

const APP = new URL("../../lib/dashboard/app/", import.meta.url);

Deno.test("readDashboardFile serves the built files and nothing else", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const url = new URL(`file://${folder}/`);
    for (const { file } of Object.values(DASHBOARD_FILES)) {
      await Deno.writeTextFile(new URL(file, url), `content of ${file}`);
    }
    await Deno.writeTextFile(new URL("secret.txt", url), "secret");
    const page = await readDashboardFile("/", url);
    assert.equal(new TextDecoder().decode(page!.body), "content of index.html");
    assert.match(page!.contentType, /^text\/html/);
    for (const path of ["/secret.txt", "/../secret.txt", "/index.html", "toString", ""]) {
      assert.equal(await readDashboardFile(path, url), undefined);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("readDashboardFile says how to build what is not built", async () => {
  await assert.rejects(
    readDashboardFile("/app.js", new URL("file:///nowhere/at/all/")),
    (error) => error instanceof LensError && /build_dashboard/.test(error.message),
  );
});

Deno.test("index.html asks for known files only and holds no inline code or style", async () => {
  const html = await Deno.readTextFile(new URL("index.html", APP));
  const asked = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
  assert.deepEqual(asked.sort(), ["/app.js", "/icon.svg", "/style.css"]);
  assert.ok(asked.every((path) => path in DASHBOARD_FILES));
  assert.doesNotMatch(html, /<style|style=|\bon[a-z]+=|<script(?![^>]*src)/);
});
