import { dirname } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { errorMessage, InputError, isSystemError, LensError } from "./errors.ts";

/**
 * Writes a whole file or nothing: into a file aside, synced, then renamed over the target. Parent
 * folders are made. A reader sees the old content or the new, never half of either.
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const writer = await AtomicFile.open(path);
  try {
    await writer.write(content);
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

/** What is written in pieces and is there when committed, or not at all. */
export type WholeFile = Pick<AtomicFile, "path" | "write" | "commit" | "abort">;

/** Compresses what is written to a file. */
export class GzipFile implements WholeFile {
  readonly #zip = new CompressionStream("gzip");
  readonly #input = this.#zip.writable.getWriter();
  readonly #written: Promise<void>;

  constructor(readonly file: AtomicFile) {
    this.#written = (async () => {
      for await (const bytes of this.#zip.readable) await file.write(bytes);
    })();
    // Whoever writes or commits hears of it.
    this.#written.catch((error) => this.#input.abort(error).catch(() => {}));
  }

  get path(): string {
    return this.file.path;
  }

  async write(content: string | Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#input.write(
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
  }

  async commit(): Promise<void> {
    await this.#input.close();
    await this.#written;
    await this.file.commit();
  }

  async abort(): Promise<void> {
    await this.#input.abort().catch(() => {});
    await this.#written.catch(() => {});
    await this.file.abort();
  }
}

/** A file that is written in pieces and appears under its name only when committed. */
export class AtomicFile {
  static #count = 0;
  #file: Deno.FsFile;
  #closed = false;
  private constructor(readonly path: string, readonly asidePath: string, file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Opens `path` for writing aside; makes its folder.
   *
   * @throws {LensError} naming the path where the system refuses, here and in all that follows
   */
  static async open(path: string): Promise<AtomicFile> {
    const asidePath = `${path}.${Deno.pid}.${AtomicFile.#count++}.tmp`;
    return await writing(path, async () => {
      await Deno.mkdir(dirname(path), { recursive: true });
      const file = await Deno.open(asidePath, { create: true, write: true, truncate: true });
      return new AtomicFile(path, asidePath, file);
    });
  }

  /** Appends text (UTF-8) or bytes. */
  async write(content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    await writing(this.path, async () => {
      for (let offset = 0; offset < bytes.length;) {
        offset += await this.#file.write(bytes.subarray(offset));
      }
    });
  }

  /** Syncs, closes and renames to the final name; a file that can't be put there is removed. */
  async commit(): Promise<void> {
    await writing(this.path, async () => {
      await this.#file.sync();
      this.#file.close();
      this.#closed = true;
      try {
        await Deno.rename(this.asidePath, this.path);
      } catch (error) {
        await Deno.remove(this.asidePath).catch(() => {});
        throw error;
      }
    });
  }

  /** Closes and removes what was written so far. Harmless after a commit. */
  async abort(): Promise<void> {
    if (this.#closed) return;
    this.#file.close();
    this.#closed = true;
    await Deno.remove(this.asidePath).catch(() => {});
  }
}

/** What the system says against writing names the file. */
async function writing<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isSystemError(error)
      ? new LensError(`can't write ${path}: ${errorMessage(error)}`, { cause: error })
      : error;
  }
}

/** Bytes that decompression gives at a time. */
const GUNZIP_BYTES = 65_536;

/**
 * The bytes of a file as a stream, gunzipped when it starts with gzip's magic number whatever its
 * name.
 *
 * @throws {InputError} when the file is missing, unreadable, a folder or empty.
 */
export async function openMaybeGzip(
  path: string,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  let file: Deno.FsFile;
  try {
    const info = await Deno.stat(path);
    if (info.isDirectory) {
      throw new InputError({ file: path, found: "a folder", expected: "a file" });
    }
    file = await Deno.open(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new InputError({ file: path, found: "no such file", expected: "a readable file" });
    }
    if (error instanceof Deno.errors.PermissionDenied) {
      throw new InputError({ file: path, found: "permission denied", expected: "a readable file" });
    }
    if (isSystemError(error)) {
      throw new InputError({ file: path, found: error.message, expected: "a readable file" });
    }
    throw error;
  }
  const magic = new Uint8Array(2);
  const count = await file.read(magic);
  if (count === null) {
    file.close();
    throw new InputError({ file: path, found: "an empty file", expected: "some content" });
  }
  await file.seek(0, Deno.SeekMode.Start);
  const zipped = magic[0] === 0x1f && magic[1] === 0x8b;
  if (!zipped) return file.readable;
  // Unlike DecompressionStream it takes files of several members, such as `cat a.gz b.gz` makes.
  const gunzip = createGunzip({ chunkSize: GUNZIP_BYTES });
  // What goes wrong reaches the reader of the last stream.
  return ReadableStream.from(pipeline(file.readable, gunzip, () => {}));
}

/**
 * A whole text file (UTF-8), gunzipped when it is gzip.
 *
 * @throws {InputError} as {@linkcode openMaybeGzip}, and for a truncated or damaged gzip file.
 */
export async function readTextMaybeGzip(path: string): Promise<string> {
  const stream = await openMaybeGzip(path);
  try {
    return await new Response(stream).text();
  } catch (error) {
    throw damagedGzip(path, error);
  }
}

/** Whether the content of a file, plain or gzip, begins like JSON. */
export async function startsAsJson(path: string): Promise<boolean> {
  const reader = (await openMaybeGzip(path)).getReader();
  try {
    const { value } = await reader.read();
    return /^\ufeff?\s*[{[]/.test(new TextDecoder().decode(value?.subarray(0, 100)));
  } finally {
    await reader.cancel();
  }
}

/** What a failed decompression means to the user; other errors pass through. */
export function damagedGzip(path: string, error: unknown): unknown {
  return error instanceof Error && "code" in error && String(error.code).startsWith("Z_")
    ? new InputError({
      file: path,
      found: "a damaged or truncated gzip file",
      expected: "a whole one",
    })
    : error;
}

/** JSON of a file. @throws {InputError} with the line where it stops being JSON. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readTextMaybeGzip(path);
  try {
    return JSON.parse(text);
  } catch {
    throw jsonInputError(path, text);
  }
}

function jsonInputError(file: string, text: string): InputError {
  const end = faultOffset(text);
  const line = text.slice(0, end).split("\n").length;
  const found = end >= text.trimEnd().length
    ? "the end of the file"
    : text.slice(end - 1, end + 39);
  return new InputError({ file, line, found, expected: "JSON" });
}

/** What keeps text from being JSON: it ends too early, or something in it is wrong. */
function jsonFault(text: string): "cut off" | "wrong" | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const message = String(error);
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? -1);
    return /end of JSON|Unterminated/.test(message) || position >= text.length
      ? "cut off"
      : "wrong";
  }
}

/** Length of the shortest prefix that no continuation turns into JSON, by bisection. */
function faultOffset(text: string): number {
  let good = 0, bad = text.length;
  if (jsonFault(text) === "cut off") return bad;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (jsonFault(text.slice(0, middle)) === "wrong") bad = middle;
    else good = middle;
  }
  return bad;
}

/** Names in `folder` that match, sorted; empty when there is no such folder. */
export async function listFiles(folder: string, pattern: RegExp): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.isFile && pattern.test(entry.name)) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names.sort();
}
