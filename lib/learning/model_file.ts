import { createHash } from "node:crypto";
import { HOUR_MS, InputError } from "../core/mod.ts";
import { Booster, QuantileBoosters } from "../gbt/mod.ts";
import { QUANTILE_LEVELS } from "../liquidity/mod.ts";
import { parseWith, timestampSchema, wireTime } from "../protocol/mod.ts";
import { z } from "zod";
import { NeedHurdle } from "./need_hurdle.ts";
import type { Side } from "./reference_scale.ts";
import { TARGET_SCALES } from "./target_scale.ts";

const FORMAT = "lightning-lens/forecast-model";
/** 2 added the two-step needs and the further horizons; files of version 1 have neither. */
const VERSION = 2;

// JSON has no NaN: what could not be measured is null.
const measured = z.number().nullable().transform((value) => value ?? NaN);
const scoreSchema = z.object({
  rows: z.int().min(0),
  pinballSat: measured,
  medianErrorSat: measured,
  coverage: measured,
  coverageActive: measured,
  coverageMass: measured.default(NaN),
  feesErrorMsat: measured,
});
const scoresSchema = z.record(z.string(), scoreSchema);
const factorsSchema = z.array(z.number().min(0)).length(QUANTILE_LEVELS.length);
const sidesSchema = z.object({ outbound: factorsSchema, inbound: factorsSchema });

const reachSchema = z.number().nullable().transform((value) => value ?? Infinity);
const metaSchema = z.object({
  id: z.string().regex(/^[\w.-]+$/),
  createdAt: timestampSchema,
  horizonHours: z.number().positive(),
  scale: z.enum(TARGET_SCALES),
  /** Factors by level that made the validation part's coverage right. */
  calibration: sidesSchema,
  /** Factors of the baseline fitted on the same training rows. */
  baselineFactors: sidesSchema,
  /** Own past need up to which the trees have seen enough rows, sat; beyond, the baseline takes over. */
  reachSat: z.object({ outbound: reachSchema, inbound: reachSchema })
    .default({ outbound: Infinity, inbound: Infinity }),
  data: z.object({
    from: timestampSchema,
    to: timestampSchema,
    rows: z.int(),
    trainRows: z.int(),
    validationRows: z.int(),
    nodes: z.int(),
    channels: z.int(),
  }),
  parameters: z.record(z.string(), z.union([z.number(), z.string()])),
  seed: z.int(),
  parent: z.string().nullable(),
  scaler: z.string(),
  metrics: z.object({
    /** By forecaster: `model` and the baselines, on the time-held-out part. */
    test: scoresSchema,
    /** On nodes held out as well; empty where there are none. */
    heldOutNodes: scoresSchema,
  }),
});

const fileSchema = z.object({
  format: z.literal(FORMAT, `expected ${FORMAT}`),
  version: z.number(),
  meta: metaSchema,
  outbound: z.unknown(),
  inbound: z.unknown(),
  fees: z.unknown(),
  hurdles: z.unknown(),
  further: z.array(z.unknown()).optional(),
  checksum: z.string(),
});

type FileMeta = z.output<typeof metaSchema>;
/** All that a model file says of its model beside the trees. Times in Unix ms. */
export type ModelMeta =
  & Omit<FileMeta, "createdAt" | "horizonHours" | "data">
  & {
    createdMs: number;
    horizonMs: number;
    data: Omit<FileMeta["data"], "from" | "to"> & { fromMs: number; toMs: number };
  };

/** What is learned of one horizon. */
export interface LearnedParts {
  outbound: QuantileBoosters;
  inbound: QuantileBoosters;
  /** Undefined where they forecast no better than the channel's own past; then that is repeated. */
  fees: Booster | undefined;
  /** Needs in two steps, averaged with the quantiles; undefined where too few rows had a need. */
  hurdles?: Record<Side, NeedHurdle>;
}

/** A model as it is written. */
export interface WrittenModel {
  meta: ModelMeta;
  parts: LearnedParts & { readonly further: readonly WrittenModel[] };
}

/** What a model file holds of one horizon, and of the others. */
export interface ModelContent {
  meta: ModelMeta;
  parts: LearnedParts;
  further: ModelContent[];
}

/** The text of a model file. Same model, same bytes. */
export function modelText(model: WrittenModel): string {
  const body = { format: FORMAT, version: VERSION, ...modelBody(model) };
  // The checksum is over what a reader gets: NaN has become null by then.
  const text = JSON.stringify(body);
  return `${text.slice(0, -1)},"checksum":"${checksumOf(text)}"}`;
}

function modelBody({ meta, parts }: WrittenModel): Record<string, unknown> {
  const { createdMs, horizonMs, data: { fromMs, toMs, ...data }, ...rest } = meta;
  return {
    meta: {
      ...rest,
      createdAt: wireTime(createdMs),
      horizonHours: horizonMs / HOUR_MS,
      data: { ...data, from: wireTime(fromMs), to: wireTime(toMs) },
    },
    outbound: parts.outbound,
    inbound: parts.inbound,
    fees: parts.fees ?? null,
    hurdles: parts.hurdles ?? null,
    ...(parts.further.length === 0 ? {} : { further: parts.further.map(modelBody) }),
  };
}

/**
 * Meta data and trees of a model file's JSON.
 *
 * @throws {InputError} for a file of another kind, of a later version, or changed
 */
export function parseModel(value: unknown, file: string): ModelContent {
  const { format, version } = (value ?? {}) as Record<string, unknown>;
  if (format === FORMAT && typeof version === "number" && version > VERSION) {
    throw new InputError({
      file,
      field: "version",
      found: version,
      expected: `${VERSION} or less: the model is of a later program`,
    });
  }
  const parsed = parseWith(fileSchema, value, { file });
  const { checksum, ...body } = value as Record<string, unknown>;
  if (checksum !== checksumOf(JSON.stringify(body))) {
    throw new InputError({
      file,
      field: "checksum",
      found: checksum,
      expected: "the checksum of the content: the file was changed",
    });
  }
  return {
    meta: metaFromFile(parsed.meta),
    parts: partsFromFile(body, file),
    further: (parsed.further ?? []).map((inner) => furtherFromFile(inner, file)),
  };
}

function furtherFromFile(value: unknown, file: string): ModelContent {
  const body = (value ?? {}) as Record<string, unknown>;
  const meta = parseWith(metaSchema, body.meta, { file, field: "further.meta" });
  return { meta: metaFromFile(meta), parts: partsFromFile(body, file), further: [] };
}

function partsFromFile(body: Record<string, unknown>, file: string): ModelContent["parts"] {
  const part = <T>(field: string, read: (json: unknown) => T): T => {
    try {
      return read(body[field]);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const inner = error.fault.field === undefined ? field : `${field}.${error.fault.field}`;
      throw new InputError({ ...error.fault, file, field: inner });
    }
  };
  return {
    outbound: part("outbound", QuantileBoosters.fromJSON),
    inbound: part("inbound", QuantileBoosters.fromJSON),
    fees: body.fees === null ? undefined : part("fees", Booster.fromJSON),
    hurdles: body.hurdles ? part("hurdles", hurdlesFromFile) : undefined,
  };
}

function hurdlesFromFile(value: unknown): LearnedParts["hurdles"] {
  const { outbound, inbound } = (value ?? {}) as Record<string, unknown>;
  return { outbound: NeedHurdle.fromJSON(outbound), inbound: NeedHurdle.fromJSON(inbound) };
}

function metaFromFile({ createdAt, horizonHours, data, ...rest }: FileMeta): ModelMeta {
  const { from, to, ...counts } = data;
  return {
    ...rest,
    createdMs: createdAt,
    horizonMs: horizonHours * HOUR_MS,
    data: { ...counts, fromMs: from, toMs: to },
  };
}

function checksumOf(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}
