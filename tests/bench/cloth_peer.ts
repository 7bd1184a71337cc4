import { loadNetwork } from "../../lib/network/mod.ts";
import { type BenchRow, median } from "./bench_row.ts";
import { printedBy } from "./own_process.ts";
import {
  type BenchPayment,
  payByClothsRule,
  paymentsByClothsRule,
  summaryOf,
} from "./router_payments.ts";

/**
 * What is compared: amounts as CLoTH's benchmarks have them, and how many payments each side pays.
 * At the largest amount payments get harder as channels empty: there both pay all.
 */
const CASES = [
  { amountSat: 100, ours: 100_000, theirs: 1000 },
  { amountSat: 50_000, ours: 4000, theirs: 500 },
  { amountSat: 500_000, ours: 4000, theirs: 4000 },
];
const FILES = ["nodes_ln.csv", "channels_ln.csv", "edges_ln.csv"];

/** A payment of CLoTH's output. */
interface TheirPayment {
  settled: boolean;
  attempts: number;
  feeMsat: number;
}

/**
 * CLoTH's rule on its own graph and payments, in both: processor seconds of a whole process that
 * reads the graph and pays, in turn. CLoTH is slow: at small amounts it pays fewer of the same payments, and
 * its time for all of them is reckoned from that for these, and from that for one alone, which is
 * its loading.
 *
 * @param folder with the program `cloth` and its graph
 */
export async function compareWithCloth(
  report: (row: BenchRow) => void,
  folder: string,
  { quick }: { quick: boolean },
): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "cloth-" });
  try {
    for (const name of FILES) await Deno.copyFile(`${folder}/${name}`, `${work}/${name}`);
    const peer = `${await Deno.realPath(folder)}/cloth`;
    for (const sizes of CASES) {
      const share = quick ? 10 : 1;
      const scaled = { ...sizes, ours: sizes.ours / share, theirs: sizes.theirs / share };
      await compareAmount(report, { peer, work }, { ...scaled, runs: quick ? 1 : 3 });
    }
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function compareAmount(
  report: (row: BenchRow) => void,
  { peer, work }: { peer: string; work: string },
  sizes: { amountSat: number; ours: number; theirs: number; runs: number },
): Promise<void> {
  const { amountSat, ours, theirs, runs } = sizes;
  const network = await loadNetwork(work);
  const payments = paymentsByClothsRule(network, { amountSat, count: theirs });
  const speeds: number[][] = [];
  let found: TheirPayment[] = [];
  for (let run = 0; run < runs; run++) {
    const ourSeconds = Number(await printedBy("./cloth_rule.ts", [work, amountSat, ours]));
    const loading = await payTheirs(peer, work, payments.slice(0, 1));
    const paying = await payTheirs(peer, work, payments);
    found = paying.payments;
    const each = (paying.cpuSeconds - loading.cpuSeconds) / (theirs - 1);
    speeds.push([ours / ourSeconds, ours / (loading.cpuSeconds + each * (ours - 1))]);
  }
  const same = payByClothsRule(network, payments);
  const name = `${amountSat} sat, CLoTH's graph and rule`;
  const ratios = speeds.map(([a, b]) => a / b);
  const row = { bench: "simulation", peer: "CLoTH", runs };
  report({
    ...row,
    case: `${name}: all-in, ${ours} payments, CLoTH's from ${theirs}`,
    metric: "payments",
    unit: "/cpu s",
    value: median(speeds.map(([value]) => value)),
    peer_value: median(speeds.map(([, value]) => value)),
    ratio: median(ratios),
    min: Math.min(...ratios),
    max: Math.max(...ratios),
  });
  const both = found.map(({ settled }, index) => settled && same.feesMsat[index] !== undefined);
  const mean = (fees: (number | undefined)[]) =>
    fees.reduce<number>((sum, fee, i) => sum + (both[i] ? fee ?? 0 : 0), 0) /
    both.filter(Boolean).length;
  const compared: [string, string, number, number][] = [
    ["success rate", "", summaryOf(same).success, found.filter((p) => p.settled).length / theirs],
    [
      "attempts a payment",
      "",
      summaryOf(same).attempts,
      found.reduce((sum, payment) => sum + payment.attempts, 0) / theirs,
    ],
    ["mean fee where both settle", "msat", mean(same.feesMsat), mean(found.map((p) => p.feeMsat))],
  ];
  for (const [metric, unit, value, peerValue] of compared) {
    report({
      ...row,
      case: `${name}: the same ${theirs} payments`,
      metric,
      unit,
      value,
      peer_value: peerValue,
      runs: 1,
      min: value,
      max: value,
    });
  }
}

/** Runs CLoTH on payments, in a folder with its graph. */
async function payTheirs(peer: string, work: string, payments: readonly BenchPayment[]) {
  const rows = payments.map(({ sender, receiver, amountMsat, timeMs }, id) =>
    `${id},${sender},${receiver},${amountMsat},${timeMs}`
  );
  await Deno.writeTextFile(
    `${work}/pay.csv`,
    ["id,sender_id,receiver_id,amount,start_time", ...rows, ""].join("\n"),
  );
  await Deno.writeTextFile(`${work}/cloth_input.txt`, clothInput(payments.length));
  await Deno.mkdir(`${work}/out`, { recursive: true });
  const { success, stderr } = await new Deno.Command("bash", {
    args: ["-c", `TIMEFORMAT='%U %S'; time "$0" out/ > out/log.txt`, peer],
    cwd: work,
    env: { GSL_RNG_SEED: "1992" },
  }).output();
  const said = new TextDecoder().decode(stderr).trim();
  if (!success) throw new Error(`CLoTH failed: ${said}`);
  const [user, system] = said.split("\n").at(-1)!.split(" ").map(Number);
  const output = await Deno.readTextFile(`${work}/out/payments_output.csv`);
  return { cpuSeconds: user + system, payments: theirPayments(output) };
}

function clothInput(count: number): string {
  return [
    "generate_network_from_file=true",
    "nodes_filename=nodes_ln.csv",
    "channels_filename=channels_ln.csv",
    "edges_filename=edges_ln.csv",
    "faulty_node_probability=0.0",
    "generate_payments_from_file=true",
    "payments_filename=pay.csv",
    `n_payments=${count}`,
    "mpp=0",
    "",
  ].join("\n");
}

function theirPayments(output: string): TheirPayment[] {
  const [header, ...rows] = output.trim().split("\n").map((line) => line.split(","));
  const column = (name: string) => header.indexOf(name);
  const [settled, attempts, fee] = ["is_success", "attempts", "total_fee"].map(column);
  return rows.map((row) => ({
    settled: row[settled] === "1",
    // A last look for a route that found none counts there.
    attempts: Number(row[attempts]) - (row[settled] === "1" ? 0 : 1),
    feeMsat: Number(row[fee]),
  }));
}
