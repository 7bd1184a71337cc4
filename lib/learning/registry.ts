import { join } from "node:path";
import {
  fileStamp,
  InputError,
  isoTime,
  LensError,
  listFiles,
  readJson,
  RefusedError,
  SECOND_MS,
  writeFileAtomic,
} from "../core/mod.ts";
import { parseWith, timestampSchema } from "../protocol/mod.ts";
import { z } from "zod";
import { ForecastModel } from "./forecast_model.ts";
import { Scaler } from "./scaler.ts";
import type { TrainedModel } from "./train.ts";

/** File that points to the champion, in the models folder. */
export const POINTER_FILE = "registry.json";
const MODEL_FILE = /^model_.*\.json$/;

const pointerSchema = z.object({
  version: z.literal(1, "expected 1: the registry is of a later program"),
  champion: z.string().nullable(),
  /** Promotions in order, the newest last. */
  history: z.array(z.object({ id: z.string(), at: timestampSchema, action: z.string() })),
});
type Pointer = z.output<typeof pointerSchema>;

/** One model of the registry. */
export interface RegistryEntry {
  id: string;
  path: string;
  champion: boolean;
  /** Undefined where the file can't be used. */
  model?: ForecastModel;
  /** Why it can't. */
  fault?: string;
}

/**
 * The models of a data folder, `models/` in it: files by name, and a pointer to the one that
 * serves. Every change replaces one file whole, so that a reader never sees half of it.
 */
export class ModelRegistry {
  readonly folder: string;

  constructor(dataDir: string) {
    this.folder = join(dataDir, "models");
  }

  /**
   * A name for a model made at `timeMs`: by that second, or by the next one whose name is free, so
   * that no model ever replaces another's file.
   *
   * @param prefix `model_` or `model_initial_`
   */
  async freeId(prefix: string, timeMs: number): Promise<string> {
    const taken = new Set(await this.ids());
    let id = `${prefix}${fileStamp(timeMs)}`;
    for (let at = timeMs; taken.has(id); id = `${prefix}${fileStamp(at)}`) at += SECOND_MS;
    return id;
  }

  /** Path of a model's file. */
  path(id: string): string {
    return join(this.folder, `${id}.json`);
  }

  /** Ids of the models there are, oldest first by the time in their name. */
  async ids(): Promise<string[]> {
    const names = await listFiles(this.folder, MODEL_FILE);
    // Of two models of one second the initial one is the older.
    const stamp = (name: string) => {
      const time = /\d{8}_\d{6}/.exec(name)?.[0] ?? "";
      return `${time} ${name.startsWith("model_initial_") ? 0 : 1} ${name}`;
    };
    return names
      .sort((a, b) => stamp(a) < stamp(b) ? -1 : stamp(a) > stamp(b) ? 1 : 0)
      .map((name) => name.replace(/\.json$/, ""));
  }

  /** All models, oldest first; those that can't be used say why. */
  async list(): Promise<RegistryEntry[]> {
    const { champion } = await this.#pointer();
    const entries: RegistryEntry[] = [];
    for (const id of await this.ids()) {
      const entry: RegistryEntry = { id, path: this.path(id), champion: id === champion };
      try {
        entry.model = await ForecastModel.load(entry.path);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        entry.fault = error.message;
      }
      entries.push(entry);
    }
    return entries;
  }

  /** @throws {InputError} for an id that is not there, and as `ForecastModel.load` */
  async show(id: string): Promise<ForecastModel> {
    const ids = await this.ids();
    if (!ids.includes(id)) {
      throw new InputError({
        file: this.folder,
        field: "model",
        found: id,
        expected: ids.length === 0
          ? "a model; there is none, run `train:initial` first"
          : `one of ${ids.slice(-5).join(", ")}`,
      });
    }
    return await ForecastModel.load(this.path(id));
  }

  /** The scaler that belongs to a model. */
  async scaler(model: ForecastModel): Promise<Scaler> {
    return await Scaler.load(join(this.folder, model.meta.scaler));
  }

  /** Writes the files of a trained model: the scaler first, so that no model is without one. */
  async add({ model, scaler }: TrainedModel): Promise<string> {
    await scaler.save(join(this.folder, model.meta.scaler));
    return await model.save(this.folder);
  }

  /** Id of the champion; undefined where none was promoted. */
  async championId(): Promise<string | undefined> {
    return (await this.#pointer()).champion ?? undefined;
  }

  /** The model that serves; undefined where none was promoted. */
  async champion(): Promise<ForecastModel | undefined> {
    const id = await this.championId();
    return id === undefined ? undefined : await this.show(id);
  }

  /**
   * Makes a model the champion. Its files are read first: what can't serve is not promoted.
   *
   * @throws {InputError} as `show` and `scaler` do
   */
  async promote(id: string, { atMs }: { atMs: number }): Promise<void> {
    await this.#readBack(id);
    const { history } = await this.#pointer();
    await this.#write({ champion: id, history: [...history, { id, at: atMs, action: "promote" }] });
  }

  /**
   * Makes the champion before the present one champion again.
   *
   * @returns its id
   * @throws {RefusedError} where there is none
   */
  async rollback({ atMs }: { atMs: number }): Promise<string> {
    const { history } = await this.#pointer();
    const reigns = reignsOf(history);
    if (reigns.length < 2) {
      throw new RefusedError("rollback: no model was champion before the present one");
    }
    const id = reigns[reigns.length - 2];
    await this.#readBack(id);
    await this.#write({
      champion: id,
      history: [...history, { id, at: atMs, action: "rollback" }],
    });
    return id;
  }

  async #readBack(id: string): Promise<void> {
    await this.scaler(await this.show(id));
  }

  async #pointer(): Promise<Omit<Pointer, "version">> {
    const [file] = await listFiles(this.folder, /^registry\.json$/);
    if (file === undefined) return { champion: null, history: [] };
    const path = join(this.folder, file);
    return parseWith(pointerSchema, await readJson(path), { file: path });
  }

  async #write({ champion, history }: Omit<Pointer, "version">): Promise<void> {
    const lines = history.map((line) => ({ ...line, at: isoTime(line.at) }));
    const text = JSON.stringify({ version: 1, champion, history: lines }, null, 2);
    await writeFileAtomic(join(this.folder, POINTER_FILE), `${text}\n`);
  }
}

/** Champions that a rollback can go back through: a rollback undoes the promotion before it. */
function reignsOf(history: Pointer["history"]): string[] {
  const reigns: string[] = [];
  for (const { id, action } of history) {
    if (action === "rollback") reigns.pop();
    else if (reigns.at(-1) !== id) reigns.push(id);
  }
  return reigns;
}

/**
 * The model to work with: the one at `path`, else the champion of the data folder.
 *
 * @throws {LensError} where there is neither
 */
export async function chosenModel(
  dataDir: string,
  path: string | undefined,
): Promise<ForecastModel> {
  if (path !== undefined) return await ForecastModel.load(path);
  const champion = await new ModelRegistry(dataDir).champion();
  if (champion !== undefined) return champion;
  throw new LensError(
    `no model in ${join(dataDir, "models")}: run \`train:initial\` first, or name one with --model`,
  );
}
