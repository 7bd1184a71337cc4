import type { ExecutionView } from "./insight_api.ts";

/** What was fetched with what came over the stream since, the newest first. */
export function newestRuns(
  fetched: readonly ExecutionView[],
  live: ReadonlyMap<string, ExecutionView>,
): ExecutionView[] {
  const known = new Set(fetched.map(({ suggestion }) => suggestion.id));
  const since = [...live.values()].filter(({ suggestion }) => !known.has(suggestion.id)).reverse();
  return [
    ...since,
    ...fetched.map((run) => {
      const newer = live.get(run.suggestion.id);
      return newer === undefined || run.result !== null
        ? run
        : { ...newer, begun: run.begun, attempts: run.attempts };
    }),
  ];
}
