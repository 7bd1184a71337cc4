/**
 * Loads the graph named by the first argument, sends the second's number of payments over it and
 * prints the processor seconds until the first payment ended and the peak of this process's memory
 * in MB. Its own process, so that nothing else counts.
 */
import { seededRng } from "../../lib/core/mod.ts";
import { initialBalances, loadNetwork } from "../../lib/network/mod.ts";
import { cpuSeconds } from "./cpu_seconds.ts";
import { drawPayments, sendAll } from "./router_payments.ts";

const [path, count] = Deno.args;
const start = cpuSeconds();
const network = await loadNetwork(path);
const rng = seededRng(1);
const balances = initialBalances(network, rng);
const pay = (count: number) => {
  const payments = drawPayments(network, { amountSat: 100, count, rng });
  sendAll("lnd-apriori", network, { balances, payments });
};
pay(1);
const firstSeconds = cpuSeconds() - start;
pay(Number(count));
const status = await Deno.readTextFile("/proc/self/status").catch(() => "");
const peakKib = /VmHWM:\s+(\d+)/.exec(status)?.[1];
console.log(firstSeconds, peakKib ? Number(peakKib) * 1.024e-3 : Deno.memoryUsage().rss / 1e6);
