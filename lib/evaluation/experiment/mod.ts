/**
 * Simulations that differ in one thing, on common random numbers.
 *
 * @module
 */
export { type Arm, type ArmEvent, checkArms, parseArm, readArms } from "./arm.ts";
export {
  type Comparison,
  type Experiment,
  type ExperimentOptions,
  runExperiment,
} from "./experiment.ts";
export { type MetricName, METRICS } from "./metrics.ts";
export { experimentTable } from "./table.ts";
