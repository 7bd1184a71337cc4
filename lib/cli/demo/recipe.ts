import {
  buildWorld,
  type Simulation,
  simulationOf,
  type WorldOptions,
} from "../../simulation/mod.ts";

/** What a demo's world follows from: the same recipe, the same world and the same payments. */
export interface DemoRecipe extends WorldOptions {
  paymentsPerDay: number;
}

/** When virtual time begins, whatever today is: the same seed gives the same run. */
export const DEMO_START_MS = Date.UTC(2024, 8, 22);

/** The simulation of a recipe; called twice it gives twins. */
export async function demoSimulation(recipe: DemoRecipe): Promise<Simulation> {
  const world = await buildWorld(recipe);
  const { paymentsPerDay, seed } = recipe;
  return simulationOf(world, { startMs: DEMO_START_MS, paymentsPerDay, name: `seed-${seed}` });
}
