import type { Rng } from "../core/mod.ts";
import type { Balances, Network, RouterKind } from "../network/mod.ts";
import type { LensEvent } from "../protocol/mod.ts";
import type { FeeSettingOptions } from "./operators/fee_setting.ts";
import type { MachineOptions } from "./htlc/machine.ts";
import type { PayerOptions, PaymentResult } from "./traffic/payer.ts";
import type { PeerRebalancingOptions } from "./operators/peer_rebalancing.ts";
import type { ProbingOptions } from "./traffic/probing.ts";
import type { DriftOptions } from "./operators/terms_drift.ts";
import type { Intent, IntentSource, TrafficOptions } from "./traffic/traffic.ts";

/** What a {@linkcode Simulation} is made of. */
export interface SimulationOptions {
  /** As it is at the start; the simulation changes its own. */
  network: Network;
  /** The first ones; the simulation changes its own. */
  balances: Balances;
  /** Twins get generators of the same seed. */
  rng: Rng;
  /** Virtual time at the start, Unix ms. */
  startMs: number;
  /** Ids of the nodes whose events are told and that take suggestions. */
  operators: readonly string[];
  traffic?: Partial<TrafficOptions>;
  /** Payments to make in place of generated traffic. */
  intents?: (network: Network, rng: Rng) => IntentSource;
  /** Nodes that probe; none when left out. */
  probing?: Partial<ProbingOptions>;
  payments?: Partial<PayerOptions>;
  /** How payers find routes; `prior` when left out. */
  router?: RouterKind;
  /** How long messages take, and what channels take at a time. */
  htlc?: Pick<MachineOptions, "latency" | "gate">;
  /** Share of channels a day whose balances are drawn anew, by the chain. */
  refreshPerDay?: number;
  /** How other nodes change their terms; they don't when left out. */
  drift?: Partial<DriftOptions>;
  /** How other nodes price by liquidity; they don't when left out. */
  feeSetting?: Partial<FeeSettingOptions>;
  /** How other nodes rebalance; they don't when left out. */
  peerRebalancing?: Partial<PeerRebalancingOptions>;
  /** Invariants are checked after each such span of virtual time; never when left out. */
  checkEveryMs?: number;
  /** Begins the ids of events, so that those of several runs differ. */
  name?: string;
  /** Told of every event, in order. */
  onEvent?: (event: LensEvent) => void;
  /** Told of every payment in the network when it has ended, in the order of their ends. */
  onPayment?: (intent: Intent, result: PaymentResult) => void;
}
