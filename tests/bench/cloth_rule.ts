/**
 * Loads the graph in the folder named by the first argument, sends the third's number of payments of
 * the second's satoshis over it by CLoTH's rule, and prints the processor seconds of this whole
 * process. Its own process, as CLoTH is one.
 */
import { loadNetwork } from "../../lib/network/mod.ts";
import { cpuSeconds } from "./cpu_seconds.ts";
import { payByClothsRule, paymentsByClothsRule } from "./router_payments.ts";

const [folder, amountSat, count] = Deno.args;
const network = await loadNetwork(folder);
const sizes = { amountSat: Number(amountSat), count: Number(count) };
payByClothsRule(network, paymentsByClothsRule(network, sizes));
console.log(cpuSeconds());
