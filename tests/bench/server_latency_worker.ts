/** The server of the latency benchmark in a thread of its own; every message starts a retraining. */
import { systemClock } from "../../lib/core/mod.ts";
import { BaselineForecaster } from "../../lib/learning/mod.ts";
import { compactTable } from "../../lib/liquidity/mod.ts";
import { createApp, ServingModel, workerRetrain } from "../../lib/server/mod.ts";
import { plantedTable } from "../server/planted_table.ts";
import { serverOfChannels } from "./server_of_channels.ts";

declare const self: {
  onmessage: (event: MessageEvent<{ folder: string }>) => void;
  postMessage(message: { port: number } | { reason: string }): void;
};

const table = compactTable(plantedTable({ channels: 60, days: 20 }));
const serving = new ServingModel({
  lens: { forecaster: new BaselineForecaster(), swapForecaster: () => {} },
});
const server = await serverOfChannels(1000);
const app = createApp(server, { ratePerSecond: 1e9 });
const { port } = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  app.fetch,
).addr;

self.onmessage = async ({ data: { folder } }) => {
  const retrain = workerRetrain({
    lens: { trainingTables: () => [table] },
    serving,
    clock: systemClock,
    folder,
    seed: 1,
    trees: 60,
  });
  const { reason } = await retrain(new AbortController().signal);
  self.postMessage({ reason });
};
self.postMessage({ port });
