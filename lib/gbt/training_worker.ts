import { findBins } from "./bin_edges.ts";
import { packBins } from "./bin_words.ts";
import { SOLO } from "./grower.ts";
import { shareStart } from "./kernels.ts";
import { PlainKernels } from "./plain_kernels.ts";
import { SharedTeam } from "./shared_team.ts";
import { StageRecord } from "./stage_record.ts";
import { runStages } from "./stages.ts";
import type { PoolAnswer, PoolRequest } from "./training_pool.ts";
import { WasmKernels } from "./wasm_kernels.ts";

/** What a worker's global object has that a page's has not. */
const worker = globalThis as unknown as {
  onmessage: (event: MessageEvent<PoolRequest>) => void;
  postMessage(answer: PoolAnswer): void;
};

worker.onmessage = ({ data: request }) => {
  try {
    if (request.kind === "bins") {
      const { x, bins, from, to } = request;
      worker.postMessage({ kind: "bins", bins: findBins(x, bins, from, to) });
    } else {
      worker.postMessage(train(request));
    }
  } catch (error) {
    worker.postMessage({ kind: "failed", message: String(error) });
  }
};

function train(request: Extract<PoolRequest, { kind: "train" }>): PoolAnswer {
  const { thread, plan, shape, arena, x, startScores, y, weight, validation } = request;
  const kernels = arena ? new WasmKernels(shape, arena, thread) : new PlainKernels(shape);
  const team = arena ? new SharedTeam(arena, thread, shape.threads) : SOLO;
  const from = shareStart(0, x.rows, thread, shape.threads);
  const to = shareStart(0, x.rows, thread + 1, shape.threads);
  const { arrays } = kernels;
  packBins(x, plan.bins, arrays.words, from, to);
  arrays.score.set(startScores.subarray(from, to), from);
  arrays.target.set(y.subarray(from, to), from);
  if (weight) arrays.weight.set(weight.subarray(from, to), from);
  team.meet();
  const record = new StageRecord(plan.options, validation);
  runStages(plan, { kernels, team }, (tree, stage, metric) => {
    worker.postMessage({ kind: "stage", trees: stage + 1 });
    return record.add(tree, metric);
  });
  return { kind: "done", result: thread === 0 ? record.result() : undefined };
}
