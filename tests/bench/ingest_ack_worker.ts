/** The server of the acknowledgement benchmark, over a store on disk, in a thread of its own. */
import { systemClock } from "../../lib/core/mod.ts";
import { Lens } from "../../lib/lens/mod.ts";
import { LensServer, listen } from "../../lib/server/mod.ts";
import { SqliteStore } from "../../lib/store/mod.ts";
import { steadyForecaster } from "../server/server_fixture.ts";

declare const self: {
  onmessage: (event: MessageEvent<{ folder: string }>) => void;
  postMessage(message: { port: number } | { closed: true }): void;
};

let close: (() => Promise<void>) | undefined;
self.onmessage = async ({ data: { folder } }) => {
  if (close !== undefined) {
    await close();
    return self.postMessage({ closed: true });
  }
  const store = SqliteStore.open(folder);
  const server = await LensServer.open({
    engine: new Lens({ forecaster: steadyForecaster }),
    store,
    clock: systemClock,
    folder,
  });
  const listening = listen(server, { host: "127.0.0.1", port: 0 });
  close = async () => {
    await listening.stop();
    await store.close();
  };
  self.postMessage({ port: listening.port });
};
