import { DAY_MS, type Rng, type RngState, satToMsat, SECOND_MS } from "../../core/mod.ts";
import {
  createRouter,
  type MemorySnapshot,
  type Network,
  type Route,
  type Router,
} from "../../network/mod.ts";
import { type Machine, OWNER } from "../htlc/machine.ts";
import type { Roles } from "./roles.ts";
import { WeightedDraw } from "./weighted_draw.ts";

export const PROBING_OPTIONS = {
  /** Mean number of attempts a day in the whole network; 0: nobody probes. */
  attemptsPerDay: 0,
  /** Share of nodes that probe, and how many receivers each has an eye on. */
  proberShare: 0.03,
  targets: 8,
  /** Median number of attempts of one sweep, and the deviation of its ln: most are short, a few very long. */
  sweepSize: 20,
  sweepSdLog: 1.2,
};
export type ProbingOptions = typeof PROBING_OPTIONS;

/** Mean time between two attempts of a sweep. */
const PAUSE_MS = 5 * SECOND_MS;
/** Probes try round amounts. */
const AMOUNTS_SAT = [50_000, 100_000, 100_000, 200_000, 200_000, 500_000];
/** The least step between two amounts along one route. */
const STEP_MSAT = 10_000_000;
/** A prober looks at routes that cost no more than this share. */
const FEE_LIMIT_SHARE = 0.02;

/** One prober at work. */
interface Sweep {
  prober: number;
  /** Receivers it still looks at, the one at hand first. */
  receivers: number[];
  /** With which each route begins. */
  firstMsat: number;
  amountMsat: number;
  left: number;
  nextMs: number;
  /** The route at hand, for the first amount, and between which amounts its limit lies. */
  route?: Route;
  passedMsat: number;
  failedMsat: number;
}

/** Where a {@linkcode Probing} stands; a sweep whose probe is under way has no next time. */
export interface ProbingState {
  rng: RngState;
  sweeps: [id: number, Omit<Sweep, "nextMs"> & { nextMs: number | null }][];
  nextSweepMs: number;
  count: number;
  known: MemorySnapshot;
}

/**
 * Nodes that look how much routes can carry, by HTLCs that nobody can settle: what arrives is given
 * back by the receiver. They move nothing and cost nothing, but routing nodes see them: nearly all
 * forwards that fail further on are such. Along each route a prober halves the interval in which
 * its limit lies, then it looks at another route.
 */
export class Probing {
  readonly options: ProbingOptions;
  readonly #router: Router;
  readonly #rng: Rng;
  readonly #probers: { node: number; targets: number[] }[];
  readonly #sweeps = new Map<number, Sweep>();
  #nextSweepMs: number;
  #count = 0;

  constructor(
    readonly network: Network,
    readonly machine: Machine,
    { rng, roles, startMs, ...options }: Partial<ProbingOptions> & {
      rng: Rng;
      roles: Roles;
      startMs: number;
    },
  ) {
    this.options = { ...PROBING_OPTIONS, ...options };
    this.#router = createRouter("prior", network);
    this.#rng = rng;
    const { proberShare, targets } = this.options;
    const receivers = new WeightedDraw(roles.receiveWeight);
    const anyone = new WeightedDraw(
      roles.receiveWeight.map((_, node) => Math.sqrt(network.nodeCapacitySat(node))),
    );
    this.#probers = Array.from(
      { length: Math.max(4, Math.round(proberShare * network.nodeCount)) },
      () => ({
        node: anyone.draw(rng),
        targets: Array.from({ length: targets }, () => receivers.draw(rng)),
      }),
    );
    this.#nextSweepMs = this.#sweepAfter(startMs);
    machine.setOwner(OWNER.probe, {
      onHeld: (attempt) => machine.engine.fail(attempt, "unknown_payment", machine.nowMs),
      onEnded: (attempt, id) => this.#learn(id, attempt),
    });
  }

  /** When the next probe is sent. */
  get nextMs(): number {
    let next = this.#nextSweepMs;
    for (const { nextMs } of this.#sweeps.values()) next = Math.min(next, nextMs);
    return next;
  }

  /** Sends what is due now. */
  run(): void {
    const { nowMs } = this.machine;
    if (this.#nextSweepMs <= nowMs) {
      this.#begin(nowMs);
      this.#nextSweepMs = this.#sweepAfter(nowMs);
    }
    for (const [id, sweep] of this.#sweeps) if (sweep.nextMs <= nowMs) this.#send(id, sweep);
  }

  /** Where it stands, as plain data. */
  save(): ProbingState {
    return {
      rng: this.#rng.save(),
      sweeps: Array.from(this.#sweeps, ([id, { nextMs, ...sweep }]) => [
        id,
        { ...sweep, nextMs: nextMs === Infinity ? null : nextMs },
      ]),
      nextSweepMs: this.#nextSweepMs,
      count: this.#count,
      known: this.#router.snapshot(),
    };
  }

  load({ rng, sweeps, nextSweepMs, count, known }: ProbingState): void {
    this.#rng.load(rng);
    this.#sweeps.clear();
    for (const [id, { nextMs, ...sweep }] of sweeps) {
      this.#sweeps.set(id, { ...sweep, nextMs: nextMs ?? Infinity });
    }
    this.#nextSweepMs = nextSweepMs;
    this.#count = count;
    this.#router.restore(known);
  }

  #sweepAfter(timeMs: number): number {
    const { attemptsPerDay, sweepSize, sweepSdLog } = this.options;
    const meanSize = sweepSize * Math.exp(sweepSdLog ** 2 / 2);
    return timeMs + Math.ceil(this.#rng.exponential() * DAY_MS * meanSize / attemptsPerDay);
  }

  #begin(nowMs: number): void {
    const rng = this.#rng;
    const { node, targets } = this.#probers[rng.int(this.#probers.length)];
    const receivers = rng.shuffle(targets.filter((target) => target !== node));
    const { sweepSize, sweepSdLog } = this.options;
    const firstMsat = satToMsat(AMOUNTS_SAT[rng.int(AMOUNTS_SAT.length)]);
    const left = Math.ceil(sweepSize * Math.exp(sweepSdLog * rng.normal()));
    const limits = { amountMsat: firstMsat, passedMsat: 0, failedMsat: 2 * firstMsat };
    const sweep = { prober: node, receivers, firstMsat, left, nextMs: nowMs, ...limits };
    this.#sweeps.set(this.#count++, sweep);
  }

  #send(id: number, sweep: Sweep): void {
    const { machine } = this;
    sweep.route ??= this.#newRoute(sweep);
    if (sweep.route === undefined || sweep.left-- <= 0) return void this.#sweeps.delete(id);
    sweep.nextMs = Infinity;
    // The number of attempts left makes each one's luck its own; payments count from 0 upward.
    const key = machine.latency.keyOf(-1_000_000 - id, sweep.left);
    const owner = { kind: OWNER.probe, id, key };
    const route = atAmount(this.network, sweep.route, sweep.amountMsat);
    if (typeof machine.engine.send(route, owner, machine.nowMs) !== "number") {
      this.#goOn(sweep, 0);
    }
    machine.settleNow();
  }

  /** The best route that is left to the receiver at hand, or to the next that has one. */
  #newRoute({ prober, receivers, amountMsat }: Sweep): Route | undefined {
    this.#router.begin(prober, this.machine.nowMs);
    for (const out of this.network.directionsFrom(prober)) {
      this.#router.learnExact(out, this.machine.balances.availableMsat(out));
    }
    const feeLimitMsat = Math.ceil(amountMsat * FEE_LIMIT_SHARE);
    while (receivers.length > 0) {
      const request = { sender: prober, receiver: receivers[0], amountMsat, feeLimitMsat };
      const route = this.#router.findRoute(request);
      if (route !== undefined) return route;
      receivers.shift();
    }
    return undefined;
  }

  #learn(id: number, attempt: number): void {
    const { failedHop } = this.machine.engine.pool;
    const sweep = this.#sweeps.get(id);
    if (sweep !== undefined) this.#goOn(sweep, failedHop[attempt]);
  }

  /** Chooses the next amount along the route, or another route. */
  #goOn(sweep: Sweep, failedHop: number): void {
    const { nowMs } = this.machine;
    sweep.nextMs = nowMs + Math.ceil(this.#rng.exponential() * PAUSE_MS);
    const route = sweep.route!;
    if (failedHop === route.directions.length) sweep.passedMsat = sweep.amountMsat;
    else {
      sweep.failedMsat = sweep.amountMsat;
      const tried = atAmount(this.network, route, sweep.amountMsat);
      this.#router.learn(sweep.prober, { route: tried, settled: false, failedHop }, nowMs);
    }
    const middle = (sweep.passedMsat + sweep.failedMsat) / 2;
    const nextMsat = Math.floor(middle / STEP_MSAT) * STEP_MSAT;
    if (nextMsat > sweep.passedMsat && nextMsat < sweep.failedMsat) {
      sweep.amountMsat = nextMsat;
    } else {
      sweep.amountMsat = sweep.firstMsat;
      sweep.passedMsat = 0;
      sweep.failedMsat = 2 * sweep.firstMsat;
      sweep.route = undefined;
    }
  }
}

/** The same way for another amount at its end. */
function atAmount(network: Network, { directions }: Route, amountMsat: number): Route {
  const amountsMsat = directions.map(() => amountMsat);
  for (let hop = directions.length - 1; hop > 0; hop--) {
    amountsMsat[hop - 1] = amountsMsat[hop] + network.feeMsat(directions[hop], amountsMsat[hop]);
  }
  return { directions, amountsMsat, feeMsat: amountsMsat[0] - amountMsat, probability: NaN };
}
