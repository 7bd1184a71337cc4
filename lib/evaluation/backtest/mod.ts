/** A node's own history judged: forecasts and policies, rolling in time. */
export { type Backtest, backtest, type BacktestOptions } from "./backtest.ts";
export { readCapacities } from "./channel_capacities.ts";
export { readForwardsLog } from "./forwards_log.ts";
export { backtestChart } from "./picture.ts";
export { backtestLines, backtestRows } from "./report.ts";
