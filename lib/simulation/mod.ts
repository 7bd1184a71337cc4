/**
 * Floor 3: payments over the network in virtual time, circular rebalances, and the WebSocket
 * server and HTTP adapter through which a lens hears of them.
 *
 * @module
 */
export type { Account } from "./accounts.ts";
export {
  type DatasetOptions,
  type DatasetPaths,
  datasetPaths,
  type DatasetRows,
  PAYMENT_COLUMNS,
  writeDataset,
} from "./dataset.ts";
export { type CloseRequest, OPEN_POLICY, type OpenRequest } from "./channel_changes.ts";
export { type ControlsOptions, type Pace, SimulationControls } from "./controls.ts";
export { decideSuggestion } from "./decide.ts";
export { HttpAdapter, type HttpAdapterOptions } from "./http_adapter.ts";
export { type LiveOptions, LiveSimulation, runEpoch } from "./live.ts";
export { chooseOperators, type OperatorRule } from "./operators.ts";
export { FAILURE_REASONS, type FailureReason } from "./failures.ts";
export type { Fault } from "./faults.ts";
export { FEE_SETTING_OPTIONS, type FeeSettingOptions } from "./fee_setting.ts";
export type { GateOptions } from "./hop_gate.ts";
export { BrokenInvariantError } from "./invariants.ts";
export type { Intervention } from "./interventions.ts";
export { LATENCY_OPTIONS, type LatencyOptions, ZERO_LATENCY } from "./latency.ts";
export type { AlongOutcome, HopListener, HopOutcome } from "./machine.ts";
export { PEER_REBALANCING_OPTIONS, type PeerRebalancingOptions } from "./peer_rebalancing.ts";
export { PAYER_OPTIONS, type PayerOptions, type PaymentResult } from "./payer.ts";
export {
  ListedPayments,
  PAYMENTS_CSV_COLUMNS,
  type PaymentsCsvOptions,
  readPaymentsCsv,
} from "./payments_csv.ts";
export { PROBING_OPTIONS, type ProbingOptions } from "./probing.ts";
export { assignRoles, type Role, type Roles } from "./roles.ts";
export { HOP_COLUMNS, type RunLogPaths, RunLogs } from "./run_logs.ts";
export { Simulation } from "./simulation.ts";
export type { SimulationState } from "./simulation_state.ts";
export { readSnapshot, writeSnapshot } from "./snapshot.ts";
export type { SimulationOptions } from "./simulation_options.ts";
export type { Statistics } from "./statistics.ts";
export { DRIFT_OPTIONS, type DriftOptions } from "./terms_drift.ts";
export {
  ELASTIC_DEMAND,
  hourRate,
  type Intent,
  type IntentOutcome,
  type IntentSource,
  paymentsPerDayIn,
  type Surge,
  Traffic,
  TRAFFIC_OPTIONS,
  type TrafficOptions,
} from "./traffic.ts";
export { SimulationServer, type SimulationServerOptions } from "./ws_server.ts";
export {
  buildWorld,
  type RunOptions,
  simulationOf,
  type World,
  type WorldOptions,
} from "./world.ts";
