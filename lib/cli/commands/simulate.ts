import {
  fileStamp,
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
  textTable,
} from "../../core/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import {
  buildWorld,
  HttpAdapter,
  LiveSimulation,
  type Simulation,
  simulationOf,
  SimulationServer,
} from "../../simulation/mod.ts";
import type { CommandContext } from "../command.ts";

/** Virtual time before the start in which balances settle. */
const WARM_UP_MS = 6 * HOUR_MS;

/** `simulate`: the simulation with its WebSocket server and, with `--post`, the HTTP adapter. */
export async function run(
  options: CommandOptions<"simulate">,
  { print, signal }: CommandContext,
): Promise<void> {
  await setUpLogging({ verbose: options.verbose });
  const log = logger("simulation");
  const clock = systemClock;
  const startMs = clock.nowMs();
  const simulation = simulationOf(await buildWorld(options), {
    startMs,
    paymentsPerDay: options["payments-per-day"],
    warmUpMs: WARM_UP_MS,
    name: `${fileStamp(startMs)}-${options.seed}`,
  });
  const { network, operators } = simulation;
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
  simulation.onEvent = (event) => {
    server.broadcast(event);
    adapter?.push(event);
  };
  simulation.tellStates();
  log
    .info`${network.nodeCount} nodes, ${network.channelCount} channels, ${operators.length} operators; listening on ${server.url}`;
  const ended = AbortSignal.any([signal, afterMinutes(options.minutes)]);
  const live = new LiveSimulation({
    simulation,
    clock,
    speed: options.speed,
    ask: () => server.askForSuggestions(),
    ready: () => adapter?.ready ?? true,
  });
  const status = showStatus(() => statusLine(simulation, server, adapter), ended);
  await live.run(ended);
  await status;
  await server.stop();
  const left = await adapter?.stop() ?? 0;
  if (left > 0) log.warn`${left} events were not posted`;
  simulation.check();
  summaryTable(simulation).forEach(print);
}

/** A signal that aborts after so many minutes; never, when left out. */
function afterMinutes(minutes: number | undefined): AbortSignal {
  return minutes === undefined
    ? new AbortController().signal
    : AbortSignal.timeout(minutes * MINUTE_MS);
}

/** A live line where people look on, a line in the log every ten seconds elsewhere. */
async function showStatus(line: () => string, signal: AbortSignal): Promise<void> {
  const terminal = Deno.stderr.isTerminal();
  const log = logger("simulation");
  while (!signal.aborted) {
    await systemClock.sleep((terminal ? 1 : 10) * SECOND_MS, signal);
    // The cursor stays at the start of the line, so that a log line takes its place.
    if (terminal) await Deno.stderr.write(new TextEncoder().encode(`\x1b[2K${line()}\r`));
    else if (!signal.aborted) log.info`${line()}`;
  }
  if (terminal) await Deno.stderr.write(new TextEncoder().encode("\x1b[2K"));
}

function statusLine(
  simulation: Simulation,
  server: SimulationServer,
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
    `${server.clientCount} clients`,
    ...(adapter === undefined ? [] : [`${adapter.posted.toLocaleString("en-US")} posted`]),
  ].join(" | ");
}

/** What each operator earned and spent. */
function summaryTable(simulation: Simulation): string[] {
  const { network } = simulation;
  const sat = (amountMsat: number) => msatToSat(amountMsat).toLocaleString("en-US");
  const rows = [...simulation.operators, undefined].map((id) => {
    const account = id === undefined ? simulation.operatorsAccount() : simulation.account(id);
    const node = id === undefined ? undefined : network.nodeOf(id)!;
    return [
      node === undefined ? "all" : network.aliases[node] || network.nodeIds[node].slice(0, 16),
      node === undefined ? "" : String(network.degree(node)),
      account.forwards.toLocaleString("en-US"),
      account.failedHere.toLocaleString("en-US"),
      sat(account.forwardIncomeMsat),
      String(account.rebalances),
      sat(account.rebalanceCostMsat),
      sat(account.forwardIncomeMsat - account.rebalanceCostMsat),
    ];
  });
  return textTable([
    "operator",
    "channels",
    "forwards",
    "failed here",
    "income sat",
    "rebalances",
    "cost sat",
    "net sat",
  ], rows);
}
