import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { newestFile } from "../newest_file.ts";
import { modelJson, outcomeLines, trainFromFile } from "../training.ts";

/** `train:initial`: the first model of a node, promoted without a contest. */
export async function run(
  options: CommandOptions<"train:initial">,
  { print }: CommandContext,
): Promise<void> {
  const dataDir = options["data-dir"];
  const outcome = await trainFromFile({
    dataDir,
    featuresPath: options.features ?? await newestFile(dataDir, "features"),
    trees: options.trees,
    seed: options.seed,
    initial: true,
  });
  if (options.json) {
    const { model, featuresPath: _, ...rest } = outcome;
    print(JSON.stringify({ ...rest, ...modelJson(model) }, null, 2));
  } else outcomeLines(outcome).forEach(print);
}
