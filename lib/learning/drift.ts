import { binShares, type FeatureRows, type Scaler } from "./scaler.ts";

/** How far a feature's distribution has moved. */
export interface FeatureDrift {
  feature: string;
  /** Population stability index: below 0.1 steady, above {@linkcode DRIFT_ALARM} moved. */
  psi: number;
}

/** The usual threshold above which a population counts as changed. */
export const DRIFT_ALARM = 0.25;

/** Stands in for an empty bin, whose logarithm there is none of. */
const LEAST_SHARE = 1e-4;
/** Features of the calendar differ in any short window and mean nothing. */
const CALENDAR = /^(hour|weekday)_(sin|cos)$|^hours_observed$/;

/**
 * Population stability index of each feature against the data a model was trained on: the sum over
 * bins of (now - then) ln(now / then), the unknown values being a bin of their own. Largest first.
 *
 * @param recent at least some hundred rows, else chance alone moves it
 */
export function featureDrift(scaler: Scaler, recent: FeatureRows): FeatureDrift[] {
  const width = recent.featureNames.length;
  return scaler.features
    .map((then, column) => {
      const known: number[] = [];
      for (let row = 0; row < recent.rows; row++) {
        const value = recent.x[row * width + column];
        if (!Number.isNaN(value)) known.push(value);
      }
      const now = binShares(then.edges, known, recent.rows);
      const missing = 1 - known.length / recent.rows;
      const psi = stability([...then.shares, then.missing], [...now, missing]);
      return { feature: then.name, psi };
    })
    .filter(({ feature }) => !CALENDAR.test(feature))
    .sort((a, b) => b.psi - a.psi);
}

function stability(then: readonly number[], now: readonly number[]): number {
  return then.reduce((sum, share, bin) => {
    const [before, after] = [share, now[bin]].map((value) => Math.max(LEAST_SHARE, value));
    return sum + (after - before) * Math.log(after / before);
  }, 0);
}
