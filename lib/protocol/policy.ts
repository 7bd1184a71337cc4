import { InputError, readToml } from "../core/mod.ts";
import { z } from "zod";
import { shortChannelId } from "./channel_name.ts";
import { type Camel, camelNames } from "./names.ts";
import { idSchema, parseWith } from "./parse.ts";

const ratioSchema = z.number("expected a number from 0 to 1").min(0, "expected 0 to 1")
  .max(1, "expected 0 to 1");
const countSchema = z.int("expected a whole number").min(0, "expected 0 or more");
const factorSchema = z.number("expected a number").min(0, "expected 0 or more");
const quietSchema = z.string("expected a text").regex(
  /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
  "expected hours such as 22:00-07:30",
);

/** What holds for one channel, or for all channels to one peer; the channel's own rule wins. */
const ruleSchema = z.strictObject({
  id: idSchema,
  /** Which part it may take in a rebalance. */
  role: z.enum(["both", "source", "target", "none"], {
    error: "expected both, source, target or none",
  }).optional(),
  /** Local balance over capacity that it is never drained below, and never filled above. */
  low: ratioSchema.optional(),
  high: ratioSchema.optional(),
  max_fee_ppm: countSchema.optional(),
});

/** A channel in any of the forms that tools write. */
const channelIdSchema = idSchema.transform(shortChannelId);

const policySchema = z.strictObject({
  exclude_channels: z.array(channelIdSchema).default([]),
  exclude_peers: z.array(idSchema).default([]),
  min_confidence: ratioSchema.optional(),
  margin: z.number("expected a number").min(1, "expected 1 or more").optional(),
  cool_down_hours: factorSchema.optional(),
  reverse_cool_down_hours: factorSchema.optional(),
  min_amount_sat: countSchema.optional(),
  max_amount_sat: countSchema.optional(),
  quiet_hours: z.array(quietSchema).default([]),
  time_zone: z.string("expected a text").refine(isTimeZone, {
    error: "expected a time zone such as Europe/Zurich",
  }).default("UTC"),
  limits: z.strictObject({
    budget_sat_per_day: countSchema.optional(),
    max_fee_sat: countSchema.optional(),
    max_fee_ppm: countSchema.optional(),
  }).default({}),
  channel: z.array(ruleSchema.extend({ id: channelIdSchema })).default([]),
  peer: z.array(ruleSchema).default([]),
});

/** What an operator lays down about rebalancing; see docs/real-node.md. */
export type OperatorPolicy = Camel<z.output<typeof policySchema>>;
/** What holds for one channel or peer. */
export type ChannelRule = OperatorPolicy["channel"][number];

/** A policy that forbids nothing. */
export const NO_POLICY: OperatorPolicy = camelNames(policySchema.parse({}));

/**
 * Reads a policy file.
 *
 * @throws {InputError} for a file that is missing, members that are unknown or wrong, and lines that
 * contradict each other, with the line
 */
export async function readPolicy(path: string): Promise<OperatorPolicy> {
  const file = await readToml(path);
  let policy: OperatorPolicy;
  try {
    policy = camelNames(parseWith(policySchema, file.value, { file: path }));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { field } = error.fault;
    const member = (field ?? "").split(".").map((part) => /^\d+$/.test(part) ? Number(part) : part);
    throw new InputError({ ...error.fault, line: file.lineOf(member) });
  }
  for (const { member, found, expected } of contradictions(policy)) {
    const line = file.lineOf(member);
    throw new InputError({ file: path, line, field: member.join("."), found, expected });
  }
  return policy;
}

/**
 * What holds for a channel: its own rule member by member, then its peer's. What is excluded has the
 * role `none`.
 */
export function ruleFor(
  { channel, peer, excludeChannels, excludePeers }: OperatorPolicy,
  of: { channelId: string; peer: string },
): Omit<ChannelRule, "id"> {
  const name = shortChannelId(of.channelId);
  if (excludeChannels.includes(name) || excludePeers.includes(of.peer)) {
    return { role: "none" };
  }
  return {
    ...defined(peer.find(({ id }) => id === of.peer)),
    ...defined(channel.find(({ id }) => id === name)),
  };
}

function defined(rule: ChannelRule | undefined): Partial<ChannelRule> {
  return Object.fromEntries(
    Object.entries(rule ?? {}).filter(([, value]) => value !== undefined),
  );
}

interface Contradiction {
  member: (string | number)[];
  found: unknown;
  expected: string;
}

function* contradictions(policy: OperatorPolicy): Generator<Contradiction> {
  const { limits, minAmountSat, maxAmountSat, quietHours } = policy;
  if (minAmountSat !== undefined && maxAmountSat !== undefined && minAmountSat > maxAmountSat) {
    const expected = `max_amount_sat or less, which is ${maxAmountSat}`;
    yield { member: ["min_amount_sat"], found: minAmountSat, expected };
  }
  const { budgetSatPerDay, maxFeeSat } = limits;
  if (budgetSatPerDay !== undefined && maxFeeSat !== undefined && maxFeeSat > budgetSatPerDay) {
    const expected = `budget_sat_per_day or less, which is ${budgetSatPerDay}`;
    yield { member: ["limits", "max_fee_sat"], found: maxFeeSat, expected };
  }
  for (const [i, hours] of quietHours.entries()) {
    const [from, to] = hours.split("-");
    if (from === to) {
      const expected = "two different times; to stop rebalancing use the kill switch";
      yield { member: ["quiet_hours", i], found: hours, expected };
    }
  }
  yield* ruleContradictions("channel", policy.channel, policy.excludeChannels);
  yield* ruleContradictions("peer", policy.peer, policy.excludePeers);
}

function* ruleContradictions(
  kind: "channel" | "peer",
  rules: readonly ChannelRule[],
  excluded: readonly string[],
): Generator<Contradiction> {
  const seen = new Set<string>();
  for (const [i, { id, role, low, high }] of rules.entries()) {
    if (seen.has(id)) {
      yield { member: [kind, i, "id"], found: id, expected: `one [[${kind}]] for each id` };
    }
    seen.add(id);
    if (excluded.includes(id) && role !== "none") {
      const expected = `a ${kind} that exclude_${kind}s does not name`;
      yield { member: [kind, i, "id"], found: id, expected };
    }
    if (low !== undefined && high !== undefined && low > high) {
      yield { member: [kind, i, "low"], found: low, expected: `high or less, which is ${high}` };
    }
  }
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) !== undefined;
  } catch {
    return false;
  }
}
