import { InputError, parseDuration, readToml, UsageError } from "../../core/mod.ts";
import { ROUTER_KINDS } from "../../network/mod.ts";
import { parseWith } from "../../protocol/mod.ts";
import { z } from "zod";

const duration = z.string().refine(
  (text) => parseDuration(text) !== undefined,
  "expected a duration such as 2h30m",
);
/** A node's id, or all operators. */
const nodes = z.string().min(1);

const eventSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("fees"),
    /** After the start of the measured time. */
    at: duration,
    node: nodes,
    /** All channels of the node when left out. */
    channel: z.string().optional(),
    /** What it charges from then on: a rate, or so many times what it charged. */
    fee_rate_ppm: z.int().min(0).optional(),
    factor: z.number().min(0).optional(),
    base_fee_msat: z.int().min(0).optional(),
  }),
  z.strictObject({ kind: z.literal("offline"), at: duration, node: nodes, for: duration }),
  z.strictObject({
    kind: z.literal("traffic"),
    at: duration,
    /** Times as many payments; to the end when there is no `for`. */
    factor: z.number().min(0.01).max(100),
    for: duration.optional(),
  }),
  z.strictObject({
    kind: z.literal("open"),
    at: duration,
    /** Who opens it and owns it, all but what it pushes. */
    node: nodes,
    peer: z.string().min(1),
    capacity_sat: z.int().min(1),
    push_sat: z.int().min(0).optional(),
  }),
  z.strictObject({ kind: z.literal("close"), at: duration, node: nodes, channel: z.string() }),
]);

const armSchema = z.strictObject({
  name: z.string().min(1),
  router: z.enum(ROUTER_KINDS).optional(),
  /** Median time of a message from node to node; 0 lets all happen at once. */
  latency_ms: z.number().min(0).optional(),
  max_attempts: z.int().min(1).max(1000).optional(),
  max_parts: z.int().min(1).max(1000).optional(),
  fee_limit_ppm: z.int().min(0).max(1_000_000).optional(),
  /** Times as many payments. */
  traffic: z.number().positive().optional(),
  /** Attempts of probes for each payment. */
  probes: z.number().min(0).optional(),
  /** Payers answer to failures and fees. */
  elastic: z.boolean().optional(),
  /** Other nodes' terms change. */
  drift: z.boolean().optional(),
  /** Other nodes price by liquidity. */
  fee_setting: z.boolean().optional(),
  /** Other nodes rebalance from their fullest to their emptiest channel. */
  peer_rebalancing: z.boolean().optional(),
  /** Share of channels a day that the chain fills anew. */
  refresh_per_day: z.number().min(0).max(1).optional(),
  event: z.array(eventSchema).optional(),
});

const fileSchema = z.strictObject({ arm: z.array(armSchema).min(1) });

/** One thing that happens in an arm at a given time. */
export type ArmEvent = z.output<typeof eventSchema>;
/** How the runs of an arm differ from runs with all defaults, which are those of `simulate`. */
export type Arm = z.output<typeof armSchema>;

/**
 * An arm from text: `base` differs in nothing; else `member=value`, several parted by commas. Its
 * name is the text, or that of a member `name`.
 *
 * @throws {UsageError} naming the member
 */
export function parseArm(text: string): Arm {
  const members: Record<string, unknown> = { name: text };
  for (const part of text === "base" ? [] : text.split(",")) {
    const [name, value] = part.split("=", 2);
    if (value === undefined) {
      throw new UsageError(`--arm: found "${part}", expected base or member=value`);
    }
    members[name.trim()] = valueOf(value.trim());
  }
  try {
    return parseWith(armSchema, members);
  } catch (error) {
    throw error instanceof InputError ? new UsageError(`--arm ${text}: ${error.message}`) : error;
  }
}

function valueOf(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

/**
 * Arms from a TOML file: one `[[arm]]` each, with the members of {@linkcode parseArm} and any
 * number of `[[arm.event]]`.
 *
 * @throws {InputError} naming file, line and member
 */
export async function readArms(path: string): Promise<Arm[]> {
  const { value, lineOf } = await readToml(path);
  try {
    return parseWith(fileSchema, value).arm;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { field, ...fault } = error.fault;
    const member = (field ?? "").split(".").map((part) => /^\d+$/.test(part) ? Number(part) : part);
    throw new InputError({ ...fault, file: path, line: lineOf(member), field });
  }
}

/** @throws {UsageError} for fewer than two arms, or two of one name */
export function checkArms(arms: readonly Arm[]): void {
  if (arms.length < 2) {
    throw new UsageError(`arms: found ${arms.length}, expected two or more to compare`);
  }
  const names = arms.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`arms: found "${twice}" twice, expected it once`);
}
