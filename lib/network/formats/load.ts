import { InputError, readTextMaybeGzip } from "../../core/mod.ts";
import { readClothFolder } from "./cloth_csv.ts";
import { networkFromListchannels } from "./core_lightning.ts";
import { networkFromDescribegraph } from "./describegraph.ts";
import type { OnFault } from "./json_members.ts";
import type { Network } from "../network.ts";
import { readNetworkCsv } from "./network_csv.ts";

/** How a network is read. */
export interface LoadOptions {
  /** Told of each node or channel that is left out; without it the first fault is thrown. */
  skipInvalid?: OnFault;
}

/**
 * Reads a channel graph: LND's `describegraph` JSON, Core Lightning's `listchannels` JSON or CSV
 * (see `CHANNEL_COLUMNS`), plain or gzip, or a folder with CLoTH's three CSV files. What it is follows from its content, not from its name.
 *
 * @throws {InputError} naming file, line or member, what was found and what was expected; also
 *   for a file that is empty, damaged or of another kind, and for a graph without channels
 */
export async function loadNetwork(path: string, options: LoadOptions = {}): Promise<Network> {
  const network = await isFolder(path)
    ? await readClothFolder(path, options.skipInvalid)
    : await readFile(path, options.skipInvalid);
  if (network.channelCount === 0) {
    throw new InputError({ file: path, found: "no channels", expected: "at least one" });
  }
  return network;
}

async function isFolder(path: string): Promise<boolean> {
  return await Deno.stat(path).then((info) => info.isDirectory, () => false);
}

async function readFile(path: string, skipInvalid?: OnFault): Promise<Network> {
  const content = await readTextMaybeGzip(path);
  return /^\s*[[{]/.test(content)
    ? networkFromJson(parseJson(content, path), path, skipInvalid)
    : await readNetworkCsv(path, skipInvalid);
}

function networkFromJson(value: unknown, path: string, skipInvalid?: OnFault): Network {
  return typeof value === "object" && value !== null && "channels" in value
    ? networkFromListchannels(value, path, skipInvalid)
    : networkFromDescribegraph(value, path, skipInvalid);
}

function parseJson(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    const position = Number(/position (\d+)/.exec(String(error))?.[1] ?? content.length);
    throw new InputError({
      file,
      line: content.slice(0, position).split("\n").length,
      found: content.slice(Math.max(0, position - 20), position + 20),
      expected: "JSON",
    });
  }
}
