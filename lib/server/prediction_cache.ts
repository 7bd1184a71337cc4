import { elapsedMs, SECOND_MS } from "../core/mod.ts";
import type { ChannelOutlook } from "../planning/mod.ts";
import type { Engine } from "./state/engine.ts";
import { rowKey } from "./state/live_channels.ts";
import type { PredictionView } from "./views/schemas.ts";
import { predictionView } from "./views/views.ts";

type Views = ReadonlyMap<string, PredictionView>;

/** Predictions of all channels by key, at most a second old while events keep coming. */
export class PredictionCache {
  #known: { seq: number; madeMs: number; views: Views } | undefined;

  constructor(private readonly parts: { engine: Engine; store: { readonly lastSeq: number } }) {}

  /** The present predictions. */
  views(): Views {
    const { engine, store } = this.parts;
    const known = this.#known;
    const fresh = known !== undefined &&
      (known.seq === store.lastSeq || elapsedMs() - known.madeMs < SECOND_MS);
    return fresh ? known.views : this.put(engine.outlooks());
  }

  /** Takes outlooks that were made just now. */
  put(outlooks: readonly ChannelOutlook[]): Views {
    const views = new Map(outlooks.map((outlook) => [rowKey(outlook), predictionView(outlook)]));
    this.#known = { seq: this.parts.store.lastSeq, madeMs: elapsedMs(), views };
    return views;
  }
}
