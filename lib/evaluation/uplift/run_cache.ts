import { createHash } from "node:crypto";
import { join } from "node:path";
import { readJson, writeFileAtomic } from "../../core/mod.ts";
import type { UpliftJob } from "./job.ts";
import { policySpec } from "./policies/mod.ts";
import type { RunRecord } from "./record.ts";

/** Rooms that every run depends on, and those that only the lens does. */
const ROOMS = ["core", "protocol", "network", "simulation", "liquidity"];
const LENS_ROOMS = ["gbt", "learning", "planning", "lens"];
const OWN_FOLDER = "evaluation/uplift";
/** Names flags and commands, and what only looks at records: they decide nothing in a run. */
const NOT_CODE = /^(protocol\/(simulation_)?options\.ts|evaluation\/uplift\/report\/)/;
/** Read by no simple policy. */
const LENS_CODE = /^evaluation\/uplift\/policies\/ours\.ts/;

/**
 * Keeps records of runs, so that baselines need not be run again for every change of the lens. A
 * record is found again only by all that it follows from: the job, the content of the graph and
 * the source code of every room that takes part. Any change of those files, be it a comment,
 * makes a new key; a stale record can't be found.
 */
export class RunCache {
  readonly #folder: string;
  readonly #code: { simple: string; lens: string };
  readonly #graphs = new Map<string, string>();

  private constructor(folder: string, code: { simple: string; lens: string }) {
    this.#folder = folder;
    this.#code = code;
  }

  /** Opens a cache in a folder, which is made when something is kept. */
  static async open(folder: string): Promise<RunCache> {
    const simple = [...ROOMS, OWN_FOLDER];
    return new RunCache(folder, {
      simple: await codeDigest(simple, (file) => !NOT_CODE.test(file) && !LENS_CODE.test(file)),
      lens: await codeDigest([...simple, ...LENS_ROOMS], (file) => !NOT_CODE.test(file)),
    });
  }

  /** The record of a job that was run before by the same code on the same graph. */
  async find(job: UpliftJob): Promise<RunRecord | undefined> {
    const path = await this.#path(job);
    try {
      await Deno.stat(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
    return await readJson(path) as RunRecord;
  }

  /** Keeps the record of a job. */
  async keep(job: UpliftJob, record: RunRecord): Promise<void> {
    await writeFileAtomic(await this.#path(job), JSON.stringify(record));
  }

  async #path(job: UpliftJob): Promise<string> {
    const { graph, ...setup } = job.setup;
    const key = JSON.stringify([
      policySpec(job.policy).lens ? this.#code.lens : this.#code.simple,
      graph === undefined ? null : await this.#graphDigest(graph),
      Object.entries(setup).sort(([a], [b]) => a < b ? -1 : 1),
      [job.scenario, job.policy, job.seed],
    ]);
    const name = `${job.scenario}-${job.policy.replaceAll(/[^\w]/g, "_")}-${job.seed}`;
    return join(this.#folder, `${name}-${digest(key).slice(0, 16)}.json`);
  }

  async #graphDigest(path: string): Promise<string> {
    let found = this.#graphs.get(path);
    if (found === undefined) {
      const isFolder = (await Deno.stat(path)).isDirectory;
      const files = isFolder ? (await filesOf(path)).map((name) => join(path, name)) : [path];
      const hash = createHash("sha256");
      for (const file of files) hash.update(await Deno.readFile(file));
      this.#graphs.set(path, found = hash.digest("hex"));
    }
    return found;
  }
}

/**
 * Digest of the source files of folders of `lib`; of the compiled binary, what tells it from
 * others.
 */
async function codeDigest(
  folders: readonly string[],
  takesPart: (file: string) => boolean,
): Promise<string> {
  const hash = createHash("sha256");
  if (Deno.build.standalone) {
    const { size, mtime } = await Deno.stat(Deno.execPath());
    return hash.update(`${size} ${mtime?.toISOString()}`).digest("hex");
  }
  for (const folder of folders) {
    const url = new URL(`../../${folder}/`, import.meta.url);
    for (const name of await filesOf(url)) {
      const file = `${folder}/${name}`;
      if (!takesPart(file)) continue;
      hash.update(`${file}\0`).update(await Deno.readFile(new URL(name, url)));
    }
  }
  return hash.digest("hex");
}

/** Files in a folder and those within it, relative to it, sorted. */
async function filesOf(folder: string | URL, within = ""): Promise<string[]> {
  const names: string[] = [];
  const path = typeof folder === "string" ? join(folder, within) : new URL(within, folder);
  for await (const entry of Deno.readDir(path)) {
    if (entry.isFile) names.push(`${within}${entry.name}`);
    else if (entry.isDirectory) names.push(...await filesOf(folder, `${within}${entry.name}/`));
  }
  return names.sort();
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
