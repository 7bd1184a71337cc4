import { DAY_MS, HOUR_MS, MINUTE_MS, type Rng, type RngState, satToMsat } from "../../core/mod.ts";
import type { Network } from "../../network/mod.ts";
import { drawAmountMsat, drawCentreLogSat } from "./amounts.ts";
import { assignRoles, type Roles } from "./roles.ts";
import { WeightedDraw } from "./weighted_draw.ts";

/** That somebody wants to pay, whatever becomes of it. */
export interface Intent {
  timeMs: number;
  sender: number;
  receiver: number;
  amountMsat: number;
}

/** For a while `factor` times as many bursts of payments begin as otherwise. */
export interface Surge {
  factor: number;
  /** Unix ms; null where nothing ends it. */
  untilMs: number | null;
}

/** What a payer learns of its payment. */
export interface IntentOutcome {
  success: boolean;
  feeMsat: number;
}

/** Where the payments of a simulation come from, in order of time. */
export interface IntentSource {
  readonly roles: Roles;
  /** When the next payment will be tried; Infinity when none is left. */
  readonly nextMs: number;
  /** Takes the next intent. */
  next(): Intent;
  /** Where it stands, as plain data. Sources without it can't be saved. */
  save?(): IntentState;
  /** Goes on from there. */
  load?(state: IntentState): void;
  /** More payments or fewer from now on. Sources that can't leave it out. */
  setSurge?(surge: Surge, nowMs: number): void;
  /** More or fewer than usual at that time; undefined where neither. */
  surgeAt?(timeMs: number): Surge | undefined;
  /** Hears what became of one. Sources that do nothing with it leave it out. */
  answer?(intent: Intent, outcome: IntentOutcome): void;
}

/** Payments a day for each node of a network, where routing nodes see as many as a real one. */
const PAYMENTS_PER_NODE_DAY = 12;

/** Payments a day as asked for; where that is 0, as many as suit the network's size. */
export function paymentsPerDayIn({ nodeCount }: Network, asked: number): number {
  return asked || PAYMENTS_PER_NODE_DAY * nodeCount;
}

export const TRAFFIC_OPTIONS = {
  /** Mean number of payments a day in the whole network. */
  paymentsPerDay: 6000,
  /** Mean number of payments that come as one burst, and the mean time between two of them. */
  burstSize: 5,
  burstGapMs: 12 * MINUTE_MS,
  /** Share of bursts that go to one of the sender's few usual receivers, and how many it has. */
  usualShare: 0.6,
  usualReceivers: 4,
  /** Standard deviation of a day's ln(rate). */
  dayVariation: 0.25,
  /** Chance that who failed to pay gives up the rest of its burst. */
  giveUpShare: 0,
  /** Chance that who failed and goes on pays somebody else instead, then and later. */
  elsewhereShare: 0,
  /** Demand falls with the fee, above {@linkcode USUAL_FEE_PPM}, to this power. */
  priceElasticity: 0,
};
export type TrafficOptions = typeof TRAFFIC_OPTIONS;

/**
 * Demand that answers to failures and fees, which it doesn't unless told to: then what people want
 * to pay depends on more than the seed, and twins drift apart. Nobody has measured these; they are
 * round numbers.
 */
export const ELASTIC_DEMAND = { giveUpShare: 0.5, elsewhereShare: 0.5, priceElasticity: 0.5 };

/** Fees up to this share of the amount deter nobody. */
const USUAL_FEE_PPM = 500;

/** Nobody pays more than this share of the largest channel at either end. */
const LARGEST_SHARE = 0.5;
/** Draws of a pair of nodes for an amount before the amount is cut to what the last pair can. */
const PAIR_TRIES = 40;

/** A burst that goes on: its next payment. */
interface Burst extends Intent {
  left: number;
  centreLogSat: number;
}

/** Where a source of payments stands: generated traffic, or a list of which so many were taken. */
export type IntentState = TrafficState | { taken: number };

/** Where a {@linkcode Traffic} stands. */
export interface TrafficState {
  rng: RngState;
  bursts: Burst[];
  nextBurstMs: number;
  surge: Surge;
}

/**
 * The endless stream of payment intents, in order of time. It is a function of the network, the
 * seed and the options alone: whatever is done to balances or fees, the same people want to pay
 * the same amounts at the same times. That makes twins comparable. Only with
 * {@linkcode ELASTIC_DEMAND} or the like it answers to what becomes of payments.
 */
export class Traffic implements IntentSource {
  readonly roles: Roles;
  readonly options: TrafficOptions;
  readonly #rng: Rng;
  readonly #senders: WeightedDraw;
  readonly #receivers: WeightedDraw;
  readonly #usual = new Map<number, number[]>();
  readonly #usualRng: Rng;
  readonly #dayRng: Rng;
  readonly #largestSat: Float64Array;
  readonly #answerRng: Rng;
  /** Bursts that go on, soonest first. */
  readonly #bursts: Burst[] = [];
  /** Where demand is elastic: the burst of each payment. */
  readonly #burstOf = new WeakMap<Intent, Burst>();
  readonly #elastic: boolean;
  #nextBurstMs: number;
  #surge: Surge = { factor: 1, untilMs: null };

  constructor(
    readonly network: Network,
    { rng, startMs, ...options }: Partial<TrafficOptions> & { rng: Rng; startMs: number },
  ) {
    this.options = { ...TRAFFIC_OPTIONS, ...options };
    this.roles = assignRoles(network, rng.fork("roles"));
    this.#senders = new WeightedDraw(this.roles.sendWeight);
    this.#receivers = new WeightedDraw(this.roles.receiveWeight);
    this.#rng = rng.fork("bursts");
    this.#usualRng = rng.fork("usual");
    this.#dayRng = rng.fork("days");
    this.#answerRng = rng.fork("answers");
    const { giveUpShare, elsewhereShare, priceElasticity } = this.options;
    this.#elastic = giveUpShare + elsewhereShare + priceElasticity > 0;
    this.#largestSat = new Float64Array(network.nodeCount);
    network.source.forEach((node, d) => {
      this.#largestSat[node] = Math.max(this.#largestSat[node], network.capacitySat[d >> 1]);
    });
    this.#nextBurstMs = this.#burstAfter(startMs);
  }

  /** When the next payment will be tried. */
  get nextMs(): number {
    return Math.min(this.#nextBurstMs, this.#bursts[0]?.timeMs ?? Infinity);
  }

  /** Takes the next intent. */
  next(): Intent {
    if (this.#nextBurstMs <= (this.#bursts[0]?.timeMs ?? Infinity)) {
      this.#insert(this.#startBurst(this.#nextBurstMs));
      this.#nextBurstMs = this.#burstAfter(this.#nextBurstMs);
    }
    const burst = this.#bursts.shift()!;
    const { timeMs, sender, receiver, amountMsat } = burst;
    if (--burst.left > 0) {
      burst.timeMs += Math.ceil(this.#rng.exponential() * this.options.burstGapMs);
      burst.amountMsat = drawAmountMsat(
        burst.centreLogSat,
        this.#mostSat(sender, receiver),
        this.#rng,
      );
      this.#insert(burst);
    }
    const intent = { timeMs, sender, receiver, amountMsat };
    if (this.#elastic) this.#burstOf.set(intent, burst);
    return intent;
  }

  /** People draw conclusions from what became of their payments, where demand is elastic. */
  answer(intent: Intent, { success, feeMsat }: IntentOutcome): void {
    const burst = this.#burstOf.get(intent);
    if (burst === undefined) return;
    const { giveUpShare, elsewhereShare, priceElasticity } = this.options;
    const rng = this.#answerRng;
    // All is drawn whether it is used or not.
    const stays = rng.float(), turns = rng.float() < elsewhereShare;
    const other = this.#receivers.draw(rng);
    if (success) {
      const dearness = feeMsat / intent.amountMsat * 1_000_000 / USUAL_FEE_PPM;
      if (stays >= Math.max(1, dearness) ** -priceElasticity) this.#end(burst);
    } else {
      if (turns && other !== intent.sender) this.#turnTo(burst, intent.receiver, other);
      if (stays < giveUpShare) this.#end(burst);
    }
  }

  #end(burst: Burst): void {
    const place = this.#bursts.indexOf(burst);
    if (place !== -1) this.#bursts.splice(place, 1);
  }

  /** From now on the payer goes to `other`, where it went to `receiver`. */
  #turnTo(burst: Burst, receiver: number, other: number): void {
    const usual = this.#usual.get(burst.sender) ?? [];
    const place = usual.indexOf(receiver);
    if (place !== -1) usual[place] = other;
    burst.receiver = other;
    burst.amountMsat = Math.min(
      burst.amountMsat,
      satToMsat(Math.floor(this.#mostSat(burst.sender, other))),
    );
  }

  /** Bursts that have begun go on as they would; how many begin changes from now on. */
  setSurge(surge: Surge, nowMs: number): void {
    this.#surge = surge;
    this.#nextBurstMs = this.#burstAfter(nowMs);
  }

  surgeAt(timeMs: number): Surge | undefined {
    return this.#factorAt(timeMs) === 1 ? undefined : this.#surge;
  }

  #factorAt(timeMs: number): number {
    const { factor, untilMs } = this.#surge;
    return untilMs === null || timeMs < untilMs ? factor : 1;
  }

  /** Where the stream stands. @throws {Error} where demand is elastic: who waits for what is not written down */
  save(): TrafficState {
    if (this.#elastic) throw new Error("traffic whose demand is elastic can't be saved");
    const bursts = this.#bursts.map((burst) => ({ ...burst }));
    const surge = { ...this.#surge };
    return { rng: this.#rng.save(), bursts, nextBurstMs: this.#nextBurstMs, surge };
  }

  /** @throws {RangeError} for the state of a list of payments */
  load(state: IntentState): void {
    if (!("bursts" in state)) throw new RangeError("expected the state of generated traffic");
    const { rng, bursts, nextBurstMs, surge } = state;
    this.#rng.load(rng);
    this.#bursts.splice(0, Infinity, ...bursts.map((burst) => ({ ...burst })));
    this.#nextBurstMs = nextBurstMs;
    this.#surge = { ...surge };
  }

  #insert(burst: Burst): void {
    let low = 0, high = this.#bursts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#bursts[middle].timeMs > burst.timeMs) high = middle;
      else low = middle + 1;
    }
    this.#bursts.splice(low, 0, burst);
  }

  /** Thinned Poisson process over the day's and the hour's rate, and what surge there is. */
  #burstAfter(timeMs: number): number {
    const { paymentsPerDay, burstSize } = this.options;
    const most = MAX_RATE * Math.max(1, this.#surge.factor);
    const perMs = most * paymentsPerDay / burstSize / DAY_MS;
    let at = timeMs, rate: number;
    do {
      at += this.#rng.exponential() / perMs;
      rate = hourRate(at) * this.#dayRate(at) * this.#factorAt(at);
    } while (this.#rng.float() * most > rate);
    return Math.ceil(at);
  }

  /** Mean 1 over days. */
  #dayRate(timeMs: number): number {
    const sd = this.options.dayVariation;
    const z = this.#dayRng.fork(String(Math.floor(timeMs / DAY_MS))).normal();
    return Math.min(MAX_DAY_RATE, Math.exp(sd * z - sd * sd / 2));
  }

  #startBurst(timeMs: number): Burst {
    const rng = this.#rng;
    const centreLogSat = drawCentreLogSat(rng);
    const [sender, receiver] = this.#pair(Math.exp(centreLogSat));
    // Geometric with mean burstSize.
    const left = 1 + Math.floor(rng.exponential() / -Math.log1p(-1 / this.options.burstSize));
    const amountMsat = drawAmountMsat(centreLogSat, this.#mostSat(sender, receiver), rng);
    return { timeMs, sender, receiver, amountMsat, left, centreLogSat };
  }

  /** Two different nodes with channels that could carry the amount. */
  #pair(amountSat: number): [number, number] {
    const rng = this.#rng;
    let sender = 0, receiver = 0;
    for (let tried = 0; tried < PAIR_TRIES; tried++) {
      sender = this.#senders.draw(rng);
      receiver = rng.float() < this.options.usualShare
        ? this.#usualOf(sender)[rng.int(this.options.usualReceivers)]
        : this.#receivers.draw(rng);
      if (sender !== receiver && this.#mostSat(sender, receiver) >= amountSat) break;
    }
    return sender === receiver
      ? [sender, (receiver + 1) % this.network.nodeCount]
      : [sender, receiver];
  }

  #usualOf(sender: number): number[] {
    let usual = this.#usual.get(sender);
    if (usual === undefined) {
      const rng = this.#usualRng.fork(String(sender));
      usual = Array.from(
        { length: this.options.usualReceivers },
        () => this.#receivers.draw(rng),
      );
      this.#usual.set(sender, usual);
    }
    return usual;
  }

  #mostSat(sender: number, receiver: number): number {
    return LARGEST_SHARE * Math.min(this.#largestSat[sender], this.#largestSat[receiver]);
  }
}

/** Bounds of the rates, for thinning. */
const MAX_DAY_RATE = 2.5;
const MAX_RATE = 1.45 * MAX_DAY_RATE;

/**
 * Rate by the hour in UTC, with mean 1: least at 02:00 (2.6 % of a day in that hour), most at 14:00
 * (6.0 %), as measured on a real routing node.
 */
export function hourRate(timeMs: number): number {
  const angle = 2 * Math.PI * ((timeMs % DAY_MS) / HOUR_MS - 14.5) / 24;
  return 1 + 0.41 * Math.cos(angle) + 0.03 * Math.cos(2 * angle);
}
