/** What is used of `@std/toml`, which comes without types here. */
export function parse(text: string): Record<string, unknown>;
