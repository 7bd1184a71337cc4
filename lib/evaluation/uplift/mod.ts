/**
 * What suggestions are worth, in simulation: the same payments for every policy, income net of what
 * rebalances cost, compared node by node.
 *
 * @module
 */
export { type MeasureOptions, measureUplift, type UpliftExperiment } from "./measure.ts";
export { POLICIES, type PolicyName, policySpec } from "./policies/mod.ts";
export type { RunRecord } from "./record.ts";
export { type PolicyFigures } from "./report/figures.ts";
export { upliftPicture } from "./report/picture.ts";
export { upliftRows } from "./report/rows.ts";
export { upliftReport } from "./report/text.ts";
export { type ScenarioName, SCENARIOS } from "./scenarios.ts";
export { UPLIFT_DEFAULTS, type UpliftSetup } from "./setup.ts";
