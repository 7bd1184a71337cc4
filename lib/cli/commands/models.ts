import { formatSat, isoTime, systemClock, textTable, UsageError } from "../../core/mod.ts";
import { horizonText, ModelRegistry, type RegistryEntry } from "../../learning/mod.ts";
import type { CommandOptions } from "../../protocol/mod.ts";
import type { CommandContext } from "../command.ts";
import { lossComparison, modelJson, modelLines } from "../training.ts";

/** `models`: lists, shows, promotes and rolls back. */
export async function run(
  options: CommandOptions<"models">,
  { args: [action = "list", id, ...more], print }: CommandContext,
): Promise<void> {
  const registry = new ModelRegistry(options["data-dir"]);
  const takesId = action === "show" || action === "promote";
  if (more.length > 0 || (!takesId && id !== undefined)) {
    throw new UsageError(`models ${action}: found ${more[0] ?? id}, expected nothing more`);
  }
  const json = (value: unknown) => print(JSON.stringify(value, null, 2));
  const atMs = systemClock.nowMs();
  switch (action) {
    case "list": {
      const entries = await registry.list();
      return options.json ? json(entries.map(entryJson)) : listLines(entries).forEach(print);
    }
    case "show": {
      const model = await registry.show(id ?? await championId(registry));
      return options.json ? json(modelJson(model)) : modelLines(model).forEach(print);
    }
    case "promote": {
      if (id === undefined) throw new UsageError("models promote: expected the ID of a model");
      await registry.promote(id, { atMs });
      return options.json ? json({ champion: id }) : print(`${id} is the champion now.`);
    }
    case "rollback": {
      const champion = await registry.rollback({ atMs });
      return options.json ? json({ champion }) : print(`${champion} is the champion again.`);
    }
    default:
      throw new UsageError(
        `models: found ${JSON.stringify(action)}, expected list, show, promote or rollback`,
      );
  }
}

async function championId(registry: ModelRegistry): Promise<string> {
  const id = await registry.championId();
  if (id === undefined) throw new UsageError("models show: expected the ID of a model");
  return id;
}

function listLines(entries: readonly RegistryEntry[]): string[] {
  if (entries.length === 0) {
    return ["No models yet: run `train:initial` (after `generate` and `features`)."];
  }
  const rows = entries.map(({ id, champion, model, fault }) => {
    if (model === undefined) return [champion ? "*" : "", id, "", "", "", "", fault ?? ""];
    const { test } = model.metrics;
    return [
      champion ? "*" : "",
      id,
      horizonText(model.horizonMs),
      String(model.meta.data.rows),
      formatSat(test.model.pinballSat),
      lossComparison(test.model.pinballSat, test.ewma_fitted.pinballSat),
      model.meta.parent ?? "",
    ];
  });
  return [
    ...textTable(["", "model", "horizon", "rows", "pinball loss", "than baseline", "parent"], rows),
    "",
    "* the champion, which serves. Baseline: the channel's own weighted mean, fitted.",
  ];
}

function entryJson({ id, path, champion, model, fault }: RegistryEntry): Record<string, unknown> {
  if (model === undefined) return { id, path, champion, fault };
  return {
    id,
    path,
    champion,
    created_at: isoTime(model.meta.createdMs),
    horizon_hours: model.horizonMs / 3_600_000,
    rows: model.meta.data.rows,
    parent: model.meta.parent,
    pinball_sat: model.metrics.test.model.pinballSat,
    baseline_pinball_sat: model.metrics.test.ewma_fitted.pinballSat,
    coverage: model.metrics.test.model.coverage,
  };
}
