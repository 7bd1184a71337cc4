import { InputError } from "../../core/mod.ts";
import type { NetworkBuilder } from "../builder.ts";

/** Called with each fault of an input that is to be read on in spite of it. */
export type OnFault = (fault: InputError) => void;

/** An object of parsed JSON. */
export type Members = Record<string, unknown>;

/** Where an object stands. */
export interface MemberPlace {
  file: string;
  field: string;
}

/** Runs steps of reading: their faults go to `onFault`, or are thrown where there is none. */
export function attempter(onFault: OnFault | undefined): (step: () => void) => void {
  return (step) => {
    try {
      step();
    } catch (error) {
      if (!(error instanceof InputError) || onFault === undefined) throw error;
      onFault(error);
    }
  };
}

/** @throws {InputError} when the value is no object */
export function membersOf(value: unknown, file: string, field: string): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError({ file, field, found: value, expected: "an object" });
  }
  return value as Members;
}

/** A text, or a number as text. */
export function text(members: Members, name: string, place: MemberPlace): string {
  const value = members[name];
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw new InputError({
    ...place,
    field: `${place.field}.${name}`,
    found: value,
    expected: "a text",
  });
}

/** A whole number that may be quoted. Its range is for the builder to judge. */
export function whole(members: Members, name: string, place: MemberPlace): number {
  const value = members[name];
  if (typeof value === "number" && Number.isInteger(value)) return value;
  if (typeof value === "string" && /^-?\d{1,20}$/.test(value)) return Number(value);
  throw new InputError({
    ...place,
    field: `${place.field}.${name}`,
    found: value,
    expected: "a whole number",
  });
}

/** Adds the members of `nodes`: their key is called `keyName`, their name `alias`. */
export function addNodes(
  builder: NetworkBuilder,
  nodes: readonly unknown[],
  { file, keyName, attempt }: {
    file: string;
    keyName: string;
    attempt: (step: () => void) => void;
  },
): void {
  nodes.forEach((node, index) =>
    attempt(() => {
      const place = { file, field: `nodes.${index}` };
      const members = membersOf(node, file, place.field);
      const alias = typeof members.alias === "string" ? members.alias : "";
      builder.addNode(text(members, keyName, place), alias, place);
    })
  );
}
