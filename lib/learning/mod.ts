/**
 * Floor 4: forecasting demand. Training, model and scaler files, the registry, baselines, learning
 * between trainings, drift.
 *
 * @module
 */
export * from "./baseline_forecaster.ts";
export { fitBaselineFactors, type PastNeed } from "./baseline_fit.ts";
export * from "./challenge.ts";
export { baselineRows, rowForecaster } from "./comparison.ts";
export * from "./drift.ts";
export * from "./drift_detector.ts";
export { explainNeed, type NeedReason } from "./explain.ts";
export { featuresWithoutWords, type FeatureWords, featureWords } from "./feature_words.ts";
export { ForecastModel, horizonText, type ModelParts } from "./forecast_model.ts";
export { type Forecaster, LEAST_NEED_SAT, tidyQuantiles } from "./forecaster.ts";
export { type ModelMeta } from "./model_file.ts";
export { type Side, SIDES } from "./reference_scale.ts";
export { type MixedNeed, NeedMixture, type NeedPlace } from "./need_mixture.ts";
export * from "./scaler.ts";
export * from "./scores.ts";
export {
  TRAIN_DEFAULTS,
  type TrainedModel,
  trainForecastModel,
  type TrainOptions,
} from "./train.ts";
export * from "./online_learner.ts";
export * from "./registry.ts";
