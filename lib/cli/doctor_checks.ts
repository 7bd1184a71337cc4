import { join } from "node:path";
import { statfs } from "node:fs/promises";
import { renderPng } from "../charts/mod.ts";
import { errorMessage, formatBytes, LensError, RefusedError, SECOND_MS } from "../core/mod.ts";
import { readDashboardFile } from "../dashboard/mod.ts";
import { ModelRegistry } from "../learning/mod.ts";
import { DATABASE_NAME, SqliteStore } from "../store/mod.ts";

/** What one check found. */
export interface Finding {
  /** What was looked at. */
  check: string;
  state: "ok" | "note" | "wrong";
  found: string;
  /** How to mend it, or what could be done next. */
  mend?: string;
  /** Exit code of the program where it is wrong; 1 when left out. */
  exitCode?: number;
}

/** The least version of Deno that this program is tested with. */
const LEAST_DENO = "2.9.0";
/** Below this little space is left. */
const LEAST_BYTES = 1e9;

/** The version of Deno. */
export function checkDeno(version = Deno.version.deno): Finding {
  const [a, b] = [version, LEAST_DENO].map((v) => v.split(".").map(Number));
  const newer = a[0] !== b[0] ? a[0] > b[0] : a[1] !== b[1] ? a[1] > b[1] : a[2] >= b[2];
  const check = "Deno", found = version;
  // The compiled binary brings its own runtime, which was chosen when it was built.
  if (newer || Deno.build.standalone) return { check, state: "ok", found };
  return {
    check,
    state: "wrong",
    found,
    mend: `use ${LEAST_DENO} or later: npx -y deno@2.9.6 task ...`,
  };
}

/** May files be made in the data folder? */
export async function checkFolder(folder: string): Promise<Finding> {
  const check = "data folder";
  try {
    await Deno.mkdir(folder, { recursive: true });
    await Deno.remove(await Deno.makeTempFile({ dir: folder }));
    return { check, state: "ok", found: `${folder} is writable` };
  } catch (error) {
    return {
      check,
      state: "wrong",
      found: `${folder}: ${errorMessage(error)}`,
      mend: "mend its permissions, or name another folder with --data-dir",
    };
  }
}

/** Can the store be opened? */
export async function checkStore(folder: string): Promise<Finding> {
  const check = "store";
  try {
    await Deno.stat(join(folder, DATABASE_NAME));
  } catch {
    return { check, state: "ok", found: "none yet; serve makes it" };
  }
  try {
    const store = SqliteStore.open(folder);
    const found = `${store.lastSeq} events`;
    await store.close();
    return { check, state: "ok", found };
  } catch (error) {
    if (error instanceof RefusedError) {
      return { check, state: "ok", found: "in use by a running server" };
    }
    return {
      check,
      state: "wrong",
      found: errorMessage(error),
      mend: `move ${join(folder, DATABASE_NAME)} away, or put a backup in its place`,
    };
  }
}

/** Is there a model to serve, and can it be loaded? */
export async function checkModel(folder: string): Promise<Finding> {
  const check = "model";
  const mend = "deno task models list, then promote one that can be used; or deno task train";
  try {
    const model = await new ModelRegistry(folder).champion();
    if (model !== undefined) return { check, state: "ok", found: `${model.id} is champion` };
    return {
      check,
      state: "note",
      found: "none yet: forecasts are those of the baseline",
      mend: "deno task generate, deno task features, deno task train:initial; or let serve learn",
    };
  } catch (error) {
    return { check, state: "wrong", found: errorMessage(error), mend };
  }
}

/** Is there room for data? */
export async function checkSpace(folder: string): Promise<Finding> {
  const check = "disk space";
  try {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize, found = `${formatBytes(free)} free`;
    if (free >= LEAST_BYTES) return { check, state: "ok", found };
    return { check, state: "wrong", found, mend: "make room: deno task cleanup --dry-run" };
  } catch (error) {
    return { check, state: "note", found: `unknown: ${errorMessage(error)}` };
  }
}

/** Is the HTTP port free, ours, or somebody else's? */
export async function checkHttpPort(port: number): Promise<Finding> {
  const check = `port ${port} (serve)`;
  if (isFree(port)) return { check, state: "ok", found: "free" };
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health`, {
      signal: AbortSignal.timeout(2 * SECOND_MS),
    });
    const health = await response.json() as { journal_seq?: number; version?: string };
    if (typeof health.journal_seq === "number") {
      return { check, state: "ok", found: `LightningLens ${health.version} answers` };
    }
  } catch {
    // Whatever answers is not ours: told below.
  }
  return {
    check,
    state: "wrong",
    found: "another program has it",
    mend: "stop that program, or choose another with --port",
  };
}

/** Is the simulation's port free, or does a WebSocket server answer? */
export async function checkWsPort(port: number): Promise<Finding> {
  const check = `port ${port} (simulate)`;
  if (isFree(port)) return { check, state: "ok", found: "free; no simulation runs" };
  if (await answersWebSocket(`ws://127.0.0.1:${port}`)) {
    return { check, state: "ok", found: "a WebSocket server answers" };
  }
  return {
    check,
    state: "wrong",
    found: "another program has it",
    mend: "stop that program, or choose another with simulate --port and client --uri",
  };
}

/** Can pictures be drawn? */
export async function checkDrawing(): Promise<Finding> {
  const check = "pictures";
  try {
    const png = await renderPng({
      name: "doctor",
      title: "",
      summary: "",
      widthPx: 64,
      heightPx: 64,
      config: { type: "bar", data: { labels: ["a"], datasets: [{ data: [1] }] } },
    });
    return { check, state: "ok", found: `canvas and fonts draw (${formatBytes(png.length)})` };
  } catch (error) {
    return {
      check,
      state: "wrong",
      found: errorMessage(error),
      mend: "run deno install, and give analyze --allow-ffi --allow-sys --allow-env --allow-read",
    };
  }
}

/** Is the page built? */
export async function checkDashboard(): Promise<Finding> {
  const check = "dashboard";
  try {
    const page = await readDashboardFile("/");
    return { check, state: "ok", found: `built (${formatBytes(page?.body.length ?? 0)})` };
  } catch (error) {
    if (!(error instanceof LensError)) throw error;
    // Tasks that serve it build it first; the compiled binary brings it along.
    const state = Deno.build.standalone ? "wrong" : "note";
    return { check, state, found: "not built yet: deno task serve builds it" };
  }
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
}

function answersWebSocket(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const end = (answer: boolean) => {
      clearTimeout(timer);
      socket.onopen = socket.onerror = null;
      socket.close();
      resolve(answer);
    };
    const timer = setTimeout(() => end(false), 2 * SECOND_MS);
    socket.onopen = () => end(true);
    socket.onerror = () => end(false);
  });
}
