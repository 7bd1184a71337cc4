import { formatSat } from "../core/mod.ts";
import { attributeRow, type Booster, type QuantileBoosters } from "../gbt/mod.ts";
import { QUANTILE_LEVELS } from "../liquidity/mod.ts";
import { featureWords } from "./feature_words.ts";
import type { Side } from "./reference_scale.ts";
import { fromTarget, type ScaleContext, type TargetScale } from "./target_scale.ts";

/** What one feature does to a forecast need. */
export interface NeedReason {
  feature: string;
  /** NaN where unknown. */
  value: number;
  /** By how much it raises the need (lowers it, below 0), sat. */
  effectSat: number;
  /** A clause in words. */
  text: string;
}

/** The parts of a model that explain its needs. */
export interface Explained {
  readonly horizonMs: number;
  readonly meta: { readonly scale: TargetScale };
  readonly parts: Readonly<Record<Side, QuantileBoosters>>;
}

/** Attributions told of one forecast. */
const MOST_REASONS = 3;
/** The levels whose trees are asked, the first that looks at anything. */
const EXPLAINED_LEVELS = [0.75, 0.9, 0.5];

/**
 * The three features that move a channel's forecast need most, in words: TreeSHAP attributions of
 * the quantile trees at the level that the optimal balance covers (0.75; another level where that
 * one looks at nothing), put in satoshis so that all attributions together are the difference from
 * what is forecast for a typical channel. Fewer than three, or none, where the trees look at less.
 *
 * @param vector features, as `FEATURE_NAMES`
 */
export function explainNeed(
  model: Explained,
  side: Side,
  vector: ArrayLike<number>,
): NeedReason[] {
  const boosters = model.parts[side].boosters;
  const booster = EXPLAINED_LEVELS
    .map((level) => boosters[QUANTILE_LEVELS.findIndex((other) => other === level)])
    .find((candidate) => candidate.trees.some((tree) => tree.feature[0] >= 0));
  if (booster === undefined) return [];
  const { features, base } = attributeRow(booster, vector);
  const satPerUnit = slope(model, side, vector, base, features);
  return [...merged(booster, features)]
    .map(({ feature, column, effect }) => {
      const effectSat = effect * satPerUnit;
      return {
        feature,
        value: vector[column],
        effectSat,
        text: clause(feature, vector[column], effectSat, side),
      };
    })
    .filter(({ effectSat }) => Math.abs(effectSat) >= 1)
    .sort((a, b) => Math.abs(b.effectSat) - Math.abs(a.effectSat))
    .slice(0, MOST_REASONS);
}

/** Satoshis that a unit of the trees' score makes between the typical channel and this one. */
function slope(
  model: Explained,
  side: Side,
  vector: ArrayLike<number>,
  base: number,
  features: Float64Array,
): number {
  const context: ScaleContext = { side, data: vector, offset: 0, horizonMs: model.horizonMs };
  const score = features.reduce((sum, value) => sum + value, base);
  const sat = (value: number) => fromTarget(model.meta.scale, value, context);
  return score === base ? 0 : (sat(score) - sat(base)) / (score - base);
}

/** Features that share their words, such as both coordinates of the hour, count as one. */
function merged(booster: Booster, features: Float64Array) {
  const byWords = new Map<string, { feature: string; column: number; effect: number }>();
  features.forEach((effect, column) => {
    const feature = booster.featureNames[column];
    const { words } = featureWords(feature);
    const old = byWords.get(words);
    if (old === undefined) byWords.set(words, { feature, column, effect });
    else old.effect += effect;
  });
  return byWords.values();
}

function clause(feature: string, value: number, effectSat: number, side: Side): string {
  const { words, value: write } = featureWords(feature);
  const shown = Number.isNaN(value) ? "unknown" : write(value);
  const verb = effectSat > 0 ? "raises" : "lowers";
  return `${words}${shown === "" ? "" : ` (${shown})`} ${verb} the ${side} need by ${
    formatSat(Math.abs(effectSat))
  }`;
}
