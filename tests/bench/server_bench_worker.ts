/** Both servers of the benchmark in a thread of their own: ours, and a bare handler. */
import { Hono } from "hono";
import { createApp } from "../../lib/server/mod.ts";
import { serverOfChannels } from "./server_of_channels.ts";

const server = await serverOfChannels(1000);
const { bytes } = server.recommendations;

const bare = new Hono().get(
  "/api/recommendations",
  () => new Response(bytes, { headers: { "content-type": "application/json" } }),
);
const ours = createApp(server, { ratePerSecond: 1e9 });
const listen = (fetch: Deno.ServeHandler) =>
  Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, fetch).addr.port;
const ports = { ours: listen(ours.fetch), bare: listen(bare.fetch), bytes: bytes.length };

declare const self: { postMessage(message: unknown): void };
self.postMessage(ports);
