/** How a running simulation tells how it stands, and how it is controlled. */
import { z } from "zod";
import { parseIsoTime } from "../core/mod.ts";
import type { Camel } from "./names.ts";
import { amountSchema, idSchema } from "./parse.ts";

/** Minutes of virtual time: more than none, ten years at most. */
const minutesSchema = z.number().positive().max(5_256_000);
/** Times as many payments as usual. */
const factorSchema = z.number().min(0.01).max(100);
/** ISO 8601, kept as text: it is there to be shown. */
const timeSchema = z.string()
  .refine((text) => parseIsoTime(text) !== undefined, "expected an ISO 8601 time");

/** What is done to a network from outside. */
export const simulationFaultSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("offline"),
    /** A node's id, or `operators` for all of them. */
    node: idSchema,
    minutes: minutesSchema,
  }),
  z.strictObject({
    kind: z.literal("traffic"),
    factor: factorSchema,
    /** It holds until it is changed when left out. */
    minutes: minutesSchema.optional(),
  }),
]);
export type SimulationFault = Camel<z.output<typeof simulationFaultSchema>>;

/** What a running simulation can be told to do; one of the members at least. */
export const simulationControlSchema = z.strictObject({
  /** Virtual over real time; 0 lets it stand still. */
  speed: z.number().min(0).max(1e12).optional(),
  fault: simulationFaultSchema.optional(),
}).refine(
  ({ speed, fault }) => speed !== undefined || fault !== undefined,
  "expected speed, fault or both",
);
export type SimulationControl = Camel<z.output<typeof simulationControlSchema>>;

/** What one twin's operators earned; `payments` and `success_rate` are the whole network's. */
const figuresSchema = z.object({
  payments: amountSchema,
  success_rate: z.number().min(0).max(1),
  forwards: amountSchema,
  fees_earned_msat: z.number(),
  rebalance_cost_msat: z.number(),
  net_income_msat: z.number(),
});
export type SimulationFigures = Camel<z.output<typeof figuresSchema>>;

/** How a running simulation stands. */
export const simulationStatusSchema = z.object({
  /** Virtual time. */
  time: timeSchema,
  /** Virtual over real time: as asked for (0: it stands still), and as reached lately. */
  speed: z.number().min(0),
  reached: z.number().min(0),
  seed: z.int().min(0),
  nodes: amountSchema,
  channels: amountSchema,
  /** Those that are observed; the first hundred. */
  operators: z.array(z.object({ id: idSchema, alias: z.string().max(200) })).max(100),
  payments: amountSchema,
  success_rate: z.number().min(0).max(1),
  /** Attempts under way. */
  in_flight: amountSchema,
  suggestions: z.object({ applied: amountSchema, refused: amountSchema, failed: amountSchema }),
  /** What was done to the network and is not over. `until` is null where nothing ends it. */
  faults: z.array(z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("offline"), node: idSchema, until: timeSchema }),
    z.object({ kind: z.literal("traffic"), factor: factorSchema, until: timeSchema.nullable() }),
  ])).max(1000),
  /** With suggestions carried out. */
  lens: figuresSchema,
  /** The twin without; null where there is none. */
  baseline: figuresSchema.nullable(),
});
export type SimulationStatus = Camel<z.output<typeof simulationStatusSchema>>;

/** Payload of `simulation_status`. */
export const simulationReportSchema = z.object({
  /** The `id` of the `simulation_control` that is answered. */
  answers: idSchema.optional(),
  /** Why nothing of it was done. */
  refused: z.string().max(300).optional(),
  status: simulationStatusSchema,
});
export type SimulationReport = Camel<z.output<typeof simulationReportSchema>>;

/** Payload of `simulation_control`. */
export const simulationOrderSchema = z.object({
  id: idSchema,
  control: simulationControlSchema,
});
