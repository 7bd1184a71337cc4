import { InputError } from "../core/mod.ts";
import { Booster } from "./booster.ts";
import { linkedTrees, type NodeSource } from "./lightgbm_nodes.ts";
import { lossOf } from "./loss.ts";
import type { LossSpec } from "./options.ts";
import type { Tree } from "./tree.ts";

/** What a model says of itself, in text or in JSON. */
interface Header {
  num_class?: unknown;
  num_tree_per_iteration?: unknown;
  objective?: unknown;
  average_output?: unknown;
  feature_names?: unknown;
}

/**
 * A booster from a model that LightGBM (2.3 to 4) wrote: the text of `save_model`, or the JSON of
 * `dump_model`. Predictions equal LightGBM's but for the order of rounding; plus infinity is taken
 * as missing, as everywhere here.
 *
 * @throws {InputError} for what isn't such a model, and for what has no counterpart here:
 * categorical splits, zero as missing, linear leaves, several classes, random forests, other
 * objectives than regression, regression_l1, huber, quantile, poisson, binary and cross_entropy.
 */
export function importLightGbm(model: string): Booster {
  return model.trimStart().startsWith("{") ? fromJson(model) : fromText(model);
}

function fromText(text: string): Booster {
  const [head, ...rest] = text.split(/^Tree=\d+\s*$/m);
  if (!/^tree\s/.test(head) || !/^end of trees/m.test(text)) {
    throw new InputError({
      found: text.slice(0, 40),
      expected: "a whole model file of LightGBM, from `tree` to `end of trees`",
    });
  }
  const header = members(head);
  const names = header.feature_names?.split(" ");
  const trees = rest.map((section, i) =>
    textSource(members(section.split(/^end of trees/m)[0]), i)
  );
  return assemble({ ...header, feature_names: names }, trees);
}

/** Lines `name=value`; a line without a value stands for itself. */
function members(section: string): Record<string, string> {
  return Object.fromEntries(
    section.split("\n").filter((line) => line.trim()).map((line) => {
      const at = line.indexOf("=");
      return at < 0 ? [line.trim(), "1"] : [line.slice(0, at), line.slice(at + 1).trim()];
    }),
  );
}

const MISSING_TYPES = ["None", "Zero", "NaN"] as const;

function textSource(lines: Record<string, string>, index: number): NodeSource {
  const place = `Tree=${index}`;
  const numbers = (name: string) => {
    const list = (lines[name] ?? "").split(" ").filter((word) => word !== "").map(Number);
    if (list.some(Number.isNaN)) {
      throw new InputError({ field: `${place} ${name}`, expected: "numbers" });
    }
    return list;
  };
  if (lines.is_linear === "1") throw unsupported(place, "linear leaves", "constant leaves");
  const [feature, threshold, kind, left, right, gain, count] = [
    "split_feature",
    "threshold",
    "decision_type",
    "left_child",
    "right_child",
    "split_gain",
    "internal_count",
  ].map(numbers);
  const values = numbers("leaf_value");
  const counts = numbers("leaf_count");
  // A child below zero is a leaf: its number's complement.
  const at = (child: number): unknown => {
    if (child < 0) return { leaf_value: values[~child], leaf_count: counts[~child] };
    return {
      split_feature: feature[child],
      threshold: threshold[child],
      decision_type: kind[child] & 1 ? "==" : "<=",
      default_left: (kind[child] & 2) !== 0,
      missing_type: MISSING_TYPES[(kind[child] >> 2) & 3],
      split_gain: gain[child],
      internal_count: count[child],
      left_child: left[child],
      right_child: right[child],
    };
  };
  return { place, root: at(feature.length > 0 ? 0 : -1), child: (link) => at(Number(link)) };
}

function fromJson(text: string): Booster {
  let model: Header & { tree_info?: unknown };
  try {
    model = JSON.parse(text);
  } catch (error) {
    throw new InputError({ found: String(error), expected: "a whole JSON dump of LightGBM" });
  }
  if (!Array.isArray(model.tree_info)) {
    throw new InputError({ field: "tree_info", found: model.tree_info, expected: "trees" });
  }
  const trees = model.tree_info.map((tree, i): NodeSource => ({
    place: `tree_info[${i}]`,
    root: tree?.tree_structure,
    child: (link) => link,
  }));
  return assemble(model, trees);
}

function assemble(header: Header, sources: NodeSource[]): Booster {
  const { feature_names: names } = header;
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) {
    throw new InputError({ field: "feature_names", found: names, expected: "names" });
  }
  for (const name of ["num_class", "num_tree_per_iteration"] as const) {
    if (Number(header[name] ?? 1) !== 1) throw unsupported(name, header[name], "1");
  }
  if (header.average_output) throw unsupported("average_output", "a random forest", "boosting");
  const { loss, factor } = readObjective(header.objective);
  const trees: Tree[] = linkedTrees(sources, names.length).map((tree) =>
    factor === 1 ? tree : { ...tree, value: tree.value.map((value) => value * factor) }
  );
  return new Booster({
    featureNames: names,
    loss,
    initialScore: 0,
    trees,
    minSamplesLeaf: 1,
    metrics: { name: lossOf(loss).metricName, training: [], validation: [] },
  });
}

/** The loss of an objective like `quantile alpha:0.9`, and a factor on all leaf values. */
function readObjective(objective: unknown): { loss: LossSpec; factor: number } {
  const [name, ...words] = String(objective).split(" ");
  const params = new Map(words.map((word) => word.split(":") as [string, string | undefined]));
  const alpha = Number(params.get("alpha") ?? 0.9);
  const losses: Record<string, LossSpec> = {
    regression: "squared",
    regression_l1: "absolute",
    huber: { huber: alpha },
    quantile: { pinball: alpha },
    poisson: "poisson",
    binary: "logistic",
    cross_entropy: "logistic",
  };
  const loss = losses[name];
  if (loss === undefined || params.has("sqrt")) {
    throw unsupported("objective", objective, `one of ${Object.keys(losses).join(", ")}`);
  }
  return { loss, factor: name === "binary" ? Number(params.get("sigmoid") ?? 1) : 1 };
}

function unsupported(field: string, found: unknown, expected: string): InputError {
  return new InputError({ field, found, expected });
}
