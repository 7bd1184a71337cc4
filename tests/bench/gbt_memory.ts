/**
 * Trains once on the data named by the first argument with the second's number of threads and
 * prints the peak of this process's memory in MiB. Its own process, so that nothing else counts.
 */
import { TrainingPool } from "../../lib/gbt/mod.ts";
import { readSplit } from "./gbt_data.ts";

const [path, threads] = Deno.args;
const { train } = await readSplit(path);
const pool = new TrainingPool({ threads: Number(threads) });
await pool.train(train);
pool.close();
const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
const peakKib = /VmHWM:\s+(\d+)/.exec(status)?.[1];
console.log(peakKib ? Number(peakKib) / 1024 : Deno.memoryUsage().rss / 2 ** 20);
