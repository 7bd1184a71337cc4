import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { newestFeaturesFile } from "../newest_features.ts";
import { modelJson, outcomeLines, trainFromFile } from "../training.ts";

/** `train:initial`: the first model of a node, promoted without a contest. */
export async function run(
  options: CommandOptions<"train:initial">,
  { print }: CommandContext,
): Promise<void> {
  const dataDir = options["data-dir"];
  const outcome = await trainFromFile({
    dataDir,
    featuresPath: options.features ?? await newestFeaturesFile(dataDir),
    trees: options.trees,
    seed: options.seed,
    initial: true,
  });
  if (options.json) {
    const { model, featuresPath: _, ...rest } = outcome;
    print(JSON.stringify({ ...rest, ...modelJson(model) }, null, 2));
  } else outcomeLines(outcome).forEach(print);
}
