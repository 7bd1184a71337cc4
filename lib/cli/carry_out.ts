import { formatSat, LensError, MSAT_PER_SAT, RefusedError, systemClock } from "../core/mod.ts";
import type { Executor } from "../execution/mod.ts";
import {
  shortChannelId,
  snakeNames,
  type Suggestion,
  type SuggestionResult,
} from "../protocol/mod.ts";
import type { Store } from "../store/mod.ts";
import type { CommandContext } from "./command.ts";

/** Who carries out, where what was proposed is kept, and how it is told. */
interface CarryOutParts extends Pick<CommandContext, "print" | "signal"> {
  executor: Pick<Executor, "execute">;
  store: Pick<Store, "saveSuggestions">;
  json: boolean;
}

/**
 * Carries suggestions out, one after the other until the signal, and tells what came of them.
 *
 * @throws {RefusedError} when all of them were refused
 * @throws {LensError} when they failed: who calls it from a timer has to hear that nothing was moved
 */
export async function carryOut(
  suggestions: readonly Suggestion[],
  { executor, store, print, signal, json }: CarryOutParts,
): Promise<void> {
  await store.saveSuggestions(systemClock.nowMs(), suggestions);
  const results: SuggestionResult[] = [];
  for (const suggestion of suggestions) {
    if (signal.aborted) break;
    const result = await executor.execute(suggestion);
    results.push(result);
    if (!json) print(resultLine(suggestion, result));
  }
  const spentMsat = results.reduce((sum, { feeMsat }) => sum + feeMsat, 0);
  const movedMsat = results.reduce((sum, { amountMsat }) => sum + amountMsat, 0);
  if (json) print(JSON.stringify(snakeNames({ results }), null, 2));
  else {
    print(
      `Moved ${formatSat(movedMsat / MSAT_PER_SAT)} for ${formatSat(spentMsat / MSAT_PER_SAT)}`,
    );
  }
  if (movedMsat === 0 && results.length > 0) throw nothingMoved(results);
}

function nothingMoved(results: readonly SuggestionResult[]): LensError {
  const refused = results.filter(({ status }) => status === "refused").length;
  const failed = results.length - refused;
  return failed === 0
    ? new RefusedError(`nothing was moved: ${refused} refused`)
    : new LensError(`nothing was moved: ${failed} failed, ${refused} refused`);
}

/** What became of a suggestion, for people. */
export function resultLine(suggestion: Suggestion, result: SuggestionResult): string {
  const way = `${shortChannelId(suggestion.sourceChannel)} -> ${
    shortChannelId(suggestion.targetChannel)
  }`;
  const { status, amountMsat, feeMsat, attempts, reason } = result;
  return `${way}: ${status}, ${formatSat(amountMsat / MSAT_PER_SAT)} for ${
    formatSat(feeMsat / MSAT_PER_SAT)
  } in ${attempts} ${attempts === 1 ? "attempt" : "attempts"}${reason ? ` (${reason})` : ""}`;
}
