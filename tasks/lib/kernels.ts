import asc from "assemblyscript/asc";

/** The module that carries the compiled kernels. */
export const KERNEL_MODULE = "lib/gbt/kernels/wasm.ts";

const FOLDER = "lib/gbt/kernels";
const SOURCES = ["histogram", "rows", "scan", "predict"];
const FLAGS = [
  ...["-O3", "--converge", "--noAssert", "--runtime", "stub", "--use", "abort="],
  ...["--enable", "simd", "--enable", "threads", "--enable", "bulk-memory"],
  ...["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"],
];

/** Compiles the sources. @throws {Error} with the compiler's messages. */
export async function compileKernels(): Promise<Uint8Array> {
  const sources = new Map<string, string>();
  for (const name of SOURCES) {
    sources.set(`${name}.ts`, await Deno.readTextFile(`${FOLDER}/${name}.as`));
  }
  let bytes: Uint8Array | undefined;
  const messages: string[] = [];
  const collect = { write: (chunk: string | Uint8Array) => messages.push(String(chunk)) };
  const { error } = await asc.main([...sources.keys(), ...FLAGS, "--outFile", "kernels.wasm"], {
    readFile: (name: string) => sources.get(name) ?? null,
    writeFile: (name: string, content: string | Uint8Array) => {
      if (name === "kernels.wasm" && typeof content !== "string") bytes = content;
    },
    listFiles: () => [],
    stdout: collect,
    stderr: collect,
  });
  if (error || !bytes) throw new Error(`the kernels don't compile:\n${messages.join("")}`);
  return bytes;
}

/** Text of the module that carries `bytes`. */
export function kernelModule(bytes: Uint8Array): string {
  const lines = bytes.toBase64().match(/.{1,96}/g) ?? [];
  return [
    "// Written by `deno task build:kernels` from the sources beside it; a test compares them.",
    "const BASE64 =",
    lines.map((line) => `  "${line}"`).join(" +\n") + ";",
    "",
    "/** The compiled kernels. */",
    "export const KERNEL_BYTES: Uint8Array<ArrayBuffer> = Uint8Array.from(",
    "  atob(BASE64),",
    "  (char) => char.charCodeAt(0),",
    ");",
    "",
  ].join("\n");
}
