/**
 * The twin without suggestions, in a thread of its own. Takes `{recipe}` first, then `{runUntilMs}`
 * again and again; answers each with the figures so far, or with an error's text.
 */
import { errorMessage } from "../../core/mod.ts";
import type { Intervention, Simulation } from "../../simulation/mod.ts";
import { openSimulation, type SimulationRecipe } from "../simulation_setup.ts";
import { type Figures, figuresOf } from "./figures.ts";

/** What was done to the other twin, and when. */
export type Suffered = [timeMs: number, intervention: Intervention];
/** What the worker is asked. */
export type TwinRequest =
  | { recipe: SimulationRecipe }
  | { runUntilMs: number; suffered: Suffered[] };
/** What the worker answers. */
export type TwinAnswer = { figures: Figures } | { error: string };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<TwinRequest>) => void;
  postMessage(answer: TwinAnswer): void;
};
let simulation: Simulation | undefined;

scope.onmessage = async ({ data }) => {
  try {
    // What is wrong with the input the other twin has said already.
    if ("recipe" in data) simulation = await openSimulation(data.recipe, () => {});
    else {
      for (const [timeMs, intervention] of data.suffered) {
        simulation!.schedule(timeMs, intervention);
      }
      simulation!.runUntil(data.runUntilMs);
    }
    scope.postMessage({ figures: figuresOf(simulation!) });
  } catch (error) {
    scope.postMessage({ error: errorMessage(error) });
  }
};
