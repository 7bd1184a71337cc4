import { type Clock, DAY_MS, HOUR_MS, logger } from "../core/mod.ts";
import { exportCsv, type ExportedFile, type Store } from "../store/mod.ts";
import type { Engine } from "./engine.ts";
import { flattenNumbers } from "./performance_rows.ts";

/** Events are kept in the journal for so long, in their own time. */
const RETENTION_MS = 30 * DAY_MS;

/** Takes the figures of the engine down, writes what is new as CSV, and drops what is too old. */
export class Exporter {
  #last: Promise<unknown> = Promise.resolve();
  #prunedMs = -Infinity;

  constructor(
    private readonly parts: {
      engine: Engine;
      store: Store;
      clock: Clock;
      folder: string;
      performance?: () => object;
    },
  ) {}

  /** One export at a time; those asked for meanwhile follow. */
  export(): Promise<ExportedFile[]> {
    const run = () => this.#export();
    const next = this.#last.then(run, run);
    this.#last = next;
    return next;
  }

  async #export(): Promise<ExportedFile[]> {
    const { store, engine, clock, folder, performance } = this.parts;
    const timeMs = Math.round(clock.nowMs());
    const figures = flattenNumbers(performance?.() ?? {});
    await store.saveMetrics(figures.map(([name, value]) => ({ timeMs, name, value })));
    const files = await exportCsv(store, { folder, timeMs });
    if (store.lastSeq > 0 && engine.nowMs - this.#prunedMs > HOUR_MS) {
      this.#prunedMs = engine.nowMs;
      // One event of a sender whose clock runs ahead must not make all others old.
      await store.prune(Math.min(engine.nowMs, clock.nowMs()) - RETENTION_MS);
    }
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    logger("server").info`exported ${rows} rows in ${files.length} files`;
    return files;
  }
}
