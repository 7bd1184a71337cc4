import { InputError, readJson, writeFileAtomic } from "../core/mod.ts";
import type { Simulation } from "./simulation.ts";
import type { SimulationState } from "./simulation_state.ts";

const FORMAT = "lightning-lens-simulation";
/** Counts up when states change their form. */
const VERSION = 2;

/** What a snapshot's file holds, as gzip JSON. */
interface SnapshotFile {
  format: typeof FORMAT;
  version: typeof VERSION;
  state: SimulationState;
}

/**
 * Writes the whole state of a simulation to a file (gzip JSON), all or nothing: balances, HTLCs in
 * flight, what is due, chance, what senders know, accounts.
 *
 * @throws {Error} as {@linkcode Simulation.save}
 */
export async function writeSnapshot(path: string, simulation: Simulation): Promise<void> {
  const file: SnapshotFile = { format: FORMAT, version: VERSION, state: simulation.save() };
  const zipped = new Blob([JSON.stringify(file)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  await writeFileAtomic(path, new Uint8Array(await new Response(zipped).arrayBuffer()));
}

/**
 * Lets a simulation that was made with the same options, and has not run yet, go on where a
 * snapshot was taken: from there it gives the same events, byte by byte.
 *
 * @throws {InputError} for a file that is missing, damaged, no snapshot, of another version, or of
 *   another simulation
 */
export async function readSnapshot(path: string, simulation: Simulation): Promise<void> {
  const file = await readJson(path);
  const found = headOf(file);
  if (!isSnapshot(file)) {
    throw new InputError({ file: path, found, expected: `a ${FORMAT} of version ${VERSION}` });
  }
  try {
    simulation.load(file.state);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InputError({ file: path, found, expected: `another simulation: ${error.message}` });
  }
}

function isSnapshot(file: unknown): file is SnapshotFile {
  return typeof file === "object" && file !== null && "state" in file &&
    "format" in file && file.format === FORMAT && "version" in file && file.version === VERSION;
}

function headOf(file: unknown): string {
  if (typeof file !== "object" || file === null || !("format" in file)) return "something else";
  return `${file.format} of version ${"version" in file ? file.version : "unknown"}`;
}
