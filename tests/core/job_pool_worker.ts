/** Squares numbers; ends badly where a test asks for it. */
import { LensError, RefusedError, serveJobs } from "../../lib/core/mod.ts";

serveJobs((job: number) => {
  if (job === -1) throw new RefusedError("no negative numbers");
  if (job === -2) throw new Error("a fault");
  if (job === -3) throw new LensError("plain");
  return job === 1e9 ? new Promise<number>(() => {}) : job * job;
});
