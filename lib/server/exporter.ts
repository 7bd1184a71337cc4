import { type Clock, DAY_MS, HOUR_MS, logger } from "../core/mod.ts";
import { exportCsv, type ExportedFile, type Store } from "../store/mod.ts";
import type { Engine } from "./state/engine.ts";
import { flattenNumbers } from "./models/performance_rows.ts";

/** Events are kept in the journal for so many days in their own time, and on as many with events. */
const RETENTION_DAYS = 30;

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
      // Clocks that run ahead, the senders' or the server's or both, must not make all events old.
      const eventfulMs = store.eventfulSince(RETENTION_DAYS) ?? -Infinity;
      const nowMs = Math.min(engine.nowMs, clock.nowMs());
      await store.prune(Math.min(nowMs - RETENTION_DAYS * DAY_MS, eventfulMs));
    }
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    logger("server").info`exported ${rows} rows in ${files.length} files`;
    return files;
  }
}
