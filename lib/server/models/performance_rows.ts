import { snakeNames } from "../../protocol/mod.ts";

/** Finite numbers anywhere in a value, by their dotted wire name, such as `model.mae_sat`. */
export function flattenNumbers(value: unknown, name = ""): [string, number][] {
  if (typeof value === "number") return Number.isFinite(value) ? [[name, value]] : [];
  if (typeof value !== "object" || value === null) return [];
  const wire = name === "" ? snakeNames(value) as object : value;
  return Object.entries(wire).flatMap(([key, member]) =>
    flattenNumbers(member, name === "" ? key : `${name}.${key}`)
  );
}
