import { DAY_MS, elapsedMs, HOUR_MS, systemClock } from "../../core/mod.ts";
import { runEpoch, type Simulation } from "../../simulation/mod.ts";
import { type Figures, figuresOf, figuresSince } from "./figures.ts";
import { DEMO_START_MS } from "./recipe.ts";
import type { DemoState } from "./report.ts";
import type { Stage } from "./stage.ts";
import type { Twin } from "./twin.ts";

/** Virtual time between two rounds of suggestions. */
export const EPOCH_MS = 6 * HOUR_MS;
/** Retraining after so many epochs. */
const RETRAIN_EPOCHS = 8;
/** Share of the virtual time in which the lens only learns and both twins are the same. */
const LEARNING_SHARE = 0.375;

/** How a demo runs. */
export interface DemoRun {
  simulation: Simulation;
  twin: Twin;
  stage: Stage;
  days: number;
  /** It ends after so much real time, done or not. */
  realMs: number;
  /** Spread over the real time given, so that one can watch; else as fast as it goes. */
  paced: boolean;
  minConfidence: number;
  onState: (state: DemoState) => void;
  signal: AbortSignal;
}

/** What {@linkcode runDemo} measured since suggestions began. */
export interface Measured {
  lens: Figures;
  twin: Figures;
  measuredDays: number;
  cutShort: boolean;
}

/**
 * Runs both twins in lock-step: an epoch of the same payments in each, then suggestions are made
 * and applied in one of them. What comes out depends on the recipe alone, but for how far it gets
 * when the machine is too slow for the time given.
 */
export async function runDemo(run: DemoRun): Promise<Measured> {
  const { simulation, twin, stage } = run;
  const epochs = Math.round(run.days * DAY_MS / EPOCH_MS);
  const learning = Math.max(1, Math.round(epochs * LEARNING_SHARE));
  const startMs = elapsedMs();
  let lensBase = figuresOf(simulation), twinBase = await twin.runUntil(simulation.nowMs);
  let lens = lensBase, other = twinBase;
  let epoch = 0;
  while (epoch < epochs && !run.signal.aborted && elapsedMs() - startMs < run.realMs) {
    const suggesting = epoch >= learning;
    if (epoch === learning) [lensBase, twinBase] = [lens, other];
    [lens, other] = await oneEpoch(run, suggesting);
    epoch++;
    if (epoch >= learning && (epoch - learning) % RETRAIN_EPOCHS === 0) await stage.retrain();
    const state: DemoState = {
      timeMs: simulation.nowMs,
      done: epoch / epochs,
      suggesting,
      lens: figuresSince(lens, lensBase),
      twin: figuresSince(other, twinBase),
      ...simulation.statistics().suggestions,
    };
    stage.show(state);
    run.onState(state);
    if (!run.paced) continue;
    const dueMs = startMs + run.realMs * epoch / epochs;
    await systemClock.sleep(Math.max(0, dueMs - elapsedMs()), run.signal);
  }
  const measured = epoch > learning;
  return {
    lens: figuresSince(lens, measured ? lensBase : lens),
    twin: figuresSince(other, measured ? twinBase : other),
    measuredDays: measured
      ? (simulation.nowMs - DEMO_START_MS) / DAY_MS - learning * EPOCH_MS / DAY_MS
      : 0,
    cutShort: epoch < epochs,
  };
}

async function oneEpoch(run: DemoRun, suggesting: boolean): Promise<[Figures, Figures]> {
  const { simulation, twin, stage, minConfidence } = run;
  const other = twin.runUntil(simulation.nowMs + EPOCH_MS);
  await runEpoch(simulation, {
    epochMs: EPOCH_MS,
    suggest: () => suggesting ? stage.suggest() : Promise.resolve([]),
    minConfidence,
  });
  await stage.flush();
  return [figuresOf(simulation), await other];
}
