import {
  fileStamp,
  formatDuration,
  formatPercent,
  formatSat,
  HOUR_MS,
  isoTime,
  logger,
  MINUTE_MS,
  msatToSat,
  SECOND_MS,
  setUpLogging,
  systemClock,
  UsageError,
} from "../../core/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import {
  HttpAdapter,
  LiveSimulation,
  readSnapshot,
  RunLogs,
  type Simulation,
  SimulationServer,
  writeSnapshot,
} from "../../simulation/mod.ts";
import type { CommandContext } from "../command.ts";
import { simulationSummary, summaryTable } from "../simulate/summary.ts";
import { drawFrames, Watch } from "../simulate/watch.ts";
import { parseOutage, planOutages, simulationFrom } from "../simulation_setup.ts";

/** Virtual time before the start in which balances settle. */
const WARM_UP_MS = 6 * HOUR_MS;
/** Between two frames on a terminal, and two lines elsewhere. */
const FRAME_MS = SECOND_MS / 2;
const LINE_MS = 10 * SECOND_MS;

/** `simulate`: the simulation with its WebSocket server and, with `--post`, the HTTP adapter. */
export async function run(
  options: CommandOptions<"simulate">,
  { print, signal }: CommandContext,
): Promise<void> {
  // Where a picture is drawn again and again, lines of a log would tear it up.
  const watched = Deno.stderr.isTerminal() && !options.verbose;
  await setUpLogging({ verbose: options.verbose, quiet: watched });
  const clock = systemClock;
  const startMs = clock.nowMs();
  const outages = (options.offline ?? []).map(parseOutage);
  const simulation = await openSimulation(options, startMs);
  const adapter = options.post === undefined ? undefined : new HttpAdapter({
    url: options.post,
    clock,
  });
  await adapter?.start();
  const server = new SimulationServer({
    simulation,
    clock,
    host: options.host,
    port: options.port,
    minConfidence: options.apply,
    legacy: options.legacy,
  });
  const address = () => `${server.url}, ${server.clientCount} clients`;
  const { speed, seed } = options;
  const watch = new Watch(simulation, { address, speed, seed }, clock.nowMs());
  planOutages(simulation, outages).forEach((timeMs, i) =>
    watch.note(`${outages[i].node} offline for ${formatDuration(outages[i].durationMs)}`, timeMs)
  );
  simulation.onEvent = (event) => {
    server.broadcast(event);
    adapter?.push(event);
    watch.hear(event);
  };
  simulation.tellStates();
  const logs = await RunLogs.open(simulation, {
    payments: options["log-payments"],
    hops: options["log-hops"],
  });
  const ended = AbortSignal.any([signal, afterMinutes(options.minutes)]);
  const live = new LiveSimulation({
    simulation,
    clock,
    speed,
    ask: () => server.askForSuggestions(),
    ready: () => adapter?.ready ?? true,
  });
  const shown = watched
    ? drawFrames(watch, FRAME_MS, ended)
    : logLines(simulation, address, adapter, ended);
  await live.run(ended);
  await shown;
  await server.stop();
  if (options.snapshot !== undefined) await snapshotOf(simulation, options.snapshot);
  await logs.close();
  const left = await adapter?.stop() ?? 0;
  if (left > 0) logger("simulation").warn`${left} events were not posted`;
  simulation.check();
  if (options.json) print(JSON.stringify(simulationSummary(simulation, seed), null, 2));
  else summaryTable(simulation).forEach(print);
}

/** A simulation that begins now, or goes on from a snapshot. */
async function openSimulation(
  options: CommandOptions<"simulate">,
  startMs: number,
): Promise<Simulation> {
  const { resume, payments, elastic, seed } = options;
  if (elastic && options.snapshot !== undefined) {
    throw new UsageError("--snapshot: demand that is elastic can't be saved");
  }
  if (resume !== undefined && payments !== undefined) {
    throw new UsageError("--resume: payments of a file can't be gone on with");
  }
  const warmUpMs = resume === undefined ? WARM_UP_MS : 0;
  const run = { startMs, warmUpMs, name: `${fileStamp(startMs)}-${seed}` };
  const simulation = await simulationFrom(options, run, (line) => console.error(line));
  if (resume !== undefined) await readSnapshot(resume, simulation);
  return simulation;
}

/** Writes the state down, as soon as the rebalances under way have ended. */
async function snapshotOf(simulation: Simulation, path: string): Promise<void> {
  while (simulation.waitedFor > 0) simulation.step();
  await writeSnapshot(path, simulation);
}

/** A signal that aborts after so many minutes; never, when left out. */
function afterMinutes(minutes: number | undefined): AbortSignal {
  return minutes === undefined
    ? new AbortController().signal
    : AbortSignal.timeout(minutes * MINUTE_MS);
}

/** A line in the log now and then, where no picture is drawn. */
async function logLines(
  simulation: Simulation,
  address: () => string,
  adapter: HttpAdapter | undefined,
  signal: AbortSignal,
): Promise<void> {
  const log = logger("simulation");
  const { network, operators } = simulation;
  log
    .info`${network.nodeCount} nodes, ${network.channelCount} channels, ${operators.length} operators; listening on ${address()}`;
  while (!signal.aborted) {
    await systemClock.sleep(LINE_MS, signal);
    if (!signal.aborted) log.info`${statusLine(simulation, address(), adapter)}`;
  }
}

function statusLine(
  simulation: Simulation,
  address: string,
  adapter: HttpAdapter | undefined,
): string {
  const { payments, successRate, suggestions } = simulation.statistics();
  const { forwards, forwardIncomeMsat, rebalanceCostMsat } = simulation.operatorsAccount();
  const { applied, refused, failed } = suggestions;
  return [
    isoTime(simulation.nowMs).slice(0, 16).replace("T", " "),
    `${payments.toLocaleString("en-US")} payments, ${formatPercent(successRate)} arrived`,
    `${forwards.toLocaleString("en-US")} forwards`,
    `suggestions ${applied} applied ${refused} refused ${failed} failed`,
    `net ${formatSat(msatToSat(forwardIncomeMsat - rebalanceCostMsat))}`,
    address,
    ...(adapter === undefined ? [] : [`${adapter.posted.toLocaleString("en-US")} posted`]),
  ].join(" | ");
}
