/** Message fields with a length: tag, length, content. */
function field(tag: number, content: Uint8Array | string): number[] {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return [(tag << 3) | 2, ...varint(bytes.length), ...bytes];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
}

/** A macaroon as LND writes it, version 2, with a signature of zeros. */
export function macaroonOf(operations: [entity: string, ...actions: string[]][]): Uint8Array {
  const ops = operations.flatMap(([entity, ...actions]) =>
    field(3, Uint8Array.from([...field(1, entity), ...actions.flatMap((a) => field(2, a))]))
  );
  const id = [3, ...field(1, new Uint8Array(16)), ...field(2, "0"), ...ops];
  return Uint8Array.from([
    ...[2, 1, 3, ...new TextEncoder().encode("lnd")],
    ...[2, ...varint(id.length), ...id],
    ...[0, 0, 6, 32, ...new Uint8Array(32)],
  ]);
}
