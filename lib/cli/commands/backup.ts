import { formatBytes, systemClock } from "../../core/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import { backUpStore } from "../../store/mod.ts";
import type { CommandContext } from "../command.ts";

/** `backup`: copies the store of the data folder, also while a server works with it. */
export async function run(
  options: CommandOptions<"backup">,
  { print }: CommandContext,
): Promise<void> {
  const backup = await backUpStore(options["data-dir"], {
    timeMs: systemClock.nowMs(),
    keep: options["keep-backups"],
  });
  if (options.json) return print(JSON.stringify(backup, null, 2));
  print(`${backup.path}  ${formatBytes(backup.bytes)}`);
  for (const path of backup.removed) print(`removed ${path}`);
}
