/** The one table of commands; help and docs follow from it. */
import type { OptionName } from "./options.ts";

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
  "path-finding",
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
      "probes",
      "router",
      "check",
      "apply",
      "port",
      "ws-port",
      "seed",
      "open",
      "json",
    ],
    defaults: {
      minutes: 2,
      days: 12,
      nodes: 250,
      operators: 10,
      "payments-per-day": 3000,
      apply: 0.5,
    },
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
      "generate --router prior --probes 0",
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
      "twin",
      "legacy",
      "check",
      "snapshot",
      "resume",
      "log-payments",
      "log-hops",
      "seed",
      "json",
    ],
    defaults: { port: 6789, "payments-per-day": 0 },
    examples: [
      "simulate --speed 600",
      "simulate --post http://127.0.0.1:5001 --minutes 10",
      "simulate --graph describegraph.json.gz --twin",
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
      "check",
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
      "check",
      "logs",
      "picture",
      "json",
    ],
    defaults: { days: 2 },
    fileOptions: ["json"],
    examples: [
      "experiment --arm base --arm router=lnd-bimodal --arm max_parts=16",
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
    options: [
      "port",
      "ws-port",
      ...NODE_OPTIONS,
      "payment-macaroonpath",
      "path-finding",
      "json",
    ],
    examples: ["doctor", "doctor --lnddir ~/.lnd"],
  },
} as const satisfies Record<string, CommandSpec>;
