import { InputError } from "../core/mod.ts";
import { type Tree, TreeBuilder } from "./tree.ts";

/** A tree of LightGBM's, node by node in the form of its JSON dump. */
export interface NodeSource {
  /** Name in messages. */
  place: string;
  root: unknown;
  /** The node that a `left_child` or `right_child` stands for. */
  child(link: unknown): unknown;
}

/** Deepest tree that is read: no model has such, only a damaged one with a circle. */
const MAX_DEPTH = 512;

/** Trees over `columns` features. @throws {InputError} */
export function linkedTrees(sources: readonly NodeSource[], columns: number): Tree[] {
  return sources.map((source) => {
    const builder = new TreeBuilder();
    new NodeReader(source, builder, columns).read(source.root, 0);
    return builder.build();
  });
}

class NodeReader {
  constructor(
    readonly source: NodeSource,
    readonly builder: TreeBuilder,
    readonly columns: number,
  ) {}

  read(value: unknown, depth: number): number {
    if (depth > MAX_DEPTH || typeof value !== "object" || value === null) {
      throw new InputError({ field: this.source.place, found: value, expected: "a node" });
    }
    const node = value as Record<string, unknown>;
    if (node.split_feature === undefined) {
      const cover = node.leaf_count === undefined ? 0 : this.#number(node, "leaf_count");
      return this.builder.addLeaf(this.#number(node, "leaf_value"), cover);
    }
    const index = this.builder.addLeaf(0, this.#number(node, "internal_count"));
    const split = this.#split(node);
    const left = this.read(this.source.child(node.left_child), depth + 1);
    const right = this.read(this.source.child(node.right_child), depth + 1);
    this.builder.split(index, { ...split, left, right });
    return index;
  }

  #split(node: Record<string, unknown>) {
    const feature = this.#number(node, "split_feature");
    if (!Number.isInteger(feature) || feature < 0 || feature >= this.columns) {
      throw this.#wrong("split_feature", feature, `a column from 0 to ${this.columns - 1}`);
    }
    if (node.decision_type !== "<=") {
      throw this.#wrong("decision_type", node.decision_type, "<=, a numerical split");
    }
    const limit = this.#number(node, "threshold");
    // LightGBM's `value <= limit` is our `value < threshold`.
    const threshold = nextAbove(limit);
    const gain = Math.max(0, this.#number(node, "split_gain"));
    return { feature, threshold, gain, missingLeft: this.#missingLeft(node, limit) };
  }

  #missingLeft(node: Record<string, unknown>, limit: number): boolean {
    const zeroGoesLeft = 0 <= limit;
    switch (node.missing_type) {
      case "NaN":
        return node.default_left === true;
      case "None":
        // It then takes NaN for 0.
        return zeroGoesLeft;
      case "Zero":
        if ((node.default_left === true) === zeroGoesLeft) return zeroGoesLeft;
        throw this.#wrong("missing_type", "Zero", "zeros on the side of their value");
      default:
        throw this.#wrong("missing_type", node.missing_type, "None, Zero or NaN");
    }
  }

  #number(node: Record<string, unknown>, name: string): number {
    const value = node[name];
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw this.#wrong(name, value, "a finite number");
  }

  #wrong(name: string, found: unknown, expected: string): InputError {
    return new InputError({ field: `${this.source.place} ${name}`, found, expected });
  }
}

/** The least number above a finite one. */
export function nextAbove(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(Float64Array.of(value).buffer);
  bits[0] += value > 0 ? 1n : -1n;
  return new Float64Array(bits.buffer)[0];
}
