/**
 * Floor 3: payments over the network in virtual time, circular rebalances, and the WebSocket
 * server and HTTP adapter through which a lens hears of them.
 *
 * @module
 */
export type { Account } from "./operators/accounts.ts";
export {
  type DatasetOptions,
  type DatasetPaths,
  datasetPaths,
  type DatasetRows,
  PAYMENT_COLUMNS,
  writeDataset,
} from "./dataset.ts";
export { type CloseRequest, OPEN_POLICY, type OpenRequest } from "./operators/channel_changes.ts";
export { type ControlsOptions, type Pace, SimulationControls } from "./live/controls.ts";
export { decideSuggestion } from "./decide.ts";
export { HttpAdapter, type HttpAdapterOptions } from "./live/http_adapter.ts";
export { type LiveOptions, LiveSimulation, runEpoch } from "./live/live.ts";
export { chooseOperators, type OperatorRule } from "./operators/operators.ts";
export { FAILURE_REASONS, type FailureReason } from "./htlc/failures.ts";
export type { Fault } from "./faults.ts";
export { FEE_SETTING_OPTIONS, type FeeSettingOptions } from "./operators/fee_setting.ts";
export type { GateOptions } from "./htlc/hop_gate.ts";
export { BrokenInvariantError } from "./invariants.ts";
export type { Intervention } from "./interventions.ts";
export { LATENCY_OPTIONS, type LatencyOptions, ZERO_LATENCY } from "./htlc/latency.ts";
export type { AlongOutcome, HopListener, HopOutcome } from "./htlc/machine.ts";
export {
  PEER_REBALANCING_OPTIONS,
  type PeerRebalancingOptions,
} from "./operators/peer_rebalancing.ts";
export { PAYER_OPTIONS, type PayerOptions, type PaymentResult } from "./traffic/payer.ts";
export {
  ListedPayments,
  PAYMENTS_CSV_COLUMNS,
  type PaymentsCsvOptions,
  readPaymentsCsv,
} from "./traffic/payments_csv.ts";
export { PROBING_OPTIONS, type ProbingOptions } from "./traffic/probing.ts";
export { assignRoles, type Role, type Roles } from "./traffic/roles.ts";
export { HOP_COLUMNS, type RunLogPaths, RunLogs } from "./run_logs.ts";
export { Simulation } from "./simulation.ts";
export type { SimulationState } from "./simulation_state.ts";
export { readSnapshot, writeSnapshot } from "./snapshot.ts";
export type { SimulationOptions } from "./simulation_options.ts";
export type { Statistics } from "./operators/statistics.ts";
export { DRIFT_OPTIONS, type DriftOptions } from "./operators/terms_drift.ts";
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
} from "./traffic/traffic.ts";
export { SimulationServer, type SimulationServerOptions } from "./live/ws_server.ts";
export {
  buildWorld,
  type RunOptions,
  simulationOf,
  type World,
  type WorldOptions,
} from "./world.ts";
