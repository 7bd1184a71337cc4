import { join } from "node:path";
import { LensClient, stayConnected } from "../../client/mod.ts";
import { formatSat, MSAT_PER_SAT, seededRng, setUpLogging, systemClock } from "../../core/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { openLens } from "../lens_setup.ts";
import { stoppedAfter } from "../until_stopped.ts";

/** Name of the log file in the working directory. */
const LOG_FILE = "lightning_lens_ws.log";

/** `client`: follows a simulation by WebSocket until it is told to stop. */
export async function run(
  options: CommandOptions<"client">,
  { print, signal }: CommandContext,
): Promise<void> {
  const { uri, minutes } = options;
  await setUpLogging({ file: LOG_FILE, verbose: options.verbose });
  const { lens, modelId, follow } = await openLens({
    folder: options["data-dir"],
    model: options.model,
    seed: options.seed,
    clock: systemClock,
  });
  const client = new LensClient({ engine: lens, clock: systemClock });
  print(`Model: ${modelId}   Simulation: ${uri}`);
  print(`Log: ${join(Deno.cwd(), LOG_FILE)}; stop with Ctrl-C`);
  const ended = new AbortController();
  const following = follow(ended.signal);
  try {
    await stayConnected(client, {
      uri,
      clock: systemClock,
      rng: seededRng(options.seed).fork("reconnect"),
      signal: stoppedAfter(minutes, signal),
    });
  } finally {
    ended.abort();
    await following;
  }
  const { counts, book } = client;
  print(
    `Heard ${counts.events} events in ${counts.messages} messages (${counts.rubbish} not understood); ` +
      `${book.counts.sent} suggestions sent: ${book.counts.applied} applied for ${
        formatSat(book.counts.feesPaidMsat / MSAT_PER_SAT)
      }, ${book.counts.refused} refused, ${book.counts.failed} failed, ${
        book.counts.expired + book.open
      } unanswered.`,
  );
}
