import {
  fileStamp,
  formatDuration,
  formatPercent,
  formatSat,
  HOUR_MS,
  isoTime,
  logger,
  msatToSat,
  SECOND_MS,
  setUpLogging,
  systemClock,
  UsageError,
} from "../../core/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import {
  type Intervention,
  RunLogs,
  type Simulation,
  writeSnapshot,
} from "../../simulation/mod.ts";
import type { CommandContext } from "../command.ts";
import { LiveStage } from "../simulate/stage.ts";
import { simulationSummary, summaryTable } from "../simulate/summary.ts";
import { drawFrames, Watch } from "../simulate/watch.ts";
import {
  openSimulation,
  parseOutage,
  planOutages,
  type SimulationRecipe,
} from "../simulation_setup.ts";
import { Twin } from "../twin/twin.ts";
import { stoppedAfter } from "../until_stopped.ts";

/** Virtual time before the start in which balances settle. */
const WARM_UP_MS = 6 * HOUR_MS;
/** On a large network less time has to do: nobody likes to wait. */
const WARM_UP_PAYMENTS = 1500;
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
  const outages = (options.offline ?? []).map(parseOutage);
  const recipe = recipeOf(options, systemClock.nowMs());
  const twin = options.twin ? new Twin() : undefined;
  // The first frame is drawn over it.
  if (watched) await Deno.stderr.write(new TextEncoder().encode("building the network ...\r"));
  try {
    const [simulation] = await Promise.all([
      openSimulation(recipe, (line) => console.error(line)),
      twin?.open(recipe),
    ]);
    const onIntervention = (intervention: Intervention) => watch.note(inWords(intervention));
    const stage = await LiveStage.open({ simulation, twin, options, onIntervention });
    const watch = new Watch(simulation, stage, options.seed, systemClock.nowMs());
    planOutages(simulation, outages, (...suffered) => twin?.suffer(...suffered))
      .forEach((timeMs, i) => watch.note(inWords({ kind: "offline", ...outages[i] }), timeMs));
    simulation.onEvent = (event) => {
      stage.hear(event);
      watch.hear(event);
    };
    simulation.tellStates();
    const logs = await RunLogs.open(simulation, {
      payments: options["log-payments"],
      hops: options["log-hops"],
    });
    const ended = stoppedAfter(options.minutes, signal);
    const shown = watched ? drawFrames(watch, FRAME_MS, ended) : logLines(simulation, stage, ended);
    await stage.run(ended);
    await shown;
    if (options.snapshot !== undefined) await writeSnapshot(options.snapshot, simulation);
    await logs.close();
    const left = await stage.finish();
    if (left > 0) logger("simulation").warn`${left} events were not posted`;
    simulation.check();
    const pair = stage.following?.pair;
    if (options.json) {
      print(JSON.stringify(simulationSummary(simulation, options.seed, pair), null, 2));
    } else ["", ...summaryTable(simulation, pair)].forEach(print);
  } finally {
    twin?.close();
  }
}

/** A simulation that begins now, or goes on from a snapshot. */
function recipeOf(options: CommandOptions<"simulate">, startMs: number): SimulationRecipe {
  const { resume, payments, elastic, seed } = options;
  if (elastic && options.snapshot !== undefined) {
    throw new UsageError("--snapshot: demand that is elastic can't be saved");
  }
  if (resume !== undefined && payments !== undefined) {
    throw new UsageError("--resume: payments of a file can't be gone on with");
  }
  const warmUpMs = resume === undefined ? WARM_UP_MS : 0;
  const name = `${fileStamp(startMs)}-${seed}`;
  return {
    options,
    run: { startMs, warmUpMs, warmUpPayments: WARM_UP_PAYMENTS, name },
    resume,
  };
}

/** A line in the log now and then, where no picture is drawn. */
async function logLines(
  simulation: Simulation,
  stage: LiveStage,
  signal: AbortSignal,
): Promise<void> {
  const log = logger("simulation");
  const { network, operators } = simulation;
  log
    .info`${network.nodeCount} nodes, ${network.channelCount} channels, ${operators.length} operators; listening on ${stage.address}`;
  while (!signal.aborted) {
    await systemClock.sleep(LINE_MS, signal);
    if (!signal.aborted) log.info`${statusLine(simulation, stage)}`;
  }
}

function statusLine(simulation: Simulation, { address, posted }: LiveStage): string {
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
    ...(posted === undefined ? [] : [`${posted.toLocaleString("en-US")} posted`]),
  ].join(" | ");
}

/** What is done to a network, as a line. */
function inWords(intervention: Intervention): string {
  switch (intervention.kind) {
    case "offline":
      return `${intervention.node} offline for ${formatDuration(intervention.durationMs)}`;
    case "traffic": {
      const { factor, durationMs } = intervention;
      const span = durationMs === undefined ? "" : ` for ${formatDuration(durationMs)}`;
      return `${factor} times as many payments${span}`;
    }
    default:
      return intervention.kind;
  }
}
