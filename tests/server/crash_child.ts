/**
 * A server in a process of its own, to be killed: `crash_child.ts FOLDER` prints its port. Where the
 * folder has a champion it is written and promoted again and again, under five names in turn.
 */
import { systemClock } from "../../lib/core/mod.ts";
import { ForecastModel, ModelRegistry } from "../../lib/learning/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { LensServer, listen } from "../../lib/server/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { steadyForecaster } from "./server_fixture.ts";

const folder = Deno.args[0];
const registry = new ModelRegistry(folder);
const champion = await registry.champion();
const scaler = champion && await registry.scaler(champion);
let turn = 0;

const server = await LensServer.open({
  engine: new Lens({ forecaster: steadyForecaster }),
  store: SqliteStore.open(folder),
  clock: systemClock,
  folder,
  retrain: async () => {
    if (champion === undefined || scaler === undefined) throw new Error("no champion");
    const id = `model_2024010${1 + turn++ % 5}_000000`;
    const meta = { ...champion.meta, id, scaler: id.replace("model", "scaler") + ".json" };
    await registry.add({ model: new ForecastModel(meta, champion.parts), scaler });
    await registry.promote(id, { atMs: systemClock.nowMs() });
    return { status: "promoted", modelId: id, reason: "its turn" };
  },
});
server.startTimers({ exportMs: 50, retrainMs: champion ? 20 : 1e9, renewMs: 50 });
const { port } = listen(server, { host: "127.0.0.1", port: 0 }, { ratePerSecond: 1e6 });
console.log(port);
