/**
 * Makes docs/pictures from generated data: what `analyze` draws, and the page while a demo runs.
 * Everything follows from the seed but how far the demo has come when its picture is taken. Needs
 * the built page, Chromium (or CHROMIUM=/path), and about three minutes.
 *
 *     deno task docs:pictures
 */
import { createCanvas, loadImage } from "@napi-rs/canvas";
import { openBrowser, openPage } from "../tests/e2e/browser.ts";

const PICTURES = new URL("../docs/pictures/", import.meta.url);
const SEED = "3";
const PORT = "5079";
const DEMO_MINUTES = 1.5;

const folder = await Deno.makeTempDir();
await Deno.mkdir(PICTURES, { recursive: true });
try {
  await command("generate", "--nodes", "400", "--operators", "8", "--days", "14", "--seed", SEED);
  await command("features");
  await command("train:initial", "--seed", SEED);
  await command("analyze", "--visualizations-dir", `${folder}/pictures`);
  for (const name of ["optimal_vs_current", "rebalance_recommendations"]) {
    await writeHalfSize(`${folder}/pictures/${name}.png`, `${name}.png`);
  }
  await photographDemo();
} finally {
  await Deno.remove(folder, { recursive: true });
}

function lens(...args: string[]): Deno.Command {
  const main = new URL("../main.ts", import.meta.url).pathname;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", main, ...args, "--data-dir", `${folder}/data`],
    stdout: "null",
    stderr: "inherit",
  });
}

async function command(...args: string[]): Promise<void> {
  console.log(args.join(" "));
  const { success } = await lens(...args).output();
  if (!success) throw new Error(`${args[0]} failed`);
}

/** Pictures are drawn at two pixels per CSS pixel; one is enough for a README. */
async function writeHalfSize(from: string, name: string): Promise<void> {
  const image = await loadImage(from);
  const canvas = createCanvas(image.width / 2, image.height / 2);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  await Deno.writeFile(new URL(name, PICTURES), new Uint8Array(canvas.toBuffer("image/png")));
}

async function photographDemo(): Promise<void> {
  console.log(`demo for ${DEMO_MINUTES} minutes`);
  const ports = ["--port", PORT, "--ws-port", "6779"];
  const demo = lens("demo", "--minutes", String(DEMO_MINUTES), "--seed", SEED, ...ports).spawn();
  const browser = await openBrowser();
  try {
    await reachable(`http://127.0.0.1:${PORT}/health`);
    const { page } = await openPage(browser, `http://127.0.0.1:${PORT}/`, { width: 1280 });
    await page.waitForTimeout(DEMO_MINUTES * 60_000 * 0.85);
    await page.setViewportSize({ width: 1280, height: 1000 });
    await page.screenshot({ path: new URL("dashboard.png", PICTURES).pathname });
  } finally {
    await browser.close();
    demo.kill("SIGINT");
    await demo.status;
  }
}

async function reachable(url: string): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt++) {
    const response = await fetch(url).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error(`${url} does not answer`);
}
