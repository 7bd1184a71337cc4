import type { Figures } from "./figures.ts";
import type { DemoRecipe } from "./recipe.ts";
import type { TwinAnswer, TwinRequest } from "./twin_worker.ts";

/** The same world without suggestions, run beside the one with them. */
export class Twin {
  #worker = new Worker(new URL("./twin_worker.ts", import.meta.url), { type: "module" });

  /** Builds the world. */
  open(recipe: DemoRecipe): Promise<Figures> {
    return this.#ask({ recipe });
  }

  /** Runs on; figures are since the start. */
  runUntil(timeMs: number): Promise<Figures> {
    return this.#ask({ runUntilMs: timeMs });
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
