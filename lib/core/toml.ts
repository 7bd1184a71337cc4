// @ts-types="./std_toml.d.ts"
import { parse } from "@std/toml";
import { errorMessage, InputError } from "./errors.ts";
import { readTextMaybeGzip } from "./files.ts";

/** A TOML file and where in it things stand. */
export interface TomlFile {
  path: string;
  value: Record<string, unknown>;
  /**
   * 1-based line of a member, or of the nearest one around it that has a line; undefined for the
   * whole. `["channel", 1, "max_fee_ppm"]` is a member of the second `[[channel]]`.
   */
  lineOf(member: readonly (string | number)[]): number | undefined;
}

/**
 * Reads a TOML file.
 *
 * @throws {InputError} for a file that is missing or no TOML, with its line
 */
export async function readToml(path: string): Promise<TomlFile> {
  const text = await readTextMaybeGzip(path);
  let value: Record<string, unknown>;
  try {
    value = parse(text);
  } catch (error) {
    const message = errorMessage(error);
    const line = /line (\d+)/.exec(message)?.[1];
    throw new InputError({
      file: path,
      line: line === undefined ? undefined : Number(line),
      found: message,
      expected: "TOML",
    });
  }
  const lines = memberLines(text);
  return {
    path,
    value,
    lineOf: (member) => {
      for (let length = member.length; length > 0; length--) {
        const line = lines.get(member.slice(0, length).join("\0"));
        if (line !== undefined) return line;
      }
      return undefined;
    },
  };
}

/** Lines of headers and of members, by their path. Keys within inline tables have none. */
function memberLines(text: string): Map<string, number> {
  const lines = new Map<string, number>();
  const count = new Map<string, number>();
  let table: string[] = [];
  text.split("\n").forEach((line, index) => {
    const header = /^\s*(\[\[?)\s*([^\]]+?)\s*\]/.exec(line);
    const key = /^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=/
      .exec(line);
    if (header !== null) {
      table = withIndices(keyParts(header[2]), count);
      if (header[1] === "[[") {
        const name = table.join("\0");
        const at = count.get(name) ?? 0;
        count.set(name, at + 1);
        if (at === 0) lines.set(name, index + 1);
        table.push(String(at));
      }
      lines.set(table.join("\0"), index + 1);
    } else if (key !== null) {
      lines.set([...table, ...keyParts(key[1])].join("\0"), index + 1);
    }
  });
  return lines;
}

/** `arm.event` is `arm.1.event` after the second `[[arm]]`. */
function withIndices(parts: readonly string[], count: ReadonlyMap<string, number>): string[] {
  const path: string[] = [];
  parts.forEach((part, depth) => {
    path.push(part);
    const tables = count.get(path.join("\0"));
    if (tables !== undefined && depth < parts.length - 1) path.push(String(tables - 1));
  });
  return path;
}

function keyParts(dotted: string): string[] {
  return (dotted.match(/[\w-]+|"[^"]*"|'[^']*'/g) ?? []).map((part) =>
    part.replace(/^["']|["']$/g, "")
  );
}
