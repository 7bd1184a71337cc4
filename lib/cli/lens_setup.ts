import { BaselineForecaster } from "../learning/mod.ts";
import { Lens } from "../lens/mod.ts";

/** What a lens is set up from. */
export interface LensSetup {
  folder: string;
  model?: string;
  seed: number;
}

export function openLens(_setup: LensSetup) {
  const forecaster = new BaselineForecaster();
  const lens = new Lens({ forecaster });
  return Promise.resolve({ lens, modelId: forecaster.id });
}
