/**
 * The one table of options. Flags, environment variables (`LIGHTNING_LENS_` and the name in
 * capitals), the config file, help and docs follow from it; a test fails where they drift.
 */

/** What an option takes. */
export type OptionKind =
  | "path"
  | "text"
  | "url"
  | "number"
  | "integer"
  | "boolean"
  /** Several values parted by commas. */
  | "list"
  /** A value each time the flag is given; lines in the environment. */
  | "repeated";

/** One row of {@linkcode OPTIONS}. */
export interface OptionSpec {
  kind: OptionKind;
  /** What stands for the value in help. */
  value?: string;
  help: string;
  default?: string | number | boolean;
  min?: number;
  max?: number;
  choices?: readonly string[];
  /** A further environment variable that is read: what another program calls the same thing. */
  env?: string;
}

export const OPTIONS = {
  help: { kind: "boolean", help: "show this help" },
  config: { kind: "path", value: "FILE", help: "read options from a TOML file" },
  "data-dir": { kind: "path", value: "DIR", help: "where data are kept", default: "data" },
  "visualizations-dir": {
    kind: "path",
    value: "DIR",
    help: "where pictures and reports go",
    default: "visualizations",
  },
  json: { kind: "boolean", help: "print the result as JSON" },
  seed: {
    kind: "integer",
    value: "N",
    help: "seed of everything left to chance",
    default: 1,
    min: 0,
  },
  verbose: { kind: "boolean", help: "log every step" },
  graph: {
    kind: "path",
    value: "FILE",
    help: "channel graph: LND's describegraph JSON or CSV, plain or gzip; simulations make one up",
  },
  nodes: {
    kind: "integer",
    value: "N",
    help: "nodes of the generated graph",
    default: 500,
    min: 10,
    max: 100_000,
  },
  days: {
    kind: "number",
    value: "N",
    help: "days of virtual time",
    default: 14,
    min: 0.1,
    max: 3650,
  },
  "payments-per-day": {
    kind: "integer",
    value: "N",
    help: "payments tried in the whole network a day",
    default: 6000,
    min: 1,
    max: 10_000_000,
  },
  operators: {
    kind: "integer",
    value: "N",
    help: "routing nodes that are observed and take suggestions",
    default: 10,
    min: 1,
    max: 10_000,
  },
  seeds: {
    kind: "integer",
    value: "N",
    help: "seeds, one after the other, beginning with the first",
    default: 10,
    min: 1,
    max: 10_000,
  },
  scenario: {
    kind: "list",
    value: "NAMES",
    help: "circumstances: base, slack, tight, refresh, volatile, fees, others, alone, or all",
    default: "base",
  },
  policies: {
    kind: "list",
    value: "NAMES",
    help: "policies to compare, such as evd50,ours; all when left out",
  },
  jobs: {
    kind: "integer",
    value: "N",
    help: "threads; the result is the same for any number",
    default: 2,
    min: 1,
    max: 256,
  },
  minutes: { kind: "number", value: "N", help: "stop after so many minutes", min: 0.01 },
  speed: {
    kind: "number",
    value: "X",
    help: "virtual time over real time; 0 is as fast as it goes",
    default: 60,
    min: 0,
  },
  apply: {
    kind: "number",
    value: "P",
    help: "apply suggestions at or above this confidence",
    default: 0.7,
    min: 0,
    max: 1,
  },
  legacy: { kind: "boolean", help: "speak the shapes of the first LightningLens" },
  post: {
    kind: "url",
    value: "URL",
    help: "post events to an HTTP API, such as http://127.0.0.1:5001",
  },
  host: { kind: "text", value: "ADDRESS", help: "address to listen on", default: "127.0.0.1" },
  port: {
    kind: "integer",
    value: "N",
    help: "port to listen on",
    default: 5001,
    min: 0,
    max: 65535,
  },
  "ws-port": {
    kind: "integer",
    value: "N",
    help: "port of the simulation's WebSocket server",
    default: 6789,
    min: 0,
    max: 65535,
  },
  uri: {
    kind: "url",
    value: "URL",
    help: "WebSocket to connect to",
    default: "ws://localhost:6789",
  },
  open: { kind: "boolean", help: "open the dashboard in a browser" },
  input: { kind: "path", value: "CSV", help: "transactions, forwards or snapshots" },
  snapshots: {
    kind: "path",
    value: "CSV",
    help: "snapshots that go with forwards; the file of the same stamp when left out",
  },
  output: { kind: "path", value: "CSV", help: "file to write" },
  "skip-invalid": { kind: "boolean", help: "put refused rows into OUTPUT.rejected.csv and go on" },
  data: { kind: "path", value: "CSV", help: "features file; the newest one when left out" },
  features: { kind: "path", value: "CSV", help: "features file; the newest one when left out" },
  model: { kind: "path", value: "FILE", help: "model file; the registry's champion when left out" },
  "horizon-hours": {
    kind: "number",
    value: "N",
    help: "how far ahead demand is predicted",
    default: 24,
    min: 1,
    max: 168,
  },
  trees: { kind: "integer", value: "N", help: "stages at most", default: 200, min: 1, max: 10_000 },
  "export-minutes": {
    kind: "number",
    value: "N",
    help: "minutes between exports of data",
    default: 5,
    min: 0.01,
  },
  "retrain-minutes": {
    kind: "number",
    value: "N",
    help: "minutes between retrainings",
    default: 30,
    min: 0.01,
  },
  type: {
    kind: "text",
    value: "TYPE",
    help: "kind of data",
    choices: ["transactions", "features", "channels", "metrics", "predictions"],
  },
  "keep-days": { kind: "number", value: "N", help: "keep what is younger", default: 7, min: 0 },
  lnddir: {
    kind: "path",
    value: "DIR",
    help: "LND's directory; ~/.lnd by default",
    env: "LNCLI_LNDDIR",
  },
  restserver: {
    kind: "text",
    value: "ADDRESS",
    help: "where LND's REST interface listens: HOST:PORT or unix:PATH; localhost:8080 by default",
  },
  rpcserver: {
    kind: "text",
    value: "HOST:PORT",
    help: "as lncli has it: the host is taken, with REST's usual port 8080",
    env: "LNCLI_RPCSERVER",
  },
  tlscertpath: {
    kind: "path",
    value: "FILE",
    help: "the node's certificate; tls.cert in LND's directory by default",
    env: "LNCLI_TLSCERTPATH",
  },
  macaroonpath: {
    kind: "path",
    value: "FILE",
    help: "macaroon for reading; readonly.macaroon in LND's directory by default",
    env: "LNCLI_MACAROONPATH",
  },
  network: {
    kind: "text",
    value: "NAME",
    help: "the node's network",
    default: "mainnet",
    choices: ["mainnet", "testnet", "testnet4", "signet", "regtest", "simnet"],
    env: "LNCLI_NETWORK",
  },
  socks: {
    kind: "text",
    value: "HOST:PORT",
    help: "SOCKS 5 proxy to the node, such as Tor's 127.0.0.1:9050",
    env: "LNCLI_SOCKSPROXY",
  },
  "allow-admin-macaroon": {
    kind: "boolean",
    help: "read with a macaroon that allows more than reading",
  },
  "node-id": {
    kind: "text",
    value: "KEY",
    help: "with --channels: the node's public key, where it does not follow from the graph",
  },
  top: { kind: "integer", value: "N", help: "show so many channels", default: 40, min: 1 },
  all: { kind: "boolean", help: "show all channels" },
  payments: {
    kind: "path",
    value: "CSV",
    help: "payments to make, in place of generated ones: timestamp, sender, receiver, amount_msat",
  },
  probes: {
    kind: "number",
    value: "N",
    help: "attempts for each payment that only look how much routes can carry",
    default: 0,
    min: 0,
    max: 1000,
  },
  elastic: { kind: "boolean", help: "who fails to pay, or pays dearly, pays less or others" },
  drift: { kind: "boolean", help: "other nodes' fees and channels change over time" },
  router: { kind: "text", value: "KIND", help: "how payers find routes", default: "prior" },
  balances: {
    kind: "text",
    value: "RULE",
    help: "how channels are filled at first: a U tied to fees, half and half, or any split alike",
    default: "fees",
    choices: ["fees", "even", "uniform"],
  },
  offline: {
    kind: "repeated",
    value: "NODE@T+D",
    help: "take a node (or operators) away: after virtual time T, for D, as in operators@2h+30m",
  },
  check: {
    kind: "boolean",
    help: "check every hour of virtual time that no satoshi appears or vanishes",
  },
  snapshot: { kind: "path", value: "FILE", help: "write the whole state there at the end" },
  resume: {
    kind: "path",
    value: "FILE",
    help: "go on from a snapshot of a simulation with the same options",
  },
  "log-payments": { kind: "path", value: "CSV", help: "write every payment of the network there" },
  "log-hops": { kind: "path", value: "CSV", help: "write every hop of every attempt there" },
  arm: {
    kind: "repeated",
    value: "ARM",
    help:
      "an arm to compare: base, or member=value,...; the first is what others are compared with",
  },
  arms: { kind: "path", value: "TOML", help: "a file with arms, which may have events" },
  picture: { kind: "path", value: "PNG", help: "draw the differences there" },
  "keep-backups": {
    kind: "integer",
    value: "N",
    help: "newest backups that stay",
    default: 7,
    min: 1,
  },
  "backup-hours": {
    kind: "number",
    value: "N",
    help: "hours between backups of the store; 0 makes none",
    default: 24,
    min: 0,
  },
  "dry-run": { kind: "boolean", help: "say what would be done, and do nothing" },
  execute: {
    kind: "boolean",
    help: "carry rebalances out: real sats are spent, within the limits",
  },
  yes: { kind: "boolean", help: "don't ask before spending" },
  "budget-sat-per-day": {
    kind: "integer",
    value: "SAT",
    help: "fees of all rebalances in any 24 hours at most",
    min: 0,
  },
  "max-fee-sat": { kind: "integer", value: "SAT", help: "fees of one payment at most", min: 0 },
  "max-fee-ppm": {
    kind: "integer",
    value: "PPM",
    help: "fees of one payment at most, as a share of the amount; the lower limit holds",
    min: 0,
  },
  "learning-hours": {
    kind: "number",
    value: "N",
    help: "a channel that was watched for less gets no forecast",
    default: 24,
    min: 0,
  },
  policy: {
    kind: "path",
    value: "FILE",
    help: "the operator's rules in TOML: exclusions, roles, limits, quiet hours",
  },
  "alert-webhook": {
    kind: "url",
    value: "URL",
    help: "post alerts there as JSON; it is never logged",
  },
  "alert-short": {
    kind: "number",
    value: "P",
    help: "alert for a channel that runs short of outbound liquidity with this chance",
    default: 0.8,
    min: 0,
    max: 1,
  },
  "alert-stake-sat": {
    kind: "number",
    value: "SAT",
    help: "and has this much in fees at stake within the horizon",
    default: 500,
    min: 0,
  },
  "alert-budget-share": {
    kind: "number",
    value: "P",
    help: "alert when this share of the budget is spent or set aside",
    default: 1,
    min: 0,
    max: 1,
  },
  "alert-unreachable-minutes": {
    kind: "number",
    value: "N",
    help: "alert when the node has not answered for so long",
    default: 10,
    min: 1,
  },
  "payment-macaroonpath": {
    kind: "path",
    value: "FILE",
    help: "macaroon for paying oneself; there is no default",
  },
  forwards: {
    kind: "path",
    value: "FILE",
    help:
      "a node's forwards: CSV, lncli fwdinghistory or lightning-cli listforwards, plain or gzip",
  },
  channels: {
    kind: "path",
    value: "FILE",
    help:
      "a node's channels: lncli listchannels or lightning-cli listpeerchannels; CSV for backtest (channel_id, capacity_sat)",
  },
  "cost-ppm": {
    kind: "number",
    value: "PPM",
    help: "what a rebalance is taken to cost of its amount",
    default: 60,
    min: 0,
    max: 100_000,
  },
  "success-share": {
    kind: "number",
    value: "P",
    help: "chance that a rebalance is taken to work",
    default: 0.5,
    min: 0,
    max: 1,
  },
  refits: {
    kind: "integer",
    value: "N",
    help: "times that forecasts are fitted anew on what was past",
    default: 6,
    min: 1,
    max: 200,
  },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof OPTIONS;

type ValueOf<S extends OptionSpec> = S["kind"] extends "boolean" ? boolean
  : S["kind"] extends "number" | "integer" ? number
  : S["kind"] extends "list" | "repeated" ? string[]
  : string;

/** Parsed options of a command: those with a default are always there. */
export type OptionValues<N extends OptionName> = {
  [K in N]: (typeof OPTIONS)[K] extends { default: string | number | boolean }
    ? ValueOf<(typeof OPTIONS)[K]>
    : (typeof OPTIONS)[K]["kind"] extends "boolean" ? boolean
    : ValueOf<(typeof OPTIONS)[K]> | undefined;
};

/** One row of {@linkcode COMMANDS}. */
export interface CommandSpec {
  summary: string;
  /** Options beside `help`, `config`, `data-dir` and `verbose`, which all commands take. */
  options: readonly OptionName[];
  /** Defaults of this command where they differ from the option's own. */
  defaults?: Partial<Record<OptionName, string | number | boolean>>;
  /** Options without a value elsewhere that take the path of a file to write here. */
  fileOptions?: readonly OptionName[];
  /** Positional arguments: name, help, and how many. */
  positional?: { name: string; help: string; choices?: readonly string[]; optional?: boolean };
  examples: readonly string[];
}

/** Where a Lightning node is, and what lets us read from it. */
const NODE_OPTIONS = [
  "lnddir",
  "restserver",
  "rpcserver",
  "tlscertpath",
  "macaroonpath",
  "network",
  "socks",
  "allow-admin-macaroon",
] as const satisfies readonly OptionName[];

/** What limits spending. */
const SPENDING_OPTIONS = [
  "budget-sat-per-day",
  "max-fee-sat",
  "max-fee-ppm",
  "policy",
  "payment-macaroonpath",
] as const satisfies readonly OptionName[];

/** Options that every command takes. */
export const COMMON_OPTIONS = ["help", "config", "data-dir", "verbose"] as const;

/** The commands, in the order in which help lists them. */
export const COMMANDS = {
  demo: {
    summary: "the whole loop in one go, with a twin that gets no suggestions",
    options: [
      "minutes",
      "days",
      "graph",
      "nodes",
      "operators",
      "payments-per-day",
      "apply",
      "port",
      "ws-port",
      "seed",
      "open",
      "json",
    ],
    defaults: { minutes: 2, days: 12, operators: 20, apply: 0.5 },
    examples: ["demo", "demo --minutes 2 --graph describegraph.json.gz"],
  },
  generate: {
    summary: "sample data: channels, payments, forwards and snapshots as CSV",
    options: [
      "graph",
      "skip-invalid",
      "nodes",
      "days",
      "payments-per-day",
      "payments",
      "probes",
      "elastic",
      "drift",
      "balances",
      "router",
      "operators",
      "log-hops",
      "check",
      "seed",
      "json",
    ],
    examples: [
      "generate",
      "generate --nodes 300 --days 7 --seed 3",
      "generate --router lnd-apriori --probes 2",
    ],
  },
  features: {
    summary: "transactions, forwards or snapshots to features and labels",
    options: ["input", "snapshots", "output", "horizon-hours", "skip-invalid", "json"],
    examples: [
      "features --input data/raw/forwards_20240922_134501.csv",
      "features --input old_transactions.csv --output data/processed/features_old.csv --skip-invalid",
    ],
  },
  train: {
    summary: "a model from a features file",
    options: ["data", "trees", "seed", "json"],
    examples: ["train", "train --data data/processed/features_20240922_134501.csv"],
  },
  "train:initial": {
    summary: "the first model, for a node without one",
    options: ["features", "trees", "seed", "json"],
    examples: ["train:initial", "train:initial --features data/processed/features_old.csv"],
  },
  analyze: {
    summary: "predictions, pictures and a report from a features file or a node's files",
    options: [
      "data",
      "model",
      "visualizations-dir",
      "graph",
      "channels",
      "forwards",
      "node-id",
      "policy",
      "learning-hours",
      "seed",
      "json",
    ],
    examples: [
      "analyze",
      "analyze --data features.csv --model data/models/model_20240922_134501.json",
      "analyze --channels channels.json --forwards fwdinghistory.json --graph describegraph.json",
    ],
  },
  simulate: {
    summary: "the simulation with its WebSocket server",
    options: [
      "graph",
      "skip-invalid",
      "nodes",
      "operators",
      "payments-per-day",
      "payments",
      "probes",
      "elastic",
      "drift",
      "balances",
      "router",
      "offline",
      "host",
      "port",
      "post",
      "speed",
      "minutes",
      "apply",
      "legacy",
      "check",
      "snapshot",
      "resume",
      "log-payments",
      "log-hops",
      "seed",
      "json",
    ],
    defaults: { port: 6789 },
    examples: [
      "simulate --speed 600",
      "simulate --post http://127.0.0.1:5001 --minutes 10",
      "simulate --graph describegraph.json.gz --payments-per-day 90000 --router lnd-apriori --probes 2",
      "simulate --offline operators@2h+30m --log-payments payments.csv --json",
    ],
  },
  serve: {
    summary: "the HTTP server: ingest, predictions, recommendations, dashboard, metrics",
    options: [
      "model",
      "host",
      "port",
      "export-minutes",
      "retrain-minutes",
      "graph",
      "backup-hours",
      "keep-backups",
      "minutes",
      ...NODE_OPTIONS,
      "learning-hours",
      "alert-webhook",
      "alert-short",
      "alert-stake-sat",
      "alert-budget-share",
      "alert-unreachable-minutes",
      "execute",
      ...SPENDING_OPTIONS,
      "seed",
    ],
    examples: [
      "serve",
      "serve --lnddir ~/.lnd",
      "serve --model data/models/model_initial_20240922_134501.json --port 5001",
    ],
  },
  recommend: {
    summary: "for a real node: what each channel needs, and which rebalances would pay",
    options: [
      ...NODE_OPTIONS,
      "channels",
      "forwards",
      "graph",
      "node-id",
      "model",
      "policy",
      "learning-hours",
      "top",
      "all",
      "seed",
      "json",
    ],
    examples: [
      "recommend",
      "recommend --lnddir /media/node/lnd --restserver node.local:8080",
      "recommend --channels channels.json --forwards fwdinghistory.json --graph describegraph.json",
    ],
  },
  rebalance: {
    summary: "for a real node: what would be carried out; with --execute carries it out",
    options: [
      ...NODE_OPTIONS,
      "execute",
      "yes",
      "dry-run",
      ...SPENDING_OPTIONS,
      "model",
      "learning-hours",
      "seed",
      "json",
    ],
    positional: {
      name: "stop|resume|status",
      help: "engage or release the kill switch, or show what was spent; the plan when left out",
      choices: ["stop", "resume", "status"],
      optional: true,
    },
    examples: [
      "rebalance",
      "rebalance --execute --payment-macaroonpath pay.macaroon --budget-sat-per-day 500 --max-fee-sat 50 --max-fee-ppm 300",
      "rebalance stop",
    ],
  },
  client: {
    summary: "the WebSocket client: learns online and sends suggestions",
    options: ["uri", "model", "minutes", "seed"],
    examples: ["client --uri ws://localhost:6789 --verbose"],
  },
  backup: {
    summary: "copies the store, also while a server works with it",
    options: ["keep-backups", "json"],
    examples: ["backup", "backup --keep-backups 3"],
  },
  cleanup: {
    summary: "removes data files; says what and how much",
    options: ["dry-run", "type", "keep-days", "json"],
    examples: ["cleanup --dry-run", "cleanup --type features --keep-days 30"],
  },
  backtest: {
    summary: "forecasts and policies judged on a node's own history, rolling in time",
    options: [
      "forwards",
      "channels",
      "cost-ppm",
      "success-share",
      "refits",
      "trees",
      "seed",
      "visualizations-dir",
      "json",
    ],
    defaults: { trees: 100 },
    examples: [
      "backtest --forwards forwards.csv.gz",
      "backtest --forwards fwdinghistory.json --channels channels.csv --cost-ppm 100 --json",
    ],
  },
  uplift: {
    summary: "what suggestions are worth in simulation, beside doing nothing and simple rules",
    options: [
      "graph",
      "nodes",
      "operators",
      "payments-per-day",
      "seeds",
      "seed",
      "scenario",
      "policies",
      "jobs",
      "visualizations-dir",
      "json",
    ],
    defaults: { nodes: 700, operators: 25, "payments-per-day": 18_000, seed: 1001 },
    fileOptions: ["json"],
    examples: [
      "uplift --graph describegraph.json.gz --seeds 10 --json uplift.json",
      "uplift --seeds 3 --seed 1 --policies evd50,ours --scenario base,slack",
    ],
  },
  experiment: {
    summary: "simulations that differ in one thing, on the same payments, over many seeds",
    options: [
      "arm",
      "arms",
      "graph",
      "nodes",
      "operators",
      "payments-per-day",
      "days",
      "seeds",
      "seed",
      "jobs",
      "picture",
      "json",
    ],
    defaults: { days: 2 },
    fileOptions: ["json"],
    examples: [
      "experiment --arm base --arm router=lnd-apriori --arm max_parts=16",
      "experiment --arms arms.toml --seeds 20 --picture differences.png --json result.json",
    ],
  },
  models: {
    summary: "the registry of models",
    options: ["json"],
    positional: {
      name: "list|show ID|promote ID|rollback",
      help: "what to do; list when left out",
      optional: true,
    },
    examples: ["models list", "models show model_20240922_134501", "models rollback"],
  },
  doctor: {
    summary: "what is wrong with the set-up, and how to mend it",
    options: ["port", "ws-port", ...NODE_OPTIONS, "json"],
    examples: ["doctor", "doctor --lnddir ~/.lnd"],
  },
} as const satisfies Record<string, CommandSpec>;

export type CommandName = keyof typeof COMMANDS;

type FileOptionOf<C extends CommandName> = (typeof COMMANDS)[C] extends
  { fileOptions: readonly (infer N extends OptionName)[] } ? N : never;

/** Options of one command, the common ones included. */
export type CommandOptions<C extends CommandName> =
  & OptionValues<(typeof COMMON_OPTIONS)[number]>
  & Omit<OptionValues<(typeof COMMANDS)[C]["options"][number]>, FileOptionOf<C>>
  & { [N in FileOptionOf<C>]: string | undefined };

/** How a command takes an option: as the table has it, but for its `fileOptions`. */
export function optionSpec(command: CommandName, name: OptionName): OptionSpec {
  const isFile = (COMMANDS[command] as CommandSpec).fileOptions?.includes(name);
  return isFile ? { kind: "path", value: "FILE", help: "write the result as JSON" } : OPTIONS[name];
}

/** Name of the environment variable of an option. */
export function environmentName(option: OptionName): string {
  return `LIGHTNING_LENS_${option.toUpperCase().replaceAll("-", "_")}`;
}
