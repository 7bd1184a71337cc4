import type { OptionSpec } from "./option_spec.ts";

/** The part of the table of options that is about simulations. */
export const SIMULATION_OPTIONS = {
  payments: {
    kind: "path",
    value: "CSV",
    help: "payments to make, in place of generated ones: timestamp, sender, receiver, amount_msat",
  },
  probes: {
    kind: "number",
    value: "N",
    help: "attempts for each payment that only look how much routes can carry",
    default: 2,
    min: 0,
    max: 1000,
  },
  elastic: { kind: "boolean", help: "who fails to pay, or pays dearly, pays less or others" },
  drift: { kind: "boolean", help: "other nodes' fees and channels change over time" },
  router: { kind: "text", value: "KIND", help: "how payers find routes", default: "lnd-apriori" },
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
  twin: {
    kind: "boolean",
    help: "run the same network without suggestions beside it, to compare",
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
  logs: {
    kind: "path",
    value: "DIR",
    help: "write every payment and every hop of each run there, as CSV with gzip",
  },
  arm: {
    kind: "repeated",
    value: "ARM",
    help:
      "an arm to compare: base, or member=value,...; the first is what others are compared with",
  },
  arms: { kind: "path", value: "TOML", help: "a file with arms, which may have events" },
  picture: { kind: "path", value: "PNG", help: "draw the differences there" },
  nodes: {
    kind: "integer",
    value: "N",
    help: "nodes of the generated graph",
    default: 500,
    min: 10,
    max: 100_000,
  },
  "payments-per-day": {
    kind: "integer",
    value: "N",
    help: "payments tried in the whole network a day; 0 makes it 12 for each node",
    default: 6000,
    min: 0,
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
  speed: {
    kind: "number",
    value: "X",
    help: "virtual time over real time; 0 stands still, 1e9 is as fast as it goes",
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
    schemes: ["http", "https"],
  },
} as const satisfies Record<string, OptionSpec>;
