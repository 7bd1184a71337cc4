/**
 * Builds the page at `/` into lib/dashboard/dist: bundles the browser's code and copies the rest.
 * The network view and its layout worker are bundles of their own, loaded when the view is opened.
 *
 *     deno run -A tasks/build_dashboard.ts
 */
const app = new URL("../lib/dashboard/app/", import.meta.url);
const dist = new URL("../lib/dashboard/dist/", import.meta.url);
const BUNDLES = {
  "app.js": "main.tsx",
  "network.js": "graph.ts",
  "layout.js": "layout_worker.ts",
  "events.js": "events_module.ts",
};

async function bundle(output: string, source: string): Promise<void> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--platform", "browser", "--minify"],
      ...["-o", new URL(output, dist).pathname, new URL(source, app).pathname],
    ],
    cwd: new URL("..", import.meta.url),
  }).output();
  if (success) return;
  await Deno.stderr.write(stderr);
  Deno.exit(1);
}

/** Graph libraries ask for `node:events`, which no browser has: they get our module in its place. */
async function replaceNodeEvents(name: string): Promise<void> {
  const file = new URL(name, dist);
  const text = await Deno.readTextFile(file);
  const mended = text
    .replaceAll(/(from|import)\s*"node:events"/g, '$1"./events.js"')
    .replaceAll(/[\w$]+\("node:events"\)/g, "__events");
  if (mended.includes("node:events")) {
    throw new Error(`${name}: node:events is asked for in a new way`);
  }
  const needed = mended.includes("__events") ? 'import __events from"./events.js";' : "";
  await Deno.writeTextFile(file, needed + mended);
}

async function zippedBytes(...files: string[]): Promise<number> {
  let bytes = 0;
  for (const file of files) {
    const stream = (await Deno.open(new URL(file, dist))).readable;
    bytes += (await new Response(stream.pipeThrough(new CompressionStream("gzip"))).bytes()).length;
  }
  return bytes;
}

await Deno.mkdir(dist, { recursive: true });
for (const [output, source] of Object.entries(BUNDLES)) await bundle(output, source);
for (const name of ["network.js", "layout.js"]) await replaceNodeEvents(name);
for (const file of ["index.html", "style.css", "icon.svg"]) {
  await Deno.copyFile(new URL(file, app), new URL(file, dist));
}
const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(0)} KB`;
console.error(
  `lib/dashboard/dist built: ${kilobytes(await zippedBytes("app.js", "style.css"))} gzipped, ` +
    `${
      kilobytes(await zippedBytes("network.js", "layout.js", "events.js"))
    } more for the network view`,
);
