import type { Intervention } from "../../simulation/mod.ts";
import type { SimulationRecipe } from "../simulation_setup.ts";
import type { Figures } from "./figures.ts";
import type { Suffered, TwinAnswer, TwinRequest } from "./twin_worker.ts";

/** The same world without suggestions, run beside the one with them. */
export class Twin {
  #worker = new Worker(new URL("./twin_worker.ts", import.meta.url), { type: "module" });
  #suffered: Suffered[] = [];

  /** Builds the world. */
  open(recipe: SimulationRecipe): Promise<Figures> {
    return this.#ask({ recipe });
  }

  /** What was done to the other one, when it stood at that time, is done here then too. */
  suffer(intervention: Intervention, timeMs: number): void {
    this.#suffered.push([timeMs, intervention]);
  }

  /** Runs on; figures are since the start. One run at a time. */
  runUntil(timeMs: number): Promise<Figures> {
    return this.#ask({ runUntilMs: timeMs, suffered: this.#suffered.splice(0) });
  }

  /** Ends the thread. */
  close(): void {
    this.#worker.terminate();
  }

  #ask(request: TwinRequest): Promise<Figures> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<TwinAnswer>) => {
        if ("figures" in data) resolve(data.figures);
        else reject(new Error(`twin: ${data.error}`));
      };
      this.#worker.onerror = (event) => {
        event.preventDefault();
        reject(new Error(`twin: ${event.message}`));
      };
      this.#worker.postMessage(request);
    });
  }
}
