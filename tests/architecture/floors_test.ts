import assert from "node:assert/strict";
import { dirname, join, normalize, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const LIB = join(ROOT, "lib");

/** A room imports lower floors only. */
const FLOORS: readonly (readonly string[])[] = [
  ["core"],
  ["protocol", "gbt"],
  ["network", "store", "charts"],
  ["simulation", "liquidity", "nodes"],
  ["learning", "planning"],
  ["lens"],
  ["execution", "evaluation"],
  ["server", "client", "dashboard"],
  ["cli"],
];

/** Files by which other rooms may enter; `browser.ts` is the part that runs in a browser. */
const DOORS = ["mod.ts", "browser.ts"];

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

function* sources(folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory && entry.name !== "dist") yield* sources(path);
    else if (/\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts")) yield path;
  }
}

interface Import {
  file: string;
  specifier: string;
  /** It is started as a worker, or read, rather than imported. */
  byUrl?: boolean;
}

function* imports(): Generator<Import> {
  for (const file of sources(LIB)) {
    const code = Deno.readTextFileSync(file).replace(/\/\*[\s\S]*?\*\//g, "");
    const pattern = /(?:\bfrom\s*|\bimport\s*\(?\s*|(new URL)\(\s*)["'](\.{1,2}\/[^"']+)["']/g;
    for (const [, url, specifier] of code.matchAll(pattern)) {
      yield { file, specifier, byUrl: url !== undefined };
    }
  }
}

/** Complaints about the imports of one file; empty when they keep to the floors. */
export function complaints({ file, specifier }: Import): string[] {
  const target = normalize(join(dirname(file), specifier));
  const from = relative(LIB, file).split(sep), to = relative(LIB, target).split(sep);
  const where = `${relative(ROOT, file)} imports ${specifier}`;
  if (to[0] === "..") return [`${where}: outside lib`];
  if (from[0] === to[0]) return [];
  const low = floorOf(to[0]), high = floorOf(from[0]);
  if (low < 0 || high < 0) return [`${where}: a room without a floor`];
  if (low > high) return [`${where}: a higher floor`];
  if (low === high) return [`${where}: a room on the same floor`];
  return to.length === 2 && DOORS.includes(to[1]) ? [] : [`${where}: past the room's mod.ts`];
}

Deno.test("rooms import lower floors only, and only through their doors", () => {
  const all = [...imports()];
  assert.ok(all.length > 50, "the imports were found");
  assert.deepEqual(all.flatMap(complaints), []);
});

Deno.test("complaints finds what it is there to find", () => {
  const at = (path: string, specifier: string) =>
    complaints({ file: join(LIB, path), specifier }).join();
  assert.match(at("core/a.ts", "../network/mod.ts"), /higher floor/);
  assert.match(at("learning/a.ts", "../planning/mod.ts"), /same floor/);
  assert.match(at("planning/a.ts", "../liquidity/forecast.ts"), /past the room's mod.ts/);
  assert.match(at("core/a.ts", "../../main.ts"), /outside lib/);
  assert.match(at("core/a.ts", "../attic/mod.ts"), /without a floor/);
  assert.equal(at("planning/a.ts", "../liquidity/mod.ts"), "");
});

Deno.test("every folder of lib is a room with a floor", () => {
  const rooms = [...Deno.readDirSync(LIB)].filter((e) => e.isDirectory).map((e) => e.name);
  assert.deepEqual(rooms.filter((room) => floorOf(room) < 0), []);
});

/** Files that import each other in a circle, as paths that end where they begin. */
export function circles(importsOf: ReadonlyMap<string, readonly string[]>): string[][] {
  const found: string[][] = [], done = new Set<string>(), path: string[] = [];
  const visit = (file: string) => {
    const at = path.indexOf(file);
    if (at >= 0) return void found.push([...path.slice(at), file]);
    if (done.has(file)) return;
    path.push(file);
    for (const next of importsOf.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of importsOf.keys()) visit(file);
  return found;
}

/** What is imported within lib: by whom, and from where. */
function importsWithin(): [from: string, to: string][] {
  return [...imports()].filter(({ byUrl }) => !byUrl).map(({ file, specifier }) => [
    relative(LIB, file),
    relative(LIB, normalize(join(dirname(file), specifier))),
  ]);
}

function graphOf(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const ofEach = Map.groupBy(pairs, ([from]) => from);
  return new Map([...ofEach].map(([from, list]) => [from, list.map(([, to]) => to)]));
}

Deno.test("no files import each other in a circle", () => {
  assert.deepEqual(circles(graphOf(importsWithin())), []);
});

Deno.test("no folders of network, simulation and server import each other in a circle", () => {
  for (const room of ["network", "simulation", "server"]) {
    const within = importsWithin()
      .filter(([from, to]) => from.startsWith(`${room}/`) && to.startsWith(`${room}/`))
      .filter(([from]) => from !== `${room}/mod.ts`)
      .map(([from, to]) => [dirname(from), dirname(to)] as const)
      .filter(([from, to]) => from !== to);
    assert.ok(within.length > 5, `folders of ${room} were found`);
    assert.deepEqual(circles(graphOf(within)), []);
  }
});

Deno.test("circles finds what it is there to find", () => {
  assert.deepEqual(circles(new Map([["a", ["b", "c"]], ["b", ["c"]], ["c", []]])), []);
  assert.deepEqual(circles(new Map([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]])), [["b", "c", "b"]]);
});
