import { join } from "node:path";
import { DAY_MS, InputError, readJson, writeFileAtomic } from "../core/mod.ts";
import { Booster, type Matrix, QuantileBoosters } from "../gbt/mod.ts";
import { type DemandForecast, FEATURE_NAMES, QUANTILE_LEVELS } from "../liquidity/mod.ts";
import { type Forecaster, tidyQuantiles } from "./forecaster.ts";
import { type ModelMeta, modelText, parseModel } from "./model_file.ts";
import { ownFeesMsat, type Side, SIDES } from "./reference_scale.ts";
import { feesUnitMsat, fromTarget } from "./target_scale.ts";

/** The learned parts of a model. */
export interface ModelParts {
  outbound: QuantileBoosters;
  inbound: QuantileBoosters;
  /** Undefined where they forecast no better than the channel's own past; then that is repeated. */
  fees: Booster | undefined;
}

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

  /** @throws {InputError} for rows of another width than the features */
  predict(vectors: Matrix, capacitiesSat: ArrayLike<number>): DemandForecast[] {
    const needs = {
      outbound: this.rawNeeds("outbound", vectors),
      inbound: this.rawNeeds("inbound", vectors),
    };
    const fees = this.#fees(vectors);
    const quantiles = (side: Side, row: number) => {
      const factors = this.meta.calibration[side];
      const values = needs[side].map((level, l) => level[row] * factors[l]);
      return { sat: tidyQuantiles(values, capacitiesSat[row]) };
    };
    return Array.from({ length: vectors.rows }, (_, row) => ({
      horizonMs: this.horizonMs,
      outboundNeed: quantiles("outbound", row),
      inboundNeed: quantiles("inbound", row),
      feesAtStakeMsat: fees(row),
    }));
  }

  #fees(vectors: Matrix): (row: number) => number {
    const { data, columns } = vectors;
    const at = (row: number) => ({ data, offset: row * columns, horizonMs: this.horizonMs });
    const multiples = this.parts.fees?.predict(vectors);
    return multiples === undefined
      ? (row) => ownFeesMsat(data, at(row))
      : (row) => multiples[row] * feesUnitMsat(at(row));
  }

  /** What the trees say of one side before calibration, sat: one array a level. */
  rawNeeds(side: Side, vectors: Matrix): Float64Array[] {
    const { data, columns } = vectors;
    const { scale, horizonMs } = this.meta;
    return this.parts[side].predict(vectors).map((level) =>
      level.map((value, row) =>
        fromTarget(scale, value, { side, data, offset: row * columns, horizonMs })
      )
    );
  }

  /**
   * Share of the total gain of each feature, over all trees, largest first; gains are made
   * comparable by giving each booster the same total.
   */
  importance(): { feature: string; share: number }[] {
    const boosters = [
      ...SIDES.flatMap((side) => this.parts[side].boosters),
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
    await writeFileAtomic(path, modelText(this.meta, this.parts));
    return path;
  }

  /**
   * @throws {InputError} for a file that is missing, no model, of a later version, changed, or made
   *   for other features or levels
   */
  static async load(path: string): Promise<ForecastModel> {
    const { meta, parts } = parseModel(await readJson(path), path);
    const model = new ForecastModel(meta, parts);
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
