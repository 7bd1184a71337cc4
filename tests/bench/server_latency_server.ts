/**
 * The server of the latency benchmark in a process of its own. Prints two ports: one serves the
 * recommendations of 1,000 channels, any request to the other is answered once a model was trained
 * on the samples of 300 channels and 12 days.
 *
 *     deno run -A tests/bench/server_latency_server.ts FOLDER
 */
import { systemClock } from "../../lib/core/mod.ts";
import { BaselineForecaster } from "../../lib/learning/mod.ts";
import { compactTable } from "../../lib/liquidity/mod.ts";
import { createApp, ServingModel, workerRetrain } from "../../lib/server/mod.ts";
import { plantedTable } from "../server/planted_table.ts";
import { serverOfChannels } from "./server_of_channels.ts";

const [folder] = Deno.args;
const table = compactTable(plantedTable({ channels: 300, days: 12 }));
const serving = new ServingModel({
  lens: { forecaster: new BaselineForecaster(), swapForecaster: () => {} },
});
const retrain = workerRetrain({
  lens: { trainingTables: () => [table] },
  serving,
  clock: systemClock,
  folder,
  seed: 1,
});
const app = createApp(await serverOfChannels(1000), { ratePerSecond: 1e9 });
const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
const { port } = Deno.serve(options, app.fetch).addr;
const train = async () => new Response((await retrain(new AbortController().signal)).reason);
console.log(JSON.stringify({ port, trainPort: Deno.serve(options, train).addr.port }));
