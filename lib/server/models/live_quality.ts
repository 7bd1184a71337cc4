import type { PrequentialReport } from "../../learning/mod.ts";

/**
 * Errors measured while serving, as `/api/performance` shows them under `metrics`: mean pinball
 * losses in satoshis of the model, its online correction and the baselines, and the share of needs
 * within the 80 % interval.
 */
export function liveQuality(report: PrequentialReport) {
  const { samples, coverage, active } = report;
  return {
    samples,
    losses: liveLosses(report),
    coverage: { model: coverage.raw, online: coverage.corrected },
    correcting: active,
  };
}

/** Mean pinball losses in satoshis, by whose they are. */
export function liveLosses({ pinballSat }: PrequentialReport): Record<string, number> {
  const { raw, corrected, ...baselines } = pinballSat;
  return { model: raw, online: corrected, ...baselines };
}
