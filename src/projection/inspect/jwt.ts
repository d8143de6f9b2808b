/** Compact JWTs (RFC 7515, 7519), above all Kubernetes' service-account tokens. Nothing is verified here. */
import { fromBase64Url, utf8Decode, utf8Encode } from '../../core/bytes/index.ts';
import { type Field, field, type InspectedDocument, type Scene, type StructureNode } from './document.ts';
import { claimFields } from './jwt-claims.ts';
import { type JsonNode, jsonAt, JsonError, jsonOutline, jsonText, jsonValue } from './json-outline.ts';
import { base64UrlPlace, type Place } from './place.ts';
import { artefactFile, shellWord } from './proof.ts';
import { jsonStructure } from './structure.ts';
import { hexText } from './values.ts';

/** Text that is no compact JWT. */
export class JwtFormError extends Error {
  override readonly name = 'JwtFormError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(`JWT at offset ${offset}: ${message}`);
    this.offset = offset;
  }
}

/** One of the first two parts of a token: its JSON and where its bytes stand in the token. */
export interface JwtPart {
  readonly start: number;
  readonly end: number;
  readonly json: JsonNode;
  readonly place: Place;
}

export interface JwtParts {
  readonly header: JwtPart;
  readonly payload: JwtPart;
  readonly signature: Uint8Array;
  readonly signatureStart: number;
}

/**
 * The parts of a token.
 *
 * @throws JwtFormError where `token` is no compact JWT with JSON in its first two parts
 */
export function splitJwt(token: string): JwtParts {
  const parts = token.split('.');
  const [header = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3) throw new JwtFormError(`${parts.length} parts instead of 3`, 0);
  const payloadStart = header.length + 1;
  const signatureStart = payloadStart + payload.length + 1;
  return {
    header: readPart(header, 0, 'header'),
    payload: readPart(payload, payloadStart, 'payload'),
    signature: decodePart(signature, signatureStart, 'signature'),
    signatureStart,
  };
}

/** @throws JwtFormError where `bytes` are no compact JWT */
export function inspectJwt(bytes: Uint8Array, scene: Scene): InspectedDocument {
  const token = utf8Decode(bytes).trimEnd();
  const parts = splitJwt(token);
  const subject = jsonText(jsonAt(parts.payload.json, 'sub'));
  const file = `${scene.fileName}.jwt`;
  return {
    kind: 'token',
    title: subject ?? 'JWT',
    bytes,
    text: token,
    fields: [
      ...headerFields(parts.header),
      ...claimFields(parts.payload, scene),
      signatureField(parts, token),
    ],
    structure: jwtStructure(parts, token),
    proof: jwtProof(file, parts, scene),
    json: { header: jsonValue(parts.header.json), payload: jsonValue(parts.payload.json) },
    parts: [],
  };
}

function headerFields({ json, place }: JwtPart): Field[] {
  return json.children.map((member) => {
    const at = place(member.start, member.end);
    const value = jsonText(member) ?? JSON.stringify(jsonValue(member));
    const options = { at, mono: true, group: 'header' } as const;
    if (member.key === 'alg')
      return field('jwt_algorithm', 'alg', value, { ...options, ...algorithmTone(value) });
    if (member.key === 'kid') return field('jwt_key_id', 'kid', value, options);
    return field('jwt_header', member.key ?? '', value, options);
  });
}

function algorithmTone(algorithm: string): { readonly tone?: 'bad' } {
  return algorithm.toLowerCase() === 'none' ? { tone: 'bad' } : {};
}

function signatureField({ signature, signatureStart }: JwtParts, token: string): Field {
  const at = { start: signatureStart, end: token.length };
  return field('jwt_signature', 'signature', hexText(signature), { at, mono: true, mesh: true });
}

function jwtStructure(
  { header, payload, signature, signatureStart }: JwtParts,
  token: string,
): StructureNode[] {
  const part = (label: string, { json, place, start, end }: JwtPart): StructureNode => {
    const children = json.children.map((member) => jsonStructure(member, place));
    return { label, type: 'base64url JSON', value: null, start, contentStart: start, end, children };
  };
  return [
    part('header', header),
    part('payload', payload),
    {
      label: 'signature',
      type: 'base64url',
      value: hexText(signature),
      start: signatureStart,
      contentStart: signatureStart,
      end: token.length,
      children: [],
    },
  ];
}

/** The signature is checked as of the token's own `iat`: a simulated day is not today. */
function jwtProof(file: string, { payload }: JwtParts, scene: Scene): InspectedDocument['proof'] {
  const read = `require('fs').readFileSync(process.argv[1],'utf8').split('.')[1]`;
  const claims = `node -p "JSON.parse(Buffer.from(${read},'base64url'))" ${shellWord(file)}`;
  const decode = { id: 'jwt_claims', tool: 'node', command: claims, file, content: 'text' } as const;
  const keys = scene.refs['jwks'];
  if (keys === undefined) return [decode];
  const issuedAt = Number(jsonAt(payload.json, 'iat')?.value ?? 0) * 1000;
  const script =
    `import{readFileSync as r}from'node:fs';import{createLocalJWKSet as k,jwtVerify as v}from'jose';` +
    `const[,t,j]=process.argv,currentDate=new Date(${issuedAt});` +
    `console.log((await v(r(t,'utf8').trim(),k(JSON.parse(r(j))),{currentDate})).protectedHeader)`;
  const command = `node --input-type=module -e "${script}" ${shellWord(file)} ${shellWord(artefactFile(keys))}.json`;
  return [decode, { id: 'jwt_signature', tool: 'node', command, file, content: 'text' }];
}

function readPart(text: string, start: number, name: string): JwtPart {
  const bytes = decodePart(text, start, name);
  const place = base64UrlPlace(start, text.length);
  try {
    return { start, end: start + text.length, json: jsonOutline(bytes), place };
  } catch (error) {
    if (error instanceof JsonError)
      throw new JwtFormError(`the ${name} is no JSON`, place(error.offset, error.offset).start);
    throw error;
  }
}

function decodePart(text: string, start: number, name: string): Uint8Array {
  try {
    return fromBase64Url(text);
  } catch {
    throw new JwtFormError(`the ${name} is no base64url`, start);
  }
}

/** Whether `text` looks like a compact JWT: three base64url parts, the first of which begins with `{"`. */
export function looksLikeJwt(text: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]*\s*$/.test(text) && utf8Encode(text).length < 100_000;
}
