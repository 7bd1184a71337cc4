/**
 * Floor 1: gradient-boosted trees whose stages are trees in ml-cart's form.
 *
 * @module
 */
export { Booster, type BoosterParts, type StageMetrics } from "./booster.ts";
export { ConformalIntervals, coverageOf, type Intervals } from "./conformal.ts";
export {
  type PartialDependence,
  partialDependence,
  type PermutationImportance,
  permutationImportance,
} from "./effects.ts";
export { IsotonicCalibration, reliability, type ReliabilityBin } from "./isotonic.ts";
export { importLightGbm } from "./lightgbm.ts";
export { type Loss, lossOf, sigmoid } from "./loss.ts";
export { type Matrix, matrixFromRows, MISSING_FROM, takeRows } from "./matrix.ts";
export {
  BOOSTER_DEFAULTS,
  type BoosterOptions,
  lossName,
  type LossSpec,
  resolveOptions,
} from "./options.ts";
export { weightedQuantile } from "./order_statistics.ts";
export { QuantileBoosters, trainQuantiles } from "./quantiles.ts";
export { refitLeaves, type RefitOptions } from "./refit.ts";
export {
  crossValidate,
  type CrossValidation,
  randomSearch,
  type SearchSpace,
  type SearchTrial,
  type TimeFold,
  timeFolds,
  type TrainFunction,
} from "./selection.ts";
export { attributeRow, attributeRows, type Attribution } from "./tree_shap.ts";
export { trainBooster, type TrainingExtras } from "./trainer.ts";
export { trainBoosterParallel, TrainingPool } from "./training_pool.ts";
export { type LabelledData, type TrainingData } from "./training_data.ts";
export { type Tree } from "./tree.ts";
export { type CartNode, type CartTree, treeFromCart, treeToCart } from "./tree_json.ts";
