// @ts-types="@types/cli-progress"
import cliProgress from "cli-progress";

/** Progress of one piece of long work. */
export interface Progress {
  /** `done` of the total, with a word on what is happening. */
  update(done: number, note?: string): void;
  stop(): void;
}

/** Makes a {@linkcode Progress}; passed to whatever takes long. */
export type ProgressFactory = (what: string, total: number) => Progress;

/** Shows nothing: for tests, for pipes and inside servers. */
export const silentProgress: ProgressFactory = () => ({ update: () => {}, stop: () => {} });

/** A bar on standard error when that is a terminal, nothing otherwise. */
export const terminalProgress: ProgressFactory = (what, total) => {
  if (!Deno.stderr.isTerminal()) return silentProgress(what, total);
  const bar = new cliProgress.SingleBar({
    format: `${what} {bar} {percentage} % {note}`,
    barsize: 30,
    hideCursor: true,
    clearOnComplete: true,
    stopOnComplete: false,
  }, cliProgress.Presets.shades_classic);
  bar.start(total, 0, { note: "" });
  return {
    update: (done, note = "") => bar.update(done, { note }),
    stop: () => bar.stop(),
  };
};
