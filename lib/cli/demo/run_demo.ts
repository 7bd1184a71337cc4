import { DAY_MS, HOUR_MS } from "../../core/mod.ts";
import { type Pace, runEpoch, type Simulation } from "../../simulation/mod.ts";
import { type Figures, figuresOf, figuresSince } from "../twin/figures.ts";
import type { Twin } from "../twin/twin.ts";
import { Pacer } from "./pacer.ts";
import type { DemoState } from "./report.ts";
import type { Stage } from "./stage.ts";

/** Virtual time between two rounds of suggestions. */
export const EPOCH_MS = 6 * HOUR_MS;
/** Retraining after so many epochs. */
const RETRAIN_EPOCHS = 8;
/** Share of the virtual time in which the lens only learns and both twins are the same. */
const LEARNING_SHARE = 0.375;
/** Channels seen for less than a day get no forecast. */
const LEAST_LEARNING_EPOCHS = DAY_MS / EPOCH_MS;

/** How a demo runs. */
export interface DemoRun {
  simulation: Simulation;
  twin: Twin;
  stage: Stage;
  days: number;
  /** It ends after so much real time, done or not; while it stands still none passes. */
  realMs: number;
  pace: Pace;
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
 * and applied in one of them. What comes out depends on the recipe and on what is done to both
 * from outside, but for how far it gets when the machine is too slow for the time given.
 */
export async function runDemo(run: DemoRun): Promise<Measured> {
  const { simulation, twin, stage } = run;
  const epochs = Math.round(run.days * DAY_MS / EPOCH_MS);
  const pacer = new Pacer(run.pace);
  let now: Figures[] = [figuresOf(simulation), await twin.runUntil(simulation.nowMs)];
  let base = now;
  let firstSuggesting: number | undefined;
  let epoch = 0;
  while (epoch < epochs && !run.signal.aborted && pacer.passedMs < run.realMs) {
    if (firstSuggesting === undefined && hasLearned(run, epoch, epochs, pacer.passedMs)) {
      firstSuggesting = epoch;
      base = now;
    }
    now = await oneEpoch(run, firstSuggesting !== undefined);
    epoch++;
    if (firstSuggesting !== undefined && (epoch - firstSuggesting) % RETRAIN_EPOCHS === 0) {
      await stage.retrain();
    }
    const state: DemoState = {
      timeMs: simulation.nowMs,
      done: epoch / epochs,
      suggesting: firstSuggesting !== undefined,
      lens: figuresSince(now[0], base[0]),
      twin: figuresSince(now[1], base[1]),
      ...simulation.statistics().suggestions,
    };
    stage.show(state);
    run.onState(state);
    await pacer.reach(epoch * EPOCH_MS, run.signal);
  }
  if (firstSuggesting === undefined) [base, firstSuggesting] = [now, epoch];
  return {
    lens: figuresSince(now[0], base[0]),
    twin: figuresSince(now[1], base[1]),
    measuredDays: (epoch - firstSuggesting) * EPOCH_MS / DAY_MS,
    cutShort: epoch < epochs,
  };
}

/**
 * Whether suggestions begin. They do after a share of the virtual time; on a machine too slow for
 * the time given also after that share of the real time, once the lens knows enough to suggest.
 */
function hasLearned(run: DemoRun, epoch: number, epochs: number, passedMs: number): boolean {
  return epoch >= Math.max(1, Math.round(epochs * LEARNING_SHARE)) ||
    (epoch > LEAST_LEARNING_EPOCHS && passedMs > run.realMs * LEARNING_SHARE);
}

async function oneEpoch(run: DemoRun, suggesting: boolean): Promise<[Figures, Figures]> {
  const { simulation, twin, stage, minConfidence } = run;
  const other = twin.runUntil(simulation.nowMs + EPOCH_MS);
  await runEpoch(simulation, {
    epochMs: EPOCH_MS,
    suggest: async () => {
      await stage.flush();
      return suggesting ? await stage.suggest() : [];
    },
    minConfidence,
  });
  return [figuresOf(simulation), await other];
}
