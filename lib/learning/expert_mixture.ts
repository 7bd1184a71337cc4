/** What experts said of one thing, what was made of it, and what became of it. */
export interface ExpertRound {
  /** By expert and value. */
  said: readonly (readonly number[])[];
  /** The mixture, by value. */
  made: readonly number[];
  /** The slope of the loss where the mixture was, by value. */
  slope: readonly number[];
}

/**
 * Weights of experts, learned as their losses become known: Bernstein online aggregation (Wintenberger,
 * 2017) on the slopes of the loss, so that in the long run the mixture loses no more than the best fixed
 * one would have. Steps follow from the losses seen; nothing is tuned. Each value has its own weights.
 */
export class ExpertMixture {
  readonly #gain: Float64Array[];
  readonly #square: Float64Array[];
  readonly #most: Float64Array[];
  #weights: Float64Array[];

  /** @param prior weights to begin with, by expert, adding up to 1; the same for each value */
  constructor(readonly prior: readonly number[], readonly values: number) {
    const zeros = () => Array.from({ length: values }, () => new Float64Array(prior.length));
    [this.#gain, this.#square, this.#most] = [zeros(), zeros(), zeros()];
    this.#weights = zeros().map(() => Float64Array.from(prior));
  }

  /** Weights by value and expert, each value's adding up to 1. */
  get weights(): readonly Float64Array[] {
    return this.#weights;
  }

  /** Learns from what became known at one time. */
  learn(rounds: readonly ExpertRound[]): void {
    this.#weights = this.#weights.map((_, v) => {
      const regret = new Float64Array(this.prior.length);
      for (const { said, made, slope } of rounds) {
        for (let k = 0; k < regret.length; k++) regret[k] += slope[v] * (made[v] - said[k][v]);
      }
      return this.#updated(v, regret);
    });
  }

  #updated(v: number, regret: Float64Array): Float64Array {
    const [gain, square, most] = [this.#gain[v], this.#square[v], this.#most[v]];
    const steps = regret.map((r, k) => {
      most[k] = Math.max(most[k], Math.abs(r));
      square[k] += r * r;
      if (square[k] === 0) return 0;
      const step = Math.min(1 / (2 * most[k]), Math.sqrt(Math.log(this.prior.length) / square[k]));
      gain[k] += r - step * r * r;
      return step;
    });
    if (steps.every((step) => step === 0)) return this.#weights[v];
    const powers = steps.map((step, k) => step * gain[k]);
    const highest = Math.max(...powers);
    // An expert that always agreed with the mixture has no step of its own: it gets the largest.
    const largest = Math.max(...steps);
    const raw = powers.map((power, k) =>
      this.prior[k] * (steps[k] || largest) * Math.exp(power - highest)
    );
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return raw.map((weight) => weight / total);
  }
}
