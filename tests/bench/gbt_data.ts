import { seededRng } from "../../lib/core/mod.ts";
import type { LabelledData, TrainingData } from "../../lib/gbt/mod.ts";

/** Rows to train on and rows held out. */
export interface Split {
  train: TrainingData;
  test: LabelledData;
}

/** Features of the synthetic data. */
const COLUMNS = 20;

/**
 * Writes `rows` training rows of Friedman's function with more interactions, and noise of 1, as
 * the files `path.train_x` and so on; at least 20,000 rows are held out.
 */
export async function writeSynthetic(path: string, rows: number): Promise<void> {
  const rng = seededRng(rows);
  for (const [part, count] of [["train", rows], ["test", Math.max(20_000, rows / 5)]] as const) {
    const x = Float32Array.from({ length: count * COLUMNS }, () => rng.float());
    const y = new Float32Array(count);
    for (let r = 0; r < count; r++) {
      const [a, b, c, d, e, f, g, h, i, j] = x.subarray(r * COLUMNS, r * COLUMNS + 10);
      y[r] = 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e +
        4 * f * g + 3 * Math.abs(h - 0.5) + (i > j ? 2 : 0) + rng.normal();
    }
    await Deno.writeFile(`${path}.${part}_x`, new Uint8Array(x.buffer));
    await Deno.writeFile(`${path}.${part}_y`, new Uint8Array(y.buffer));
  }
}

/** Reads what was written under `path`. */
export async function readSplit(path: string): Promise<Split> {
  const read = async (name: string) =>
    new Float32Array((await Deno.readFile(`${path}.${name}`)).buffer);
  const part = async (name: string): Promise<LabelledData> => {
    const data = await read(`${name}_x`);
    const y = Float64Array.from(await read(`${name}_y`));
    return { x: { data, rows: y.length, columns: data.length / y.length }, y };
  };
  const train = await part("train");
  const featureNames = Array.from({ length: train.x.columns }, (_, c) => `f${c}`);
  return { train: { ...train, featureNames }, test: await part("test") };
}
