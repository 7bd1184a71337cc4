import assert from "node:assert/strict";
import { readOrMakeToken } from "../../lib/server/mod.ts";
import { channelBody, testServer } from "./server_fixture.ts";

Deno.test("every answer carries a strict content security policy", async () => {
  const { request, dispose } = await testServer();
  for (const path of ["/health", "/docs", "/none", "/api/channels"]) {
    const { headers } = await request(path);
    assert.match(headers.get("content-security-policy")!, /default-src 'none'; script-src 'self'/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("x-frame-options"), "DENY");
  }
  await dispose();
});

Deno.test("names that are not this machine's are refused on loopback", async () => {
  const { request, dispose } = await testServer();
  for (const host of ["evil.example", "127.0.0.1.evil.example:5001", "localhost.evil"]) {
    assert.equal((await request("/api/channels", { headers: { host } })).status, 403, host);
  }
  for (const host of ["127.0.0.1:5001", "localhost:5001", "[::1]:5001"]) {
    assert.equal((await request("/api/channels", { headers: { host } })).status, 200, host);
  }
  await dispose();
});

Deno.test("requests of other sites are refused, the page's own are not", async () => {
  const { request, dispose } = await testServer();
  const from = async (origin: string) =>
    (await request("/api/twin", { headers: { host: "localhost:5001", origin } })).status;
  assert.equal(await from("http://localhost:5001"), 200);
  assert.equal(await from("http://localhost:3000"), 403);
  assert.equal(await from("https://evil.example"), 403);
  assert.equal(await from("null"), 403);
  await dispose();
});

Deno.test("a token is required where one is set, as header or cookie", async () => {
  const token = "t".repeat(64);
  const { request, dispose } = await testServer({}, { token, loopbackOnly: false });
  const status = async (path: string, headers: Record<string, string> = {}) =>
    (await request(path, { headers: { host: "lens.lan:5001", ...headers } })).status;
  assert.equal(await status("/api/channels"), 401);
  assert.equal(await status("/metrics"), 401);
  assert.equal(await status("/api/events", { authorization: "Bearer wrong" }), 401);
  assert.equal(await status("/health"), 200);
  assert.equal(await status("/api/channels", { authorization: `Bearer ${token}` }), 200);
  const session = await request("/api/session", {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  const cookie = session.headers.get("set-cookie")!;
  assert.match(cookie, /HttpOnly; SameSite=Strict/);
  assert.equal(await status("/api/channels", { cookie: cookie.split(";")[0] }), 200);
  await dispose();
});

Deno.test("an address that asks too often is sent away for a while", async () => {
  const { request, dispose } = await testServer({}, { ratePerSecond: 1 });
  const statuses = [];
  for (let i = 0; i < 12; i++) statuses.push((await request("/api/twin")).status);
  assert.deepEqual([statuses.slice(0, 10).every((s) => s === 200), statuses.slice(10)], [
    true,
    [429, 429],
  ]);
  const last = await request("/api/twin");
  assert.equal((await last.json()).title, "Too many requests");
  assert.equal((await request("/health")).status, 200);
  await dispose();
});

Deno.test("errors of the program tell the caller nothing of its inside", async () => {
  const { server, request, dispose } = await testServer({
    models: () => Promise.reject(new Error("secret path /root")),
  });
  const response = await request("/api/models");
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret|root/);
  assert.equal(server.closing, false);
  await dispose();
});

Deno.test("readOrMakeToken makes one that only the owner reads, and keeps it", async () => {
  const folder = await Deno.makeTempDir();
  const { token, path } = await readOrMakeToken(folder);
  assert.match(token, /^[0-9a-f]{64}$/);
  assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  assert.equal((await readOrMakeToken(folder)).token, token);
  Deno.chmodSync(path, 0o644);
  await assert.rejects(readOrMakeToken(folder), /can be read by others/);
  Deno.chmodSync(path, 0o600);
  Deno.writeTextFileSync(path, "short");
  await assert.rejects(readOrMakeToken(folder), /expected a token of 32/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an oversized length is refused before it is read", async () => {
  const { post, request, dispose } = await testServer();
  const response = await request("/api/update", {
    method: "POST",
    headers: { "content-type": "application/json", "content-length": "99999999" },
    body: JSON.stringify(channelBody("a")),
  });
  assert.equal(response.status, 413);
  assert.equal((await post(channelBody("a"))).status, 200);
  await dispose();
});
