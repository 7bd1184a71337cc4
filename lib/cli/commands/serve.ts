import { join } from "node:path";
import {
  HOUR_MS,
  isLoopback,
  logger,
  MINUTE_MS,
  RecentLog,
  setUpLogging,
  systemClock,
} from "../../core/mod.ts";
import { readDashboardFile } from "../../dashboard/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import { LensServer, listen, readOrMakeToken } from "../../server/mod.ts";
import { loadNetwork, type Network } from "../../network/mod.ts";
import { backUpStore, SqliteStore } from "../../store/mod.ts";
import type { Lens } from "../../lens/mod.ts";
import type { OpenLnd } from "../../nodes/mod.ts";
import type { CommandContext } from "../command.ts";
import { alertOptions, NodeContact } from "../alert_setup.ts";
import { type OpenExecution, openExecution } from "../execution_service.ts";
import { followLnd, openNamedLnd } from "../follow_lnd.ts";
import { recallGaps } from "../node_sink.ts";
import { openLens } from "../lens_setup.ts";
import { lensSetup } from "../operator_settings.ts";
import { untilStopped } from "../until_stopped.ts";

/** Name of the log file in the working directory. */
const LOG_FILE = "lightning_lens_http.log";

/** What following a node is made of. */
interface NodeParts {
  opened: OpenLnd;
  server: LensServer;
  lens: Lens;
  /** The graph known before the node tells its own. */
  network: Network | undefined;
  execution: OpenExecution | undefined;
  contact: NodeContact | undefined;
}

/** Reads from the node for ever and, where that was asked for, carries suggestions out. */
function followNode(
  { opened, server, lens, network, execution, contact }: NodeParts,
  { seed, signal, print }: { seed: number; signal: AbortSignal; print: (line: string) => void },
): Promise<void>[] {
  let graph = network, wasRead = false;
  print(`Following ${opened.info.alias || opened.info.nodeId} at ${opened.node.address}`);
  const reading = followLnd({
    ...{ opened, server, lens, seed, signal },
    isTold: (hash) => execution?.ledger.knows(hash) ?? false,
    onGraph: (network) => {
      graph = network;
      server.showGraph(network);
    },
    onReading: (failure) => {
      wasRead ||= failure === undefined;
      contact?.tell(failure);
    },
  });
  if (execution === undefined) return [reading];
  print("Rebalances are carried out within the limits; deno task rebalance stop ends that");
  const node = { reader: opened.node, graph: () => graph, wasRead: () => wasRead };
  return [reading, execution.run(server, node, signal)];
}

/** `serve`: the HTTP server until it is told to stop. */
export async function run(
  options: CommandOptions<"serve">,
  { print, signal }: CommandContext,
): Promise<void> {
  const folder = options["data-dir"], { host, port } = options;
  const log = new RecentLog();
  await setUpLogging({ file: LOG_FILE, verbose: options.verbose, recent: log });
  const execution = await openExecution(options);
  const opened = await openNamedLnd(options);
  const contact = opened && new NodeContact(systemClock);
  const alerts = alertOptions(options, contact);
  const { lens, modelId, follow, ...learning } = await openLens(
    await lensSetup(options),
  );
  const network = options.graph === undefined ? undefined : await loadNetwork(options.graph);
  const guarded = isLoopback(host) ? undefined : await readOrMakeToken(folder);
  const store = SqliteStore.open(folder);
  if (opened !== undefined) await recallGaps(store, lens, opened.info.nodeId);
  const server = await LensServer.open({
    engine: lens,
    store,
    clock: systemClock,
    folder,
    modelId,
    ...learning,
    log,
    execution: execution?.control,
    alerts,
    backUp: () =>
      backUpStore(folder, { timeMs: systemClock.nowMs(), keep: options["keep-backups"] }),
  });
  if (network !== undefined) server.setTopology(network);
  try {
    const listening = listen(server, { host, port }, {
      token: guarded?.token,
      dashboard: readDashboardFile,
    });
    logger("server").info`serving ${modelId} at ${listening.url}`;
    print(`Dashboard: ${listening.url}   API: ${listening.url}/docs`);
    if (guarded) print(`Callers need the token in ${guarded.path}`);
    if (server.recoveredEvents > 0) print(`Recovered ${server.recoveredEvents} events`);
    print(`Log: ${join(Deno.cwd(), LOG_FILE)}; stop with Ctrl-C`);
    server.startTimers({
      exportMs: options["export-minutes"] * MINUTE_MS,
      retrainMs: options["retrain-minutes"] * MINUTE_MS,
      backUpMs: options["backup-hours"] * HOUR_MS,
    });
    const ended = new AbortController();
    const following = [follow(ended.signal, (id) => server.modelChanged(id))];
    if (opened !== undefined) {
      const parts = { opened, server, lens, network, execution, contact };
      following.push(...followNode(parts, { seed: options.seed, signal: ended.signal, print }));
    }
    await untilStopped(signal, options.minutes);
    ended.abort();
    await Promise.all(following);
    print("Stopping: answering what is under way, storing what waits");
    await listening.stop();
  } finally {
    await server.close();
    execution?.close();
  }
}
