import assert from "node:assert/strict";
import { METRICS } from "../../lib/server/mod.ts";
import { channelBody, testServer } from "./server_fixture.ts";

Deno.test("the OpenAPI document describes every route, and every route it describes answers", async () => {
  const { app, request, dispose } = await testServer();
  const document = await (await request("/openapi.json")).json();
  assert.match(document.openapi, /^3\.1\./);
  const pages = new Set(["/openapi.json", "/docs", "/docs.css", "/*", "/api/*"]);
  const routed = new Set(
    app.routes.filter((r) => r.method !== "ALL" && !pages.has(r.path)).map((r) =>
      `${r.method.toLowerCase()} ${r.path.replace(/:(\w+)/g, "{$1}")}`
    ),
  );
  const described = new Set(
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`)
    ),
  );
  assert.deepEqual([...routed].sort(), [...described].sort());
  for (
    const operation of Object.values(document.paths).flatMap((m) => Object.values(m as object))
  ) {
    assert.ok(operation.summary && Object.keys(operation.responses).length > 0);
  }
  await dispose();
});

Deno.test("the OpenAPI document's references lead somewhere", async () => {
  const { request, dispose } = await testServer();
  const text = await (await request("/openapi.json")).text();
  const document = JSON.parse(text);
  const names = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map((m) => m[1]);
  assert.ok(names.length > 5);
  for (const name of names) assert.ok(document.components.schemas[name], name);
  await dispose();
});

Deno.test("/docs shows each path and loads nothing from elsewhere", async () => {
  const { request, dispose } = await testServer();
  const html = await (await request("/docs")).text();
  assert.match(html, /POST \/api\/update/);
  assert.match(html, /GET \/api\/channels\/\{node\}\/\{id\}/);
  assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
  assert.doesNotMatch(html, /<script/);
  await dispose();
});

Deno.test("/metrics shows every metric of the table and nothing else of ours", async () => {
  const { server, request, post, dispose } = await testServer({
    retrain: () => Promise.resolve({ status: "kept", modelId: "steady", reason: "same" }),
  });
  await post([channelBody("a"), channelBody("a", 30)]);
  await post("{");
  await post({
    event_type: "rebalance",
    id: "s",
    node: "alice",
    source_channel: "a",
    target_channel: "b",
    status: "refused",
    amount_msat: 1,
    fee_msat: 0,
  });
  await server.retrain();
  await server.export();
  const text = await (await request("/metrics")).text();
  const shown = [...text.matchAll(/^# TYPE lightning_lens_(\w+) /gm)].map((m) => m[1]);
  assert.deepEqual(shown.sort(), Object.keys(METRICS).sort());
  assert.match(text, /^lightning_lens_events_total\{kind="channel_state"\} 2$/m);
  assert.match(text, /^lightning_lens_events_refused_total 1$/m);
  assert.match(text, /^lightning_lens_rebalances_total\{status="refused"\} 1$/m);
  assert.match(text, /^lightning_lens_retrainings_total\{outcome="kept"\} 1$/m);
  await dispose();
});

Deno.test("docs/operations.md names every metric with its help", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
  for (const [name, { type, help }] of Object.entries(METRICS)) {
    assert.ok(page.includes(`| \`lightning_lens_${name}\` | ${type} | ${help} |`), name);
  }
});

Deno.test("the dashboard's files are served where no route is", async () => {
  const body = new TextEncoder().encode("<p>lens</p>");
  const { request, dispose } = await testServer({}, {
    dashboard: (path) =>
      Promise.resolve(path === "/" ? { body, contentType: "text/html" } : undefined),
  });
  const page = await request("/");
  assert.equal(await page.text(), "<p>lens</p>");
  assert.equal(page.headers.get("content-type"), "text/html");
  const head = await request("/", { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  assert.equal((await request("/other")).status, 404);
  assert.equal((await request("/health")).status, 200);
  await dispose();
});

Deno.test("a method that a route does not take is answered with 405 and those it takes", async () => {
  const { request, dispose } = await testServer();
  for (
    const [method, path, allow] of [
      ["PUT", "/api/update", "POST"],
      ["DELETE", "/api/channels/a/b", "GET"],
      ["POST", "/health", "GET"],
    ]
  ) {
    const response = await request(path, { method });
    assert.deepEqual([response.status, response.headers.get("allow")], [405, allow], path);
  }
  assert.equal((await request("/api/none", { method: "POST" })).status, 404);
  await dispose();
});
