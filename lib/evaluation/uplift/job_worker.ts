/** One thread of an experiment: runs the jobs it is sent, each on a graph that is read once. */
import { serveJobs } from "../../core/mod.ts";
import type { Network } from "../../network/mod.ts";
import { runJob, type UpliftJob } from "./job.ts";
import type { RunRecord } from "./record.ts";
import { upliftGraph } from "./world.ts";

const graphs = new Map<string, Promise<Network>>();

serveJobs(async (job: UpliftJob): Promise<RunRecord> => {
  const key = JSON.stringify([job.setup.graph, job.setup.nodes]);
  let graph = graphs.get(key);
  if (graph === undefined) graphs.set(key, graph = upliftGraph(job.setup));
  return runJob(job, await graph);
});
