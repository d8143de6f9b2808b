import { fromBase64, toBase64 } from '../bytes/base64.ts';
import type { Bytes } from '../bytes/bytes.ts';
import { findDuplicateMember } from './json.ts';
import { TrustDomain } from './trust-domain.ts';

/** A JWT-SVID signing key as the bundle publishes it. */
export interface JwtAuthority {
  readonly keyId: string;
  /** The JWK without `use` and `kid`. */
  readonly jwk: Readonly<Record<string, unknown>>;
}

/**
 * A SPIFFE bundle (SPIFFE_Trust_Domain_and_Bundle.md section 4). The name of its trust domain is not part of the
 * document and is kept beside it.
 */
export interface SpiffeBundle {
  /** CA certificates, DER. */
  readonly x509Authorities: readonly Bytes[];
  readonly jwtAuthorities: readonly JwtAuthority[];
  /** Grows whenever the content changes; up to 64 bits. */
  readonly sequence: bigint | null;
  /** Seconds between polls; absent means about five minutes. */
  readonly refreshHintSeconds: number | null;
}

/** A document that is no SPIFFE bundle. The message is go-spiffe's where it has one. */
export class SpiffeBundleError extends Error {
  override readonly name = 'SpiffeBundleError';
  readonly rule:
    | 'json'
    | 'keys'
    | 'x5c'
    | 'kid'
    | 'certificate'
    | 'sequence'
    | 'refresh-hint'
    | 'duplicate'
    | 'trust-domain';

  constructor(rule: SpiffeBundleError['rule'], message: string) {
    super(`spiffebundle: ${message}`);
    this.rule = rule;
  }
}

/**
 * Reads a bundle. Entries of another `use`, x509-svid entries without `x5c` and unknown members are passed over.
 *
 * @throws SpiffeBundleError
 */
export function parseSpiffeBundle(text: string): SpiffeBundle {
  return readBundle(parseObject(text));
}

/**
 * Reads a bundle map (section 5), trust-domain name → bundle.
 *
 * @throws SpiffeBundleError, also for a member that occurs twice
 */
export function parseSpiffeBundleMap(text: string): Map<string, SpiffeBundle> {
  const document = parseObject(text);
  const duplicate = findDuplicateMember(text);
  if (duplicate !== null)
    throw new SpiffeBundleError('duplicate', `member ${JSON.stringify(duplicate)} occurs twice`);
  const bundles = new Map<string, SpiffeBundle>();
  for (const [name, value] of Object.entries(objectOf(document['trust_domains'], 'trust_domains'))) {
    if (!TrustDomain.parse(name).ok || name.includes(':')) {
      throw new SpiffeBundleError('trust-domain', `${JSON.stringify(name)} is no trust domain name`);
    }
    bundles.set(name, readBundle(objectOf(value, name)));
  }
  return bundles;
}

/** Writes a bundle as `spire-server bundle show -format spiffe` does: indented by four spaces, ending in a newline. */
export function formatSpiffeBundle(bundle: SpiffeBundle): string {
  const keys: Json[] = [
    ...bundle.x509Authorities.map((der) => ({ use: 'x509-svid', x5c: [toBase64(der)] })),
    ...bundle.jwtAuthorities.map(({ keyId, jwk }) => ({ use: 'jwt-svid', kid: keyId, ...jwk })),
  ];
  const document: Json = { keys };
  if (bundle.sequence !== null) document['spiffe_sequence'] = 0;
  if (bundle.refreshHintSeconds !== null) document['spiffe_refresh_hint'] = bundle.refreshHintSeconds;
  // JSON.stringify takes no bigint, and a number would be rounded beyond 2^53. Only a top-level member stands so.
  const line = '\n    "spiffe_sequence": ';
  return `${JSON.stringify(document, null, 4).replace(`${line}0`, `${line}${bundle.sequence}`)}\n`;
}

type Json = Record<string, unknown>;

function readBundle(document: Json): SpiffeBundle {
  const { keys } = document;
  if (!Array.isArray(keys)) throw new SpiffeBundleError('keys', 'no authorities found');
  const x509Authorities: Bytes[] = [];
  const jwtAuthorities: JwtAuthority[] = [];
  keys.forEach((entry: unknown, index) => {
    const key = objectOf(entry, `entry ${index} of JWKS`);
    if (key['use'] === 'x509-svid') pushX509(x509Authorities, key, index);
    if (key['use'] === 'jwt-svid') jwtAuthorities.push(readJwtAuthority(key, index));
  });
  return {
    x509Authorities,
    jwtAuthorities,
    sequence: readSequence(document),
    refreshHintSeconds: readRefreshHint(document),
  };
}

function pushX509(into: Bytes[], key: Json, index: number): void {
  const chain = key['x5c'];
  if (chain === undefined) return;
  if (!Array.isArray(chain) || chain.length !== 1) {
    const count = Array.isArray(chain) ? chain.length : 0;
    throw new SpiffeBundleError(
      'x5c',
      `expected a single certificate in x509-svid entry ${index}; got ${count}`,
    );
  }
  try {
    into.push(fromBase64(String(chain[0])));
  } catch {
    throw new SpiffeBundleError('certificate', `x509-svid entry ${index} holds no base64`);
  }
}

function readJwtAuthority(key: Json, index: number): JwtAuthority {
  const { use, kid, ...jwk } = key;
  void use;
  if (typeof kid === 'string' && kid !== '') return { keyId: kid, jwk };
  throw new SpiffeBundleError('kid', `error adding authority ${index} of JWKS: keyID cannot be empty`);
}

const BIG = 'big:';

/** JSON.parse rounds beyond 2^53, so long sequences are put in quotes first. A string cannot hold the pattern bare. */
function keepLongSequences(text: string): string {
  return text.replace(/"spiffe_sequence"\s*:\s*(\d{16,})(?=\s*[,}])/g, `"spiffe_sequence":"${BIG}$1"`);
}

function readSequence(document: Json): bigint | null {
  const value = document['spiffe_sequence'];
  if (value === undefined) return null;
  if (typeof value === 'string' && /^big:\d+$/.test(value)) return BigInt(value.slice(BIG.length));
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  throw new SpiffeBundleError('sequence', 'spiffe_sequence is no non-negative integer');
}

function readRefreshHint(document: Json): number | null {
  const value = document['spiffe_refresh_hint'];
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new SpiffeBundleError('refresh-hint', 'spiffe_refresh_hint is no whole number of seconds');
}

function parseObject(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(keepLongSequences(text));
  } catch (error) {
    throw new SpiffeBundleError(
      'json',
      `unable to parse JWKS: ${error instanceof Error ? error.message : 'no JSON'}`,
    );
  }
  return objectOf(value, 'document');
}

function objectOf(value: unknown, what: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new SpiffeBundleError('json', `${what} is no object`);
}
