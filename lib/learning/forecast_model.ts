import { join } from "node:path";
import { DAY_MS, InputError, readJson, writeFileAtomic } from "../core/mod.ts";
import type { Matrix } from "../gbt/mod.ts";
import { type DemandForecast, FEATURE_NAMES, QUANTILE_LEVELS } from "../liquidity/mod.ts";
import { explainNeed, type NeedReason } from "./explain.ts";
import { type Forecaster, tidyQuantiles } from "./forecaster.ts";
import {
  type LearnedParts,
  type ModelContent,
  type ModelMeta,
  modelText,
  parseModel,
} from "./model_file.ts";
import { ownFeesMsat, ownNeedSat, type Side, SIDES } from "./reference_scale.ts";
import { feesUnitMsat, fromTarget, relativeUnit } from "./target_scale.ts";

/** What is learned of one horizon, and of others. */
export interface ModelParts extends LearnedParts {
  /** Models of other horizons, shortest first. */
  further: readonly ForecastModel[];
}

/** Beyond what the trees have seen, the baseline takes over within a factor of this. */
const REACH_SPAN = 3;

/**
 * A trained forecaster: quantiles of both needs and the fees at stake, by boosted trees, with
 * calibration factors.
 */
export class ForecastModel implements Forecaster {
  constructor(readonly meta: ModelMeta, readonly parts: ModelParts) {}

  /** Such as `model_20240922_134501`. */
  get id(): string {
    return this.meta.id;
  }

  get horizonMs(): number {
    return this.meta.horizonMs;
  }

  get featureNames(): readonly string[] {
    return this.parts.outbound.featureNames;
  }

  /** Scores on the parts of the data that were held out, the baselines' beside them. */
  get metrics(): ModelMeta["metrics"] {
    return this.meta.metrics;
  }

  /** Horizons that it has forecasts for, the main one first. */
  get horizonsMs(): readonly number[] {
    return [this.horizonMs, ...this.parts.further.map((model) => model.horizonMs)];
  }

  /** The forecaster of a horizon; undefined for one that was not trained. */
  atHorizon(horizonMs: number): ForecastModel | undefined {
    if (horizonMs === this.horizonMs) return this;
    return this.parts.further.find((model) => model.horizonMs === horizonMs);
  }

  /** @throws {InputError} for rows of another width than the features */
  predict(vectors: Matrix, capacitiesSat: ArrayLike<number>): DemandForecast[] {
    const needs = {
      outbound: this.rawNeeds("outbound", vectors),
      inbound: this.rawNeeds("inbound", vectors),
    };
    const fees = this.#fees(vectors);
    const quantiles = (side: Side, row: number) => {
      const factors = this.meta.calibration[side];
      const { levels, none } = needs[side];
      const values = levels.map((level, l) => level[row] * factors[l]);
      const sat = tidyQuantiles(values, capacitiesSat[row]);
      return none === undefined ? { sat } : { sat, none: none[row] };
    };
    return Array.from({ length: vectors.rows }, (_, row) => ({
      horizonMs: this.horizonMs,
      outboundNeed: quantiles("outbound", row),
      inboundNeed: quantiles("inbound", row),
      feesAtStakeMsat: fees(row),
    }));
  }

  /** See `explainNeed`. */
  explain(side: Side, vector: ArrayLike<number>): NeedReason[] {
    return explainNeed(this, side, vector);
  }

  #fees(vectors: Matrix): (row: number) => number {
    const { data, columns } = vectors;
    const at = (row: number) => ({ data, offset: row * columns, horizonMs: this.horizonMs });
    const multiples = this.parts.fees?.predict(vectors);
    return multiples === undefined
      ? (row) => ownFeesMsat(data, at(row))
      : (row) => multiples[row] * feesUnitMsat(at(row));
  }

  /**
   * What is forecast of one side before calibration, sat, one array a level, and the chance of no
   * need: the mean of the quantile trees and of the need in two steps. Where a channel's own past
   * need lies beyond what the trees have seen they can't follow, and the baseline takes over.
   */
  rawNeeds(side: Side, vectors: Matrix): { levels: Float64Array[]; none?: Float64Array } {
    const { data, columns } = vectors;
    const { scale, horizonMs } = this.meta;
    const contexts = Array.from(
      { length: vectors.rows },
      (_, row) => ({ side, data, offset: row * columns, horizonMs }),
    );
    const levels = this.parts[side].predict(vectors).map((level) =>
      level.map((value, row) => fromTarget(scale, value, contexts[row]))
    );
    const units = Float64Array.from(contexts, relativeUnit);
    const hurdle = this.parts.hurdles?.[side].predict(vectors, units);
    const own = Float64Array.from(contexts, (context) => ownNeedSat(side, data, context));
    levels.forEach((level, l) => {
      const factor = this.meta.baselineFactors[side][l];
      for (let row = 0; row < level.length; row++) {
        if (hurdle !== undefined) level[row] = (level[row] + hurdle.quantiles[l][row]) / 2;
        const beyond = this.#beyondReach(side, own[row]);
        level[row] = (1 - beyond) * level[row] + beyond * factor * own[row];
      }
    });
    return { levels, none: hurdle?.none };
  }

  /** 0 within what the trees have seen, 1 far beyond it. */
  #beyondReach(side: Side, ownSat: number): number {
    const reach = this.meta.reachSat[side];
    return Math.min(1, Math.max(0, Math.log(ownSat / reach) / Math.log(REACH_SPAN)));
  }

  /**
   * Share of the total gain of each feature, over all trees, largest first; gains are made
   * comparable by giving each booster the same total.
   */
  importance(): { feature: string; share: number }[] {
    const boosters = [
      ...SIDES.flatMap((side) => this.parts[side].boosters),
      ...Object.values(this.parts.hurdles ?? {}).flatMap(({ any, size }) => [any, size]),
      ...(this.parts.fees ? [this.parts.fees] : []),
    ];
    const shares = new Float64Array(this.featureNames.length);
    for (const booster of boosters) {
      const gains = booster.importance().map(({ importance }) => importance);
      const total = gains.reduce((sum, gain) => sum + gain, 0);
      if (total > 0) gains.forEach((gain, i) => shares[i] += gain / total);
    }
    const sum = shares.reduce((a, b) => a + b, 0) || 1;
    return this.featureNames
      .map((feature, i) => ({ feature, share: shares[i] / sum }))
      .sort((a, b) => b.share - a.share);
  }

  /** Writes `ID.json` into a folder, whole or not at all, and returns its path. */
  async save(folder: string): Promise<string> {
    const path = join(folder, `${this.id}.json`);
    await writeFileAtomic(path, modelText(this));
    return path;
  }

  /**
   * @throws {InputError} for a file that is missing, no model, of a later version, changed, or made
   *   for other features or levels
   */
  static async load(path: string): Promise<ForecastModel> {
    const model = modelOf(parseModel(await readJson(path), path));
    const { parts } = model;
    checkFeatures(model.featureNames, path);
    if (parts.outbound.quantiles.join() !== QUANTILE_LEVELS.join()) {
      throw new InputError({
        file: path,
        field: "outbound.quantiles",
        found: parts.outbound.quantiles,
        expected: `the levels ${QUANTILE_LEVELS.join(", ")}`,
      });
    }
    return model;
  }
}

function modelOf({ meta, parts, further }: ModelContent): ForecastModel {
  return new ForecastModel(meta, { ...parts, further: further.map(modelOf) });
}

/** `24 h`, `7 d`: a horizon in words. */
export function horizonText(horizonMs: number): string {
  const days = horizonMs / DAY_MS;
  return Number.isInteger(days) && days > 1 ? `${days} d` : `${Math.round(days * 24)} h`;
}

function checkFeatures(names: readonly string[], file: string): void {
  const odd = names.findIndex((name, i) => name !== FEATURE_NAMES[i]);
  if (odd < 0 && names.length === FEATURE_NAMES.length) return;
  const at = odd < 0 ? names.length : odd;
  throw new InputError({
    file,
    field: `featureNames[${at}]`,
    found: names[at],
    expected: `${FEATURE_NAMES[at] ?? "no more features"}: the model was made for other features`,
  });
}
