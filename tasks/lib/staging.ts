import { join } from "node:path";

/** What the program imports when it runs; the rest serves tests and development. */
export const RUNTIME_IMPORTS: ReadonlySet<string> = new Set([
  "@hono/zod-openapi",
  "@logtape/file",
  "@logtape/logtape",
  "@napi-rs/canvas",
  "@std/cli/parse-args",
  "@std/csv",
  "@std/toml",
  "chart.js",
  "cli-progress",
  "danfojs",
  "dejavu-fonts-ttf",
  "graphology",
  "graphology-metrics",
  "hono",
  "hono-rate-limiter",
  "marked",
  "ml-cart",
  "prom-client",
  "zod",
]);

/**
 * Left out of node_modules: the canvas build for another C library, source maps, types, sources
 * beside builds, plotting code that danfojs carries along, and fonts that nothing is drawn in.
 */
const PRUNED: readonly RegExp[] = [
  /^\.deno\/@napi-rs\+canvas-[^/]*-musl@[^/]*$/,
  /^\.deno\/plotly\.js-dist-min@[^/]*\/node_modules\/plotly\.js-dist-min\/plotly\.min\.js$/,
  /^\.deno\/dejavu-fonts-ttf@[^/]*\/.*\/ttf\/(?!DejaVuSans(-Bold)?\.ttf$)[^/]+$/,
  /\.(map|d\.ts|d\.mts|d\.cts|md|markdown|flow|tsbuildinfo)$/i,
  /\/(docs?|examples?|test|tests|__tests__|benchmarks?)$/,
];

/** Copies a file or a folder with all it holds. */
export async function copy(from: string, to: string): Promise<void> {
  const info = await Deno.lstat(from);
  if (!info.isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    await copy(join(from, entry.name), join(to, entry.name));
  }
}

/** Removes from a node_modules folder what the binary does not need. */
export async function pruneNodeModules(root: string, folder = ""): Promise<void> {
  for await (const entry of Deno.readDir(join(root, folder))) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (PRUNED.some((pattern) => pattern.test(path))) {
      await Deno.remove(join(root, path), { recursive: true });
    } else if (entry.isDirectory) {
      await pruneNodeModules(root, path);
    }
  }
}

async function folderBytes(path: string): Promise<number> {
  const info = await Deno.lstat(path);
  if (!info.isDirectory) return info.isSymlink ? 0 : info.size;
  let bytes = 0;
  for await (const entry of Deno.readDir(path)) bytes += await folderBytes(join(path, entry.name));
  return bytes;
}

/** Says what the size of the binary is made of. */
export async function reportSize(stage: string, output: string): Promise<void> {
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1).padStart(7)} MB`;
  const total = (await Deno.stat(output)).size;
  const packages: [string, number][] = [];
  for await (const entry of Deno.readDir(`${stage}/node_modules/.deno`)) {
    packages.push([entry.name, await folderBytes(`${stage}/node_modules/.deno/${entry.name}`)]);
  }
  packages.sort((a, b) => b[1] - a[1]);
  const modules = packages.reduce((sum, [, bytes]) => sum + bytes, 0);
  const own = await folderBytes(`${stage}/lib`);
  console.log(`${output}: ${megabytes(total).trim()}`);
  console.log(`  ${megabytes(total - modules - own)}  Deno's runtime`);
  console.log(`  ${megabytes(own)}  own code, dashboard and kernels`);
  for (const [name, bytes] of packages.slice(0, 6)) console.log(`  ${megabytes(bytes)}  ${name}`);
  const rest = packages.slice(6).reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(`  ${megabytes(rest)}  ${Math.max(0, packages.length - 6)} other packages`);
}
