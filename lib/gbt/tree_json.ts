import { InputError } from "../core/mod.ts";
import { MISSING_FROM } from "./matrix.ts";
import { type Tree, TreeBuilder } from "./tree.ts";

/**
 * A node in ml-cart's form: a row goes left where its value is less than `splitValue`, a leaf
 * predicts its `distribution`.
 */
export interface CartNode {
  splitColumn?: number;
  splitValue?: number;
  gain?: number;
  left?: CartNode;
  right?: CartNode;
  distribution?: number;
  /** Rows of the training data that reached the node. */
  numberSamples?: number;
  /**
   * `left` where missing values go left. ml-cart's question sends them right, so the right child
   * is then a second question, whether the value is present at all (`splitValue` is the largest
   * number), and that one's right child repeats this node's left child. ml-cart, which knows
   * nothing of this member, predicts the same.
   */
  missing?: "left";
}

/** A tree that `DecisionTreeRegression.load` of ml-cart reads. */
export interface CartTree {
  name: "DTRegression";
  options: {
    kind: "regression";
    gainFunction: "regression";
    splitFunction: "mean";
    minNumSamples: number;
    maxDepth: number;
  };
  root: CartNode;
}

/** Deepest nesting that is read: far beyond what is grown, short of what overflows a stack. */
const MAX_NESTING = 512;

/** A tree in ml-cart's form. `minSamplesLeaf` is told to ml-cart; predictions don't depend on it. */
export function treeToCart(tree: Tree, minSamplesLeaf: number): CartTree {
  return {
    name: "DTRegression",
    options: {
      kind: "regression",
      gainFunction: "regression",
      splitFunction: "mean",
      minNumSamples: minSamplesLeaf,
      maxDepth: MAX_NESTING,
    },
    root: nodeToCart(tree, 0),
  };
}

function nodeToCart(tree: Tree, node: number): CartNode {
  const numberSamples = tree.cover[node];
  const splitColumn = tree.feature[node];
  if (splitColumn < 0) return { distribution: tree.value[node], numberSamples };
  const left = nodeToCart(tree, tree.left[node]);
  const right = nodeToCart(tree, tree.right[node]);
  const question = { splitColumn, splitValue: tree.threshold[node], gain: tree.gain[node] };
  if (!tree.missingLeft[node]) return { ...question, numberSamples, left, right };
  return {
    ...question,
    numberSamples,
    missing: "left",
    left,
    right: { splitColumn, splitValue: MISSING_FROM, gain: 0, left: right, right: left },
  };
}

/**
 * A tree from ml-cart's form, ours or what ml-cart's own training made.
 *
 * @param place Name of the tree in messages: `trees[3]`.
 * @throws {InputError} for whatever is not such a tree over `columns` features.
 */
export function treeFromCart(value: unknown, columns: number, place: string): Tree {
  const tree = objectAt(value, place);
  if (tree.name !== "DTRegression") {
    throw new InputError({
      field: `${place}.name`,
      found: tree.name,
      expected: "DTRegression, a regression tree of ml-cart",
    });
  }
  const builder = new TreeBuilder();
  readNode(tree.root, { builder, columns, place: `${place}.root`, nesting: 0 });
  return builder.build();
}

interface Reading {
  builder: TreeBuilder;
  columns: number;
  place: string;
  nesting: number;
}

function readNode(value: unknown, at: Reading): number {
  const { builder, columns, place } = at;
  if (at.nesting > MAX_NESTING) {
    throw new InputError({ field: place, expected: `at most ${MAX_NESTING} nested splits` });
  }
  const node = objectAt(value, place);
  // ml-cart's trained nodes leave the count out of leaves.
  const cover = node.numberSamples === undefined
    ? 0
    : numberAt(node.numberSamples, `${place}.numberSamples`);
  if (node.distribution !== undefined) {
    return builder.addLeaf(numberAt(node.distribution, `${place}.distribution`), cover);
  }
  const feature = numberAt(node.splitColumn, `${place}.splitColumn`);
  if (!Number.isInteger(feature) || feature < 0 || feature >= columns) {
    throw new InputError({
      field: `${place}.splitColumn`,
      found: feature,
      expected: `a column from 0 to ${columns - 1}`,
    });
  }
  const threshold = numberAt(node.splitValue, `${place}.splitValue`);
  const gain = numberAt(node.gain ?? 0, `${place}.gain`);
  const missingLeft = node.missing === "left";
  const rightNode = missingLeft ? presentBranch(node, feature, place) : node.right;
  const index = builder.addLeaf(0, cover);
  const below = at.nesting + 1;
  const left = readNode(node.left, { ...at, place: `${place}.left`, nesting: below });
  const right = readNode(rightNode, { ...at, place: `${place}.right`, nesting: below });
  builder.split(index, { feature, threshold, missingLeft, gain, left, right });
  return index;
}

/** The right child proper of a node whose missing values go left; checks the form around it. */
function presentBranch(node: Record<string, unknown>, feature: number, place: string): unknown {
  const question = objectAt(node.right, `${place}.right`);
  const whole = question.splitColumn === feature && question.splitValue === MISSING_FROM &&
    JSON.stringify(question.right) === JSON.stringify(node.left);
  if (!whole) {
    throw new InputError({
      field: `${place}.right`,
      found: "something else",
      expected: "a question for the missing value that ends in a repetition of the left child",
    });
  }
  return question.left;
}

function objectAt(value: unknown, place: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new InputError({ field: place, found: value, expected: "an object" });
}

function numberAt(value: unknown, place: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new InputError({ field: place, found: value, expected: "a finite number" });
}
