/** A server in a process of its own, to be killed: `crash_child.ts FOLDER` prints its port. */
import { systemClock } from "../../lib/core/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { LensServer, listen } from "../../lib/server/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { steadyForecaster } from "./server_fixture.ts";

const folder = Deno.args[0];
const server = await LensServer.open({
  engine: new Lens({ forecaster: steadyForecaster }),
  store: SqliteStore.open(folder),
  clock: systemClock,
  folder,
});
server.startTimers({ exportMs: 50, retrainMs: 1e9, renewMs: 50 });
const { port } = listen(server, { host: "127.0.0.1", port: 0 }, { ratePerSecond: 1e6 });
console.log(port);
