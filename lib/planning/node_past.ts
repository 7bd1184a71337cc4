import { usedOnceMsat } from "./value_curve.ts";

/** A forward that was wanted through a node, served or not; one end may be unknown. */
export interface NodeWish {
  timeMs: number;
  inChannel?: string;
  outChannel?: string;
  /** What was to leave; what was to come in is larger by the fee. */
  outMsat: number;
  feeMsat: number;
}

/** A channel as a {@linkcode NodePast} needs it. */
export interface PastChannel {
  id: string;
  capacitySat: number;
  localSat: number;
}

/** An amount brought from one channel of a node to another. */
export interface NodeMove {
  source: string;
  target: string;
  amountSat: number;
  /** What a satoshi earns at the target when it is used once, ppm. */
  ratePpm: number;
}

/**
 * How much of what a move would have earned in windows of 24, 72 and 120 hours is expected to come:
 * least squares as for `REPLAY_WEIGHTS`, over 12 generated worlds and two of mainnet's core.
 */
export const NODE_WEIGHTS: readonly number[] = [0.34, 0.27, 0.25];

/** Place of an end that is unknown: it can always serve. */
const NOWHERE = -1;
/** No second channel changes. */
const NO_OTHER = [-2, 0] as const;

/** A channel and by how much its local balance differs, msat. */
type PlaceChange = readonly [place: number, changeMsat: number];

/** One window replayed from the balances as they are: what was served, and what channels then held. */
interface Replayed {
  /** First wish of the window. */
  from: number;
  served: Uint8Array;
  /** Local balances before each wish where it comes in and where it leaves, msat. */
  inLocal: Float64Array;
  outLocal: Float64Array;
}

/**
 * Values moves between two channels of a node by replaying what was attempted through all of its
 * channels in some past windows, with and without the move. A forward needs room where it comes in
 * and liquidity where it leaves, and earns once: so a full channel gains by giving only as far as
 * what then comes in can go on, which valuing each channel by itself can't tell.
 *
 * Other channels than the two are taken as they would have been without the move, so that only
 * wishes through the two need replaying. What one window says is limited to the amount's own fee.
 */
export class NodePast {
  readonly #places = new Map<string, number>();
  readonly #capacityMsat: Float64Array;
  readonly #startMsat: Float64Array;
  readonly #ins: Int32Array;
  readonly #outs: Int32Array;
  readonly #inMsat: Float64Array;
  readonly #outMsat: Float64Array;
  /** Wishes of each channel, in order of time. */
  readonly #wishesOf: number[][];
  readonly #windows: Replayed[];
  /** By channel, those that share a wish with it: what the one gains depends on the other. */
  readonly #partners = new Map<number, Set<number>>();
  /** By amount and channel, what windows say of a change of that channel alone. */
  readonly #alone = new Map<number, (readonly number[] | undefined)[]>();
  /** What windows say where nothing changes. */
  readonly #nothing: readonly number[];

  /**
   * @param channels all of the node, as they are
   * @param wishes in order of time
   * @param sincesMs when each window begins; all end with the last wish
   * @param weights of the windows, in their order
   */
  constructor(
    channels: readonly PastChannel[],
    wishes: readonly NodeWish[],
    readonly sincesMs: readonly number[],
    readonly weights: readonly number[] = NODE_WEIGHTS,
  ) {
    channels.forEach(({ id }, place) => this.#places.set(id, place));
    this.#capacityMsat = Float64Array.from(channels, ({ capacitySat }) => capacitySat * 1000);
    this.#startMsat = Float64Array.from(channels, ({ localSat }) => localSat * 1000);
    const placeOf = (id?: string) => id === undefined ? NOWHERE : this.#places.get(id) ?? NOWHERE;
    this.#ins = Int32Array.from(wishes, ({ inChannel }) => placeOf(inChannel));
    this.#outs = Int32Array.from(wishes, ({ outChannel }) => placeOf(outChannel));
    this.#inMsat = Float64Array.from(wishes, ({ outMsat, feeMsat }) => outMsat + feeMsat);
    this.#outMsat = Float64Array.from(wishes, ({ outMsat }) => outMsat);
    this.#wishesOf = channels.map(() => []);
    wishes.forEach((_, wish) => {
      const into = this.#ins[wish], out = this.#outs[wish];
      if (into !== NOWHERE) this.#wishesOf[into].push(wish);
      if (out !== NOWHERE && out !== into) this.#wishesOf[out].push(wish);
    });
    this.#nothing = sincesMs.map(() => 0);
    this.#windows = sincesMs.map((sinceMs) => {
      const first = wishes.findIndex(({ timeMs }) => timeMs > sinceMs);
      return {
        from: first === -1 ? wishes.length : first,
        served: new Uint8Array(wishes.length),
        inLocal: new Float64Array(wishes.length),
        outLocal: new Float64Array(wishes.length),
      };
    });
  }

  /** From now on moves start from these balances, sat; others are as they were at first. */
  settle(balances: Iterable<readonly [id: string, localSat: number]>): void {
    const startMsat = this.#startMsat.slice();
    for (const [id, localSat] of balances) {
      const place = this.#places.get(id);
      if (place !== undefined) startMsat[place] = localSat * 1000;
    }
    for (const window of this.#windows) this.#replay(window, startMsat.slice());
    this.#alone.clear();
  }

  /** Whether two channels share a wish; found when a channel is first asked for. */
  #arePartners(one: number, other: number): boolean {
    let partners = this.#partners.get(one);
    if (partners === undefined) {
      const wishes = this.#wishesOf[one];
      partners = new Set(wishes.flatMap((wish) => [this.#ins[wish], this.#outs[wish]]));
      this.#partners.set(one, partners);
    }
    return partners.has(other);
  }

  #replay({ from, served, inLocal, outLocal }: Replayed, localMsat: Float64Array): void {
    for (let wish = from; wish < served.length; wish++) {
      const into = this.#ins[wish], out = this.#outs[wish];
      if (into !== NOWHERE) inLocal[wish] = localMsat[into];
      if (out !== NOWHERE) outLocal[wish] = localMsat[out];
      const fits = this.#fits(wish, inLocal[wish], outLocal[wish]);
      served[wish] = fits ? 1 : 0;
      if (!fits) continue;
      if (into !== NOWHERE) localMsat[into] += this.#inMsat[wish];
      if (out !== NOWHERE) localMsat[out] -= this.#outMsat[wish];
    }
  }

  #fits(wish: number, inLocalMsat: number, outLocalMsat: number): boolean {
    const into = this.#ins[wish];
    return (into === NOWHERE || inLocalMsat + this.#inMsat[wish] <= this.#capacityMsat[into]) &&
      (this.#outs[wish] === NOWHERE || outLocalMsat >= this.#outMsat[wish]);
  }

  /** The most that a move of an amount can be said to earn, msat. */
  mostMsat(amountSat: number, ratePpm: number): number {
    return usedOnceMsat(amountSat, ratePpm) *
      this.weights.reduce((sum, weight) => sum + weight, 0);
  }

  /** Fees that a move is expected to bring, msat, from the balances settled; negative where it harms. */
  gainMsat({ source, target, amountSat, ratePpm }: NodeMove): number {
    const mostMsat = usedOnceMsat(amountSat, ratePpm);
    const [one, other] = this.#parts(source, target, amountSat);
    let gainMsat = 0;
    for (let window = 0; window < this.#windows.length; window++) {
      const change = one[window] + other[window];
      gainMsat += this.weights[window] * Math.max(-mostMsat, Math.min(mostMsat, change));
    }
    return gainMsat;
  }

  /** What a move would have earned in each window, msat: neither limited nor weighed. */
  changesMsat({ source, target, amountSat }: Omit<NodeMove, "ratePpm">): number[] {
    const [one, other] = this.#parts(source, target, amountSat);
    return one.map((changeMsat, window) => changeMsat + other[window]);
  }

  /** What windows say of a move, in two parts that add up. */
  #parts(
    source: string,
    target: string,
    amountSat: number,
  ): [readonly number[], readonly number[]] {
    const from = this.#places.get(source)!, to = this.#places.get(target)!;
    const amountMsat = amountSat * 1000;
    return this.#arePartners(to, from)
      ? [this.#changesMsat([from, -amountMsat], [to, amountMsat]), this.#nothing]
      : [this.#aloneMsat(from, -amountMsat), this.#aloneMsat(to, amountMsat)];
  }

  /** What windows say of a change of one channel alone; replayed once. */
  #aloneMsat(place: number, changeMsat: number): readonly number[] {
    let known = this.#alone.get(changeMsat);
    if (known === undefined) {
      known = new Array<readonly number[] | undefined>(this.#wishesOf.length).fill(undefined);
      this.#alone.set(changeMsat, known);
    }
    return known[place] ??= this.#changesMsat([place, changeMsat], NO_OTHER);
  }

  #changesMsat(first: PlaceChange, second: PlaceChange): readonly number[] {
    return this.#windows.map((window) => this.#changeMsat(window, first, second));
  }

  /** Fees served where one or two channels hold more or less than they do, less those served as it is. */
  #changeMsat(window: Replayed, first: PlaceChange, second: PlaceChange): number {
    const [one, other] = [first[0], second[0]];
    let [oneMsat, otherMsat] = [first[1], second[1]];
    const ofOne = this.#wishesOf[one], ofOther = this.#wishesOf[other] ?? [];
    let i = firstFrom(ofOne, window.from), j = firstFrom(ofOther, window.from), feesMsat = 0;
    while ((oneMsat !== 0 || otherMsat !== 0) && (i < ofOne.length || j < ofOther.length)) {
      const wish = Math.min(ofOne[i] ?? Infinity, ofOther[j] ?? Infinity);
      if (ofOne[i] === wish) i++;
      if (ofOther[j] === wish) j++;
      const into = this.#ins[wish], out = this.#outs[wish];
      const moreIn = into === one ? oneMsat : into === other ? otherMsat : 0;
      const moreOut = out === one ? oneMsat : out === other ? otherMsat : 0;
      const fits = this.#fits(wish, window.inLocal[wish] + moreIn, window.outLocal[wish] + moreOut);
      const sign = (fits ? 1 : 0) - window.served[wish];
      if (sign === 0) continue;
      const inMsat = sign * this.#inMsat[wish], outMsat = sign * this.#outMsat[wish];
      feesMsat += inMsat - outMsat;
      if (into === one) oneMsat += inMsat;
      else if (into === other) otherMsat += inMsat;
      if (out === one) oneMsat -= outMsat;
      else if (out === other) otherMsat -= outMsat;
    }
    return feesMsat;
  }
}

/** Place of the first number that is not below `least`, in ascending numbers. */
function firstFrom(numbers: readonly number[], least: number): number {
  let low = 0, high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < least) low = middle + 1;
    else high = middle;
  }
  return low;
}
