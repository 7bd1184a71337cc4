// @ts-types="./std_csv.d.ts"
import { CsvParseStream } from "@std/csv";

/**
 * Fields of the records of a CSV text, in batches as the text arrives; an empty line is a record of one empty field.
 *
 * Text without a quote is cut at line ends and commas, a chunk at a time. From the first quote on the library reads,
 * record by record, which takes several times as long.
 *
 * @throws {SyntaxError} for a quote in the wrong place
 */
export async function* csvBatches(text: ReadableStream<string>): AsyncGenerator<string[][]> {
  const reader = text.getReader();
  const chunks = async function* (first: string) {
    for (let chunk: string | undefined = first; chunk !== undefined;) {
      yield chunk;
      chunk = (await reader.read()).value;
    }
  };
  try {
    let rest = "";
    for (let chunk; (chunk = (await reader.read()).value) !== undefined;) {
      if (chunk.includes('"')) {
        const records = ReadableStream.from(chunks(rest + chunk)).pipeThrough(new CsvParseStream());
        for await (const record of records) yield [record];
        return;
      }
      const end = chunk.lastIndexOf("\n");
      if (end >= 0) yield plainRecords(rest + chunk.slice(0, end));
      rest = end >= 0 ? chunk.slice(end + 1) : rest + chunk;
    }
    if (rest !== "") yield plainRecords(rest);
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function plainRecords(text: string): string[][] {
  return text.split("\n").map((line) =>
    (line.endsWith("\r") ? line.slice(0, -1) : line).split(",")
  );
}
