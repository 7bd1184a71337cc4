/**
 * Floor 6: the page at `/`. The browser's code lives in `app/`, is bundled into `dist/` by
 * `deno run -A tasks/build_dashboard.ts`, and is served from there by the program itself.
 *
 * @module
 */
import { LensError } from "../core/mod.ts";

/** The built files by the path under which they are served. */
export const DASHBOARD_FILES = {
  "/": { file: "index.html", contentType: "text/html; charset=utf-8" },
  "/app.js": { file: "app.js", contentType: "text/javascript; charset=utf-8" },
  "/network.js": { file: "network.js", contentType: "text/javascript; charset=utf-8" },
  "/layout.js": { file: "layout.js", contentType: "text/javascript; charset=utf-8" },
  "/events.js": { file: "events.js", contentType: "text/javascript; charset=utf-8" },
  "/style.css": { file: "style.css", contentType: "text/css; charset=utf-8" },
  "/icon.svg": { file: "icon.svg", contentType: "image/svg+xml" },
} as const satisfies Record<string, { file: string; contentType: string }>;

/** One file as it is sent. */
export interface DashboardFile {
  body: Uint8Array<ArrayBuffer>;
  contentType: string;
}

/**
 * The file behind a path of the server.
 *
 * @param path such as `/` or `/app.js`
 * @param folder where the built files are; the one next to this module when left out
 * @returns undefined for a path that is none of {@linkcode DASHBOARD_FILES}
 * @throws {LensError} when the page has not been built
 */
export async function readDashboardFile(
  path: string,
  folder: URL = new URL("./dist/", import.meta.url),
): Promise<DashboardFile | undefined> {
  if (!Object.hasOwn(DASHBOARD_FILES, path)) return undefined;
  const { file, contentType } = DASHBOARD_FILES[path as keyof typeof DASHBOARD_FILES];
  try {
    return { body: await Deno.readFile(new URL(file, folder)), contentType };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new LensError(
      `the dashboard is not built (no ${file}): run deno run -A tasks/build_dashboard.ts once`,
    );
  }
}
