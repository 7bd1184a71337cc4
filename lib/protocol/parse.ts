import { InputError, type InputPlace, isoTime, parseIsoTime } from "../core/mod.ts";
import { z } from "zod";

/**
 * Parses with a schema; the first fault becomes an {@linkcode InputError} that names the field.
 *
 * @param place what is known of where the value stands (file, line)
 */
export function parseWith<S extends z.ZodType>(
  schema: S,
  value: unknown,
  place: InputPlace = {},
): z.output<S> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const issue = deepest(result.error.issues[0]);
  const member = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]] : issue.path;
  const field = [place.field, ...member.map(String)].filter((part) => part !== undefined).join(".");
  throw new InputError({
    ...place,
    field: field === "" ? undefined : field,
    ...(issue.code === "unrecognized_keys"
      ? { expected: "a member that is known" }
      : { found: foundIn(issue, value), expected: expectation(issue) }),
  });
}

/** Of a union's complaints, the first of the variant that got furthest. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const [best] = issue.errors.filter((list) => list.length > 0)
    .sort((a, b) => b[0].path.length - a[0].path.length);
  return best === undefined
    ? issue
    : { ...deepest(best[0]), path: [...issue.path, ...best[0].path] };
}

/**
 * Where the kind of a thing is unknown its name is what is wrong, not the whole thing; and a rule
 * for several members may complain of one.
 */
function foundIn(issue: z.core.$ZodIssue, value: unknown): unknown {
  const { input } = issue;
  if (issue.code === "custom") {
    return issue.path.reduce<unknown>(
      (inner, name) =>
        typeof inner === "object" && inner !== null ? Reflect.get(inner, name) : undefined,
      value,
    );
  }
  const named = issue.code === "invalid_union" && issue.discriminator !== undefined &&
    typeof input === "object" && input !== null;
  return named ? Object.entries(input).find(([name]) => name === issue.discriminator)?.[1] : input;
}

function expectation(issue: z.core.$ZodIssue): string {
  const message = issue.message
    .replace(/^(Invalid (input|option|value)|Too (small|big)): /, "")
    .replace(/^Invalid discriminator value. Expected /, "one of ");
  return message.replace(/, received .*$/, "").replace(/^expected /, "").replace(
    /^./,
    (c) => c.toLowerCase(),
  );
}

/** ISO 8601 text (without a zone: UTC) to Unix milliseconds. */
export const timestampSchema: z.ZodType<number, string> = z.string()
  .refine((text) => parseIsoTime(text) !== undefined, "expected an ISO 8601 time")
  .transform((text) => parseIsoTime(text)!);

/** A timestamp as the wire carries it. */
export function wireTime(timeMs: number): string {
  return isoTime(timeMs);
}

/** Whole, not negative: satoshis or millisatoshis. */
export const amountSchema = z.int("expected a whole number").min(0, "expected 0 or more");
/** A name of a node, channel or message; never empty. */
export const idSchema = z.string().min(1, "expected a name that is not empty").max(200);
