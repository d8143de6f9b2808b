import { fromBase64Url, utf8DecodeStrict, type Bytes, type Span } from '../bytes/index.ts';
import { JwtError } from './error.ts';
import { jsonFields } from './json-fields.ts';

/** A JSON object of which nothing is known yet. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A token taken apart. Nothing in it has been verified. */
export interface DecodedJwt {
  readonly header: JsonObject;
  readonly payload: JsonObject;
  readonly signature: Bytes;
  /** The JSON texts as they stand inside the token. */
  readonly headerText: string;
  readonly payloadText: string;
  /**
   * Parts of the token as offsets into its text: header, payload and signature, and below the first two their
   * members. A character of base64url holds six bits, so that neighbouring members may share one.
   */
  readonly spans: readonly Span[];
}

/**
 * Takes a compact JWT apart (RFC 7519; RFC 7515 section 3.1).
 *
 * @param token - three base64url parts joined by dots, without white space around
 * @throws JwtError if it is not one, with the offset of the offending part
 */
export function decodeJwt(token: string): DecodedJwt {
  const parts = token.split('.');
  const [first, second, third] = parts;
  if (first === undefined || second === undefined || third === undefined || parts.length !== 3) {
    throw new JwtError('jwt.parts', `a JWT has three parts joined by dots; this has ${parts.length}`, 0);
  }
  const payloadAt = first.length + 1;
  const signatureAt = payloadAt + second.length + 1;
  const header = decodeObject(first, 0, 'header');
  const payload = decodeObject(second, payloadAt, 'payload');
  const signature = decodePart(third, signatureAt, 'signature');
  return {
    header: header.value,
    payload: payload.value,
    signature,
    headerText: header.text,
    payloadText: payload.text,
    // Found when asked for: tokens are decoded far more often than they are looked at.
    get spans() {
      return [
        { start: 0, end: first.length, label: 'header', depth: 0 },
        ...memberSpans(header, 0),
        { start: payloadAt, end: payloadAt + second.length, label: 'payload', depth: 0 },
        ...memberSpans(payload, payloadAt),
        { start: signatureAt, end: token.length, label: 'signature', depth: 0 },
      ];
    },
  };
}

interface DecodedObject {
  readonly bytes: Bytes;
  readonly text: string;
  readonly value: JsonObject;
}

function decodePart(part: string, at: number, name: string): Bytes {
  try {
    return fromBase64Url(part);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'not base64url';
    throw new JwtError('jwt.base64url', `${name}: ${reason}`, at);
  }
}

function decodeObject(part: string, at: number, name: string): DecodedObject {
  const bytes = decodePart(part, at, name);
  const text = utf8DecodeStrict(bytes);
  if (text === null) throw new JwtError('jwt.json', `${name}: not UTF-8`, at);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new JwtError('jwt.json', `${name}: not a JSON object`, at);
  }
  return { bytes, text, value: value as JsonObject };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

/** Spans of the members of a JSON object, moved from its bytes to the characters that carry them. */
function memberSpans({ bytes, text }: DecodedObject, at: number): Span[] {
  // Offsets into the text are offsets into the bytes only where every character is one byte.
  if (text.length !== bytes.length) return [];
  return jsonFields(text).map(({ key, start, end, valueText }) => ({
    start: at + Math.floor((start * 4) / 3),
    end: at + Math.ceil((end * 4) / 3),
    label: key,
    detail: valueText,
    depth: 1,
  }));
}
