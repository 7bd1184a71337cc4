/**
 * Builds the page at `/` into lib/dashboard/dist: bundles the browser's code and copies the rest.
 *
 *     deno run -A tasks/build_dashboard.ts
 */
const app = new URL("../lib/dashboard/app/", import.meta.url);
const dist = new URL("../lib/dashboard/dist/", import.meta.url);

await Deno.mkdir(dist, { recursive: true });
const { success, stderr } = await new Deno.Command(Deno.execPath(), {
  args: [
    ...["bundle", "--quiet", "--platform", "browser", "--minify"],
    ...["-o", new URL("app.js", dist).pathname, new URL("main.tsx", app).pathname],
  ],
  cwd: new URL("..", import.meta.url),
}).output();
if (!success) {
  await Deno.stderr.write(stderr);
  Deno.exit(1);
}
for (const file of ["index.html", "style.css", "icon.svg"]) {
  await Deno.copyFile(new URL(file, app), new URL(file, dist));
}
let bytes = 0;
for (const file of ["app.js", "style.css"]) {
  const stream = (await Deno.open(new URL(file, dist))).readable;
  const zipped = await new Response(stream.pipeThrough(new CompressionStream("gzip"))).bytes();
  bytes += zipped.length;
}
console.error(
  `lib/dashboard/dist built: ${(bytes / 1024).toFixed(0)} KB of script and style, gzipped`,
);
