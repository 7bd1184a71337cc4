import assert from "node:assert/strict";
import { EXIT, LensError, runJobs } from "../../lib/core/mod.ts";

const script = new URL("./job_pool_worker.ts", import.meta.url);

Deno.test("runJobs: results in the order of the jobs, the same with 1, 2 and 5 threads", async () => {
  for (const workers of [1, 2, 5]) {
    const seen: number[] = [];
    const onResult = (_: number, index: number) => seen.push(index);
    const results = await runJobs([3, 1, 4, 1, 5], { script, workers, onResult });
    assert.deepEqual(results, [9, 1, 16, 1, 25]);
    assert.deepEqual(seen.toSorted(), [0, 1, 2, 3, 4]);
  }
  assert.deepEqual(await runJobs([], { script, workers: 2 }), []);
});

Deno.test("runJobs: an error for users keeps its message and exit code", async () => {
  await assert.rejects(
    runJobs([2, -1, 3], { script, workers: 2 }),
    (error) =>
      error instanceof LensError && error.exitCode === EXIT.refused &&
      error.message === "no negative numbers",
  );
});

Deno.test("runJobs: a fault of the code comes with its stack", async () => {
  await assert.rejects(runJobs([-2], { script, workers: 1 }), /in a worker: Error: a fault\n/);
});

Deno.test("runJobs ends its threads when it is stopped, though a job never ends", async () => {
  const stop = new AbortController();
  const running = runJobs([1e9, 2], {
    script,
    workers: 2,
    signal: stop.signal,
    onResult: () => stop.abort(new Error("stopped")),
  });
  await assert.rejects(running, /stopped/);
});
