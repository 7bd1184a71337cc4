/**
 * The twin without suggestions, in a thread of its own. Takes `{recipe}` first, then `{runUntilMs}`
 * again and again; answers each with the figures so far, or with an error's text.
 */
import { errorMessage } from "../../core/mod.ts";
import type { Simulation } from "../../simulation/mod.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { type DemoRecipe, demoSimulation } from "./recipe.ts";

/** What the worker is asked. */
export type TwinRequest = { recipe: DemoRecipe } | { runUntilMs: number };
/** What the worker answers. */
export type TwinAnswer = { figures: Figures } | { error: string };

const scope = self as unknown as {
  onmessage: (event: MessageEvent<TwinRequest>) => void;
  postMessage(answer: TwinAnswer): void;
};
let simulation: Simulation | undefined;

scope.onmessage = async ({ data }) => {
  try {
    if ("recipe" in data) simulation = await demoSimulation(data.recipe);
    else simulation!.runUntil(data.runUntilMs);
    scope.postMessage({ figures: figuresOf(simulation!) });
  } catch (error) {
    scope.postMessage({ error: errorMessage(error) });
  }
};
