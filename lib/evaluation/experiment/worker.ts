/** One thread of an experiment. */
import { serveJobs } from "../../core/mod.ts";
import { runArm } from "./run.ts";

serveJobs(runArm);
