import type { PrequentialReport } from "../learning/mod.ts";

/**
 * Errors measured while serving, as `/api/performance` shows them under `metrics`: mean pinball
 * losses in satoshis of the model, its online correction and the baselines, and the share of needs
 * within the 80 % interval.
 */
export function liveQuality({ samples, pinballSat, coverage, active }: PrequentialReport) {
  const { raw, corrected, ...baselines } = pinballSat;
  return {
    samples,
    losses: { model: raw, online: corrected, ...baselines },
    coverage: { model: coverage.raw, online: coverage.corrected },
    correcting: active,
  };
}
