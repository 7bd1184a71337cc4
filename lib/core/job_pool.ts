import { LensError } from "./errors.ts";

/** What a worker answers: a result, an error for users, or the stack of a fault of the code. */
type Answer<Result> = { result: Result } | { message: string; exitCode: number } | {
  stack: string;
};

/** How {@linkcode runJobs} runs. */
export interface JobPoolOptions<Result> {
  /** The module that each thread runs; it calls {@linkcode serveJobs}. */
  script: URL;
  /** Threads, 1 or more. */
  workers: number;
  /** Told of each result as it comes: out of order. */
  onResult?: (result: Result, index: number) => void;
  /** Ends all threads when it aborts. */
  signal?: AbortSignal;
}

/**
 * Runs jobs in module workers. Each job is run by one thread, alone; the results stand in the
 * order of the jobs, so that they are the same whatever the number of threads.
 *
 * @param jobs plain data, as are the results
 * @throws {LensError} the first that a job ends with
 */
export async function runJobs<Job, Result>(
  jobs: readonly Job[],
  { script, workers, onResult, signal }: JobPoolOptions<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(jobs.length);
  const failed = new AbortController();
  const stop = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
  let next = 0;
  const runThread = async () => {
    const worker = new Worker(script, { type: "module" });
    try {
      while (next < jobs.length) {
        stop.throwIfAborted();
        const index = next++;
        results[index] = await ask<Job, Result>(worker, jobs[index], stop);
        onResult?.(results[index], index);
      }
    } catch (error) {
      failed.abort(error);
      throw error;
    } finally {
      worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, runThread));
  return results;
}

function ask<Job, Result>(worker: Worker, job: Job, stop: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(stop.reason);
    stop.addEventListener("abort", onAbort, { once: true });
    worker.onmessage = ({ data }: MessageEvent<Answer<Result>>) => {
      stop.removeEventListener("abort", onAbort);
      if ("result" in data) resolve(data.result);
      else if ("stack" in data) reject(new Error(`in a worker: ${data.stack}`));
      else reject(new JobError(data.message, data.exitCode));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      stop.removeEventListener("abort", onAbort);
      reject(new Error(`in a worker: ${event.message}`));
    };
    worker.postMessage(job);
  });
}

/** An error for users that a job ended with, as it was in its thread. */
class JobError extends LensError {
  constructor(message: string, override readonly exitCode: number) {
    super(message);
  }
}

/** Makes the module that calls it do jobs for {@linkcode runJobs}. */
export function serveJobs<Job, Result>(run: (job: Job) => Promise<Result> | Result): void {
  const scope = self as unknown as {
    onmessage: (event: MessageEvent<Job>) => void;
    postMessage(answer: Answer<Result>): void;
  };
  scope.onmessage = async ({ data }) => {
    try {
      scope.postMessage({ result: await run(data) });
    } catch (error) {
      if (error instanceof LensError) {
        const { message, exitCode } = error;
        scope.postMessage({ message, exitCode });
      } else {
        const stack = error instanceof Error ? error.stack ?? error.message : String(error);
        scope.postMessage({ stack });
      }
    }
  };
}
