// The JavaScript peer of the boosted trees, driven line by line as gbt_peers.py is. Run by Node in
// a folder where the npm package ml-xgboost is installed: it doesn't load in Deno.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const XGBoost = await createRequire(`${process.cwd()}/`)("ml-xgboost");

function numbers(path) {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
}

function rows(path, count) {
  const data = numbers(path);
  const columns = data.length / count;
  return Array.from(
    { length: count },
    (_, r) => Array.from(data.subarray(r * columns, (r + 1) * columns)),
  );
}

function train({ data, options }) {
  const y = Array.from(numbers(`${data}.train_y`));
  const x = rows(`${data}.train_x`, y.length);
  const start = performance.now();
  const model = new XGBoost({
    booster: "gbtree",
    objective: "reg:linear",
    max_depth: 5,
    eta: options.learningRate,
    min_child_weight: options.minSamplesLeaf,
    subsample: 1,
    colsample_bytree: 1,
    iterations: options.trees,
    silent: 1,
  });
  model.train(x, y);
  const seconds = (performance.now() - start) / 1000;
  const target = numbers(`${data}.test_y`);
  const predicted = model.predict(rows(`${data}.test_x`, target.length));
  const squares = predicted.reduce((sum, value, r) => sum + (value - target[r]) ** 2, 0);
  return { seconds, rmse: Math.sqrt(squares / target.length) };
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(train(JSON.parse(line))));
}
