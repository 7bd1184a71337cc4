import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { newestFile } from "../newest_file.ts";
import { modelJson, outcomeLines, trainFromFile } from "../training.ts";

/** `train`: a model from a features file, promoted when it is better than the champion. */
export async function run(
  options: CommandOptions<"train">,
  { print }: CommandContext,
): Promise<void> {
  const dataDir = options["data-dir"];
  const outcome = await trainFromFile({
    dataDir,
    featuresPath: options.data ?? await newestFile(dataDir, "features"),
    trees: options.trees,
    seed: options.seed,
    initial: false,
  });
  if (options.json) {
    const { model, featuresPath: _, ...rest } = outcome;
    print(JSON.stringify({ ...rest, ...modelJson(model) }, null, 2));
  } else outcomeLines(outcome).forEach(print);
}
