import {
  formatPercent,
  formatSat,
  isoTime,
  msatToSat,
  SECOND_MS,
  sparkline,
  systemClock,
  textBar,
  textTable,
} from "../../core/mod.ts";
import type { Forward, LensEvent } from "../../protocol/mod.ts";
import type { Pace, Simulation } from "../../simulation/mod.ts";
import { netIncomeMsat, successRate } from "../twin/figures.ts";
import type { Pair } from "../twin/following_twin.ts";

/** Operators and events that are shown at a time. */
const OPERATORS_SHOWN = 8;
const EVENTS_SHOWN = 5;
/** Among the events, those that are no forwards, of which there are many more. */
const NOTES_SHOWN = 3;
/** Characters of an operator's name. */
const NAME_WIDTH = 20;
/** Samples of the success rate that are kept: one a frame. */
const SAMPLES = 40;

/** What a {@linkcode Watch} shows beside the simulation. */
export interface Surroundings {
  /** Such as `ws://127.0.0.1:6789, 2 clients`. */
  readonly address: string;
  /** How fast it is to go. */
  readonly live: Pace;
  /** Both twins, where there are two. */
  readonly following?: { readonly pair?: Pair };
}

/** Figures of the last frame. */
interface Sample {
  realMs: number;
  virtualMs: number;
  payments: number;
  settled: number;
}

/** A live picture of a simulation for a terminal: lines that are drawn again and again. */
export class Watch {
  readonly #successRates: number[] = [];
  readonly #notes: string[] = [];
  readonly #forwards: string[] = [];
  /** So wide are all names: columns stand still while rows change places. */
  readonly #nameWidth: number;
  /** What will be noted when its time has come. */
  #planned: { timeMs: number; line: string }[] = [];
  #last: Sample;

  constructor(
    readonly simulation: Simulation,
    readonly surroundings: Surroundings,
    readonly seed: number,
    startRealMs: number,
  ) {
    this.#last = this.#sample(startRealMs);
    this.#nameWidth = Math.max(...simulation.operators.map((id) => this.#name(id).length));
  }

  #sample(realMs: number): Sample {
    const { payments, settled } = this.simulation.statistics();
    return { realMs, virtualMs: this.simulation.nowMs, payments, settled };
  }

  /** Takes note of what is worth a line, now or when its time comes. */
  note(line: string, timeMs = this.simulation.nowMs): void {
    if (timeMs > this.simulation.nowMs) return void this.#planned.push({ timeMs, line });
    push(this.#notes, `${clockTime(timeMs)} ${line}`, NOTES_SHOWN);
  }

  /** Hears the simulation's events: forwards of operators, and what became of suggestions. */
  hear(event: LensEvent): void {
    if (event.kind === "forward") this.#forwarded(event.forward, event.timeMs);
    if (event.kind !== "rebalance") return;
    const { node, status, amountMsat, feeMsat, reason } = event.rebalance;
    const what = status === "refused" || amountMsat === 0
      ? ""
      : `, ${formatSat(msatToSat(amountMsat))} for ${formatSat(feeMsat / 1000)}`;
    const why = reason === undefined ? "" : `: ${reason}`;
    this.note(`rebalance of ${this.#name(node)} ${status}${what}${why}`);
  }

  #forwarded({ node, outcome, inAmountMsat, outAmountMsat }: Forward, timeMs: number): void {
    if (outcome !== "settled") return;
    const amount = formatSat(msatToSat(outAmountMsat));
    const fee = formatSat((inAmountMsat - outAmountMsat) / 1000);
    const line = `${clockTime(timeMs)} ${this.#name(node)} forwarded ${amount} for ${fee}`;
    push(this.#forwards, line, EVENTS_SHOWN);
  }

  /** The picture now: figures a second are those since the last frame. */
  frame(realMs: number): string[] {
    const planned = this.#planned;
    this.#planned = [];
    for (const { line, timeMs } of planned) this.note(line, timeMs);
    const now = this.#sample(realMs), last = this.#last;
    this.#last = now;
    const seconds = Math.max(0.001, (now.realMs - last.realMs) / SECOND_MS);
    const payments = now.payments - last.payments;
    this.#successRates.push(payments === 0 ? NaN : (now.settled - last.settled) / payments);
    if (this.#successRates.length > SAMPLES) this.#successRates.shift();
    const reached = (now.virtualMs - last.virtualMs) / SECOND_MS / seconds;
    return [
      ...this.#head(reached),
      ...this.#payments(payments / seconds),
      "",
      ...this.#operators(),
      "",
      ...this.#notes,
      ...this.#forwards.slice(this.#notes.length - EVENTS_SHOWN),
    ];
  }

  #head(reached: number): string[] {
    const { network, operators, nowMs } = this.simulation;
    const { address, live: { speed } } = this.surroundings;
    const asked = speed === 0 ? "stands still" : `${count(speed)} asked for`;
    return [
      `${isoTime(nowMs).slice(0, 19).replace("T", " ")} UTC   ${
        reached.toFixed(reached < 10 ? 1 : 0)
      } times real time (${asked})   seed ${this.seed}`,
      `${count(network.nodeCount)} nodes, ${count(network.channelCount)} channels, ` +
      `${operators.length} operators   ${address}`,
      "",
    ];
  }

  #payments(perSecond: number): string[] {
    const { payments, successRate, attempts, volumeMsat, feesMsat, suggestions } = this.simulation
      .statistics();
    const ppm = volumeMsat === 0 ? 0 : feesMsat / volumeMsat * 1_000_000;
    const { applied, refused, failed } = suggestions;
    const share = payments === 0 ? 0 : attempts / payments;
    return [
      `payments    ${count(payments)}   ${perSecond.toFixed(perSecond < 10 ? 1 : 0)} a second   ` +
      `${share.toFixed(2)} attempts each   ${this.simulation.inFlight} in flight`,
      `arrived     ${textBar(successRate)} ${formatPercent(successRate)}   ` +
      sparkline(this.#successRates),
      `moved       ${formatSat(msatToSat(volumeMsat))} for ${ppm.toFixed(0)} ppm   ` +
      `suggestions: ${applied} applied, ${refused} refused, ${failed} failed`,
      ...this.#twins(),
    ];
  }

  /** What suggestions are worth so far, where a twin gets none. */
  #twins(): string[] {
    const pair = this.surroundings.following?.pair;
    if (pair === undefined || pair.twin.payments === 0) return [];
    const { lens, twin } = pair;
    const gainSat = msatToSat(netIncomeMsat(lens) - netIncomeMsat(twin));
    return [
      `twin        ${formatPercent(successRate(twin))} arrived, ` +
      `net ${formatSat(msatToSat(netIncomeMsat(twin)))} without suggestions   ` +
      `gain ${gainSat > 0 ? "+" : ""}${formatSat(gainSat)}`,
    ];
  }

  /** The operators that earn most. */
  #operators(): string[] {
    const { simulation } = this;
    const rows = simulation.operators.map((id) => {
      const account = simulation.account(id);
      return { id, account, netMsat: account.forwardIncomeMsat - account.rebalanceCostMsat };
    });
    rows.sort((a, b) => b.netMsat - a.netMsat);
    const cells = rows.slice(0, OPERATORS_SHOWN).map(({ id, account, netMsat }) => [
      this.#name(id).padEnd(this.#nameWidth),
      count(account.forwards),
      count(account.failedHere),
      count(msatToSat(netMsat)),
      this.#balances(id),
    ]);
    const header = ["operator", "forwards", "failed here", "net sat", "channels by local share"];
    return textTable(header, cells);
  }

  /** The channels of an operator from empty to full, as little bars: one look at how they lie. */
  #balances(id: string): string {
    const ratios = this.simulation.channelStates(id)
      .map(({ localBalanceSat, capacitySat }) => localBalanceSat / capacitySat)
      .sort((a, b) => a - b);
    const width = Math.min(24, ratios.length);
    const picked = Array.from(
      { length: width },
      (_, i) => ratios[Math.floor((i + 0.5) * ratios.length / width)],
    );
    // Ends that are always there make the scale that of 0 to 1.
    return sparkline([0, ...picked, 1]).slice(1, -1);
  }

  #name(id: string): string {
    const { network } = this.simulation;
    const name = network.aliases[network.nodeOf(id)!] || id;
    return name.length > NAME_WIDTH ? `${name.slice(0, NAME_WIDTH - 1)}\u2026` : name;
  }
}

/** Draws frames in one place of standard error until the signal aborts. */
export async function drawFrames(watch: Watch, everyMs: number, signal: AbortSignal) {
  const encoder = new TextEncoder();
  let height = 0;
  const draw = (): Promise<number> => {
    const { columns, rows } = Deno.consoleSize();
    const lines = watch.frame(systemClock.nowMs()).slice(0, rows - 1)
      .map((line) => Array.from(line).slice(0, columns - 1).join(""));
    const up = height > 0 ? `\x1b[${height}A` : "";
    height = lines.length;
    // Every line is cleared as it is written; what is left of a taller frame after that.
    return Deno.stderr.write(
      encoder.encode(`${up}\r${lines.map((line) => `\x1b[2K${line}\n`).join("")}\x1b[0J`),
    );
  };
  await Deno.stderr.write(encoder.encode("\x1b[?25l"));
  try {
    while (!signal.aborted) {
      await draw();
      await systemClock.sleep(everyMs, signal);
    }
    await draw();
  } finally {
    await Deno.stderr.write(encoder.encode("\x1b[?25h"));
  }
}

/** Adds a line, and drops the oldest of too many. */
function push(lines: string[], line: string, most: number): void {
  lines.push(line);
  if (lines.length > most) lines.shift();
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

function clockTime(timeMs: number): string {
  return isoTime(timeMs).slice(11, 16);
}
