/** What is used of `@std/csv`, which comes without types here. */
export class CsvParseStream extends TransformStream<string, string[]> {
  constructor(options?: { separator?: string; skipFirstRow?: false });
}
export function stringify(
  data: readonly (readonly unknown[])[],
  options?: { headers?: boolean; columns?: readonly string[] },
): string;
