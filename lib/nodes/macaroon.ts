import { InputError } from "../core/mod.ts";

/** One thing that a macaroon allows, such as `offchain:read`, or one method: `uri:/lnrpc...`. */
export interface MacaroonPermission {
  entity: string;
  action: string;
}

/** Field numbers of the binary form, version 2. */
const FIELD = { end: 0, location: 1, identifier: 2 } as const;
/** The first byte of LND's identifiers: bakery's third version. */
const BAKERY_V3 = 3;

/**
 * What a macaroon of LND allows, read from its identifier; conditions added later may narrow it.
 * Nothing of it is secret: the secret is the signature, which is not looked at.
 *
 * @param file for messages
 * @throws {InputError} for bytes that are no macaroon of LND
 */
export function macaroonPermissions(bytes: Uint8Array, file: string): MacaroonPermission[] {
  const fault = () =>
    new InputError({ file, found: "other content", expected: "a macaroon of LND (binary)" });
  try {
    const identifier = identifierOf(bytes);
    if (identifier?.[0] !== BAKERY_V3) throw fault();
    // Message MacaroonId: 1 nonce, 2 storage id, 3 operations (1 entity, 2 actions).
    return fieldsOf(identifier.subarray(1)).filter(({ tag }) => tag === 3).flatMap(
      ({ content }) => {
        const parts = fieldsOf(content).map(({ tag, content }) => ({ tag, text: utf8(content) }));
        const entity = parts.find(({ tag }) => tag === 1)?.text ?? "";
        return parts.filter(({ tag }) => tag === 2).map(({ text: action }) => ({ entity, action }));
      },
    );
  } catch {
    throw fault();
  }
}

/** `offchain:read`, or `uri:/lnrpc.Lightning/GetInfo`: as `lncli bakemacaroon` takes them. */
export function permissionName({ entity, action }: MacaroonPermission): string {
  return `${entity}:${action}`;
}

/** Methods that may be called with nothing but reading in mind. */
const READING_METHOD =
  /\/(Get|List|Describe|Channel|Closed|Forwarding|Fee|Query|Subscribe|Track|Pending|Check|Lookup)/;

/** What goes beyond reading: whoever has the macaroon could do it. */
export function beyondReading(permissions: readonly MacaroonPermission[]): MacaroonPermission[] {
  return permissions.filter(({ entity, action }) =>
    entity === "uri" ? !READING_METHOD.test(action) : action !== "read"
  );
}

/** The methods that carrying out rebalances calls, and the broader permission that covers each. */
const PAYING: readonly [method: string, broader: string][] = [
  ["/lnrpc.Lightning/AddInvoice", "invoices:write"],
  ["/routerrpc.Router/SendPaymentV2", "offchain:write"],
  ["/routerrpc.Router/TrackPaymentV2", "offchain:read"],
  ["/lnrpc.Lightning/DeletePayment", "offchain:write"],
];

/** Sends along routes of our own: without it the node's own ways have to do. */
const ROUTING: typeof PAYING[number] = ["/routerrpc.Router/SendToRouteV2", "offchain:write"];

/** The permission for that as `lncli bakemacaroon` takes it. */
export const SENDING_ALONG = `uri:${ROUTING[0]}`;

/** What `lncli bakemacaroon` takes for a macaroon that can carry out rebalances and no more. */
export const PAYING_PERMISSIONS: readonly string[] = [
  ...PAYING.map(([method]) => `uri:${method}`),
  SENDING_ALONG,
];

/** How a macaroon fits carrying out rebalances. */
export interface PayingFit {
  /** What it lacks. */
  missing: string[];
  /** What it allows that has nothing to do with them. */
  excess: string[];
  /** Whether it can send along routes of our own. */
  routes: boolean;
}

/** How a macaroon fits carrying out rebalances. */
export function payingFit(permissions: readonly MacaroonPermission[]): PayingFit {
  const names = permissions.map(permissionName);
  const wanted = new Set([...PAYING_PERMISSIONS, ...PAYING.map(([, broader]) => broader)]);
  const allows = ([method, broader]: typeof PAYING[number]) =>
    names.includes(`uri:${method}`) || names.includes(broader);
  return {
    missing: PAYING.filter((call) => !allows(call)).map(([method]) => `uri:${method}`),
    excess: beyondReading(permissions).map(permissionName).filter((name) => !wanted.has(name)),
    routes: allows(ROUTING),
  };
}

/** The identifier of the binary form, version 2: fields of type, length and content. */
function identifierOf(bytes: Uint8Array): Uint8Array | undefined {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== 2) return undefined;
  while (!reader.done) {
    const field = reader.varint();
    if (field === FIELD.end) return undefined;
    const content = reader.take(reader.varint());
    if (field === FIELD.identifier) return content;
  }
  return undefined;
}

/** The fields of a protobuf message that have a length; others are not expected here. */
function fieldsOf(bytes: Uint8Array): { tag: number; content: Uint8Array }[] {
  const reader = new ByteReader(bytes);
  const fields: { tag: number; content: Uint8Array }[] = [];
  while (!reader.done) {
    const key = reader.varint();
    if ((key & 7) !== 2) throw new RangeError("a field without a length");
    fields.push({ tag: key >> 3, content: reader.take(reader.varint()) });
  }
  return fields;
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

class ByteReader {
  #at = 0;
  constructor(private readonly bytes: Uint8Array) {}
  get done(): boolean {
    return this.#at >= this.bytes.length;
  }
  byte(): number {
    if (this.done) throw new RangeError("too short");
    return this.bytes[this.#at++];
  }
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("too long a number");
  }
  take(count: number): Uint8Array {
    if (this.#at + count > this.bytes.length) throw new RangeError("too short");
    return this.bytes.subarray(this.#at, this.#at += count);
  }
}
