import type { CryptoProvider } from '../crypto/index.ts';
import type { Check } from '../pki/index.ts';
import { isoSeconds } from '../time/iso.ts';
import type { ServiceAccountClaims } from './claims.ts';
import { decodeJwt, type DecodedJwt, type JsonObject } from './decode.ts';
import { JwtError } from './error.ts';
import type { TokenIssuer } from './issuer.ts';
import { verifyCompact } from './jws.ts';

/** Tolerance for clocks that disagree, in both directions (go-jose's default). */
export const LEEWAY_SECONDS = 60;

/** What the API server says of a text that no authenticator recognises. */
export const INVALID_BEARER_TOKEN = 'invalid bearer token';

/** A token and what it is to be accepted for. */
export interface TokenQuestion {
  readonly token: string;
  /** Audiences the caller accepts; empty means the API server's own. */
  readonly audiences: readonly string[];
  /** Whose tokens are accepted. */
  readonly issuers: readonly TokenIssuer[];
  readonly now: Date;
}

/** What a token is worth, and why. */
export interface TokenVerdict {
  /** Null unless every check passed. */
  readonly claims: ServiceAccountClaims | null;
  /** Those of the accepted audiences that the token names. */
  readonly audiences: readonly string[];
  /** The first failure, in Kubernetes' words; null if there is none. */
  readonly error: string | null;
  /** Every check made, in order; the last one is the failure, if any. */
  readonly checks: readonly Check[];
}

/**
 * Verifies a service-account token by what it says alone: issuer, signature, audience, times (kubernetes:
 * pkg/serviceaccount/jwt.go and claims.go). This is all that a verifier outside the cluster can do with the JWKS: it
 * cannot notice that the account or the pod is gone.
 *
 * @returns a verdict; a bad token is never thrown
 */
export async function verifyServiceAccountToken(
  provider: CryptoProvider,
  question: TokenQuestion,
): Promise<TokenVerdict> {
  const checks: Check[] = [];
  const refuse = (check: Check, error: string): TokenVerdict => ({
    claims: null,
    audiences: [],
    error,
    checks: [...checks, { ...check, ok: false }],
  });

  const decoded = decode(question.token);
  if (decoded instanceof JwtError) {
    return refuse({ id: 'token.format', ok: false, detail: decoded.message }, INVALID_BEARER_TOKEN);
  }
  checks.push({ id: 'token.format', ok: true });
  for (const step of STEPS) {
    const outcome = await step(provider, question, decoded);
    if (outcome.error !== null) return refuse(outcome.check, outcome.error);
    checks.push(outcome.check);
  }
  const claims = decoded.payload as unknown as ServiceAccountClaims;
  return { claims, audiences: sharedAudiences(question, decoded.payload), error: null, checks };
}

interface Outcome {
  readonly check: Check;
  readonly error: string | null;
}

type Step = (
  provider: CryptoProvider,
  question: TokenQuestion,
  token: DecodedJwt,
) => Outcome | Promise<Outcome>;

const STEPS: readonly Step[] = [
  checkIssuer,
  checkSignature,
  checkForm,
  checkAudience,
  checkNotBefore,
  checkExpiry,
  checkIssuedAt,
];

function outcome(id: string, ok: boolean, detail: string, error: string): Outcome {
  return { check: { id, ok, detail }, error: ok ? null : error };
}

function decode(token: string): DecodedJwt | JwtError {
  try {
    return decodeJwt(token);
  } catch (cause) {
    if (cause instanceof JwtError) return cause;
    throw cause;
  }
}

function checkIssuer(
  _provider: CryptoProvider,
  { issuers }: TokenQuestion,
  { payload }: DecodedJwt,
): Outcome {
  const known = issuers.some(({ issuer }) => issuer === payload['iss']);
  return outcome('token.issuer', known, `iss ${show(payload['iss'])}`, INVALID_BEARER_TOKEN);
}

async function checkSignature(
  provider: CryptoProvider,
  question: TokenQuestion,
  token: DecodedJwt,
): Promise<Outcome> {
  const { header } = token;
  const keys = keysFor(header, question.issuers);
  const detail = `${show(header['alg'])}, kid ${show(header['kid'])}`;
  if (keys.length === 0) return outcome('token.signature', false, detail, 'invalid signature, no keys found');
  for (const key of keys) {
    if (key.alg !== header['alg']) continue;
    if (await verifyCompact(provider, question.token, token.signature, key)) {
      return outcome('token.signature', true, detail, '');
    }
  }
  return outcome('token.signature', false, detail, 'go-jose/go-jose: error in cryptographic primitive');
}

/** The keys a `kid` names; all of them for a token without one. */
function keysFor({ kid }: JsonObject, issuers: readonly TokenIssuer[]) {
  return issuers.flatMap(({ verificationKeys }) => {
    if (kid === undefined || kid === '') return [...verificationKeys.values()];
    const key = typeof kid === 'string' ? verificationKeys.get(kid) : undefined;
    return key === undefined ? [] : [key];
  });
}

/** A correctly signed token that is not a bound service-account token: none of the API server's own. */
function checkForm(_provider: CryptoProvider, _question: TokenQuestion, { payload }: DecodedJwt): Outcome {
  const ok = isBound(payload);
  return outcome(
    'token.claims',
    ok,
    ok ? `sub ${show(payload['sub'])}` : 'not a bound token',
    INVALID_BEARER_TOKEN,
  );
}

function isBound(payload: JsonObject): boolean {
  const { aud, exp, iat, nbf, jti, sub, 'kubernetes.io': block } = payload;
  if (![exp, iat, nbf].every((time) => typeof time === 'number')) return false;
  if (![jti, sub].every((text) => typeof text === 'string')) return false;
  if (!Array.isArray(aud) || !isObject(block) || typeof block['namespace'] !== 'string') return false;
  return isReference(block['serviceaccount']) && [block['pod'], block['node']].every(isReferenceOrAbsent);
}

function isReferenceOrAbsent(value: unknown): boolean {
  return value === undefined || isReference(value);
}

function isReference(value: unknown): boolean {
  if (!isObject(value) || typeof value['name'] !== 'string') return false;
  return value['uid'] === undefined || typeof value['uid'] === 'string';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkAudience(_provider: CryptoProvider, question: TokenQuestion, { payload }: DecodedJwt): Outcome {
  const named = audiencesOf(payload);
  const wanted = wantedAudiences(question);
  const ok = sharedAudiences(question, payload).length > 0;
  const error = `token audiences ${quoteList(named)} is invalid for the target audiences ${quoteList(wanted)}`;
  return outcome('token.audience', ok, `aud ${quoteList(named)}, wanted ${quoteList(wanted)}`, error);
}

function sharedAudiences(question: TokenQuestion, payload: JsonObject): string[] {
  const named = audiencesOf(payload);
  return wantedAudiences(question).filter((audience) => named.includes(audience));
}

function wantedAudiences({ audiences, issuers }: TokenQuestion): readonly string[] {
  // The API server's own audience is its issuer unless --api-audiences says otherwise.
  return audiences.length > 0 ? audiences : issuers.slice(0, 1).map(({ issuer }) => issuer);
}

function audiencesOf(payload: JsonObject): string[] {
  const aud = payload['aud'];
  return Array.isArray(aud) ? aud.filter((each) => typeof each === 'string') : [];
}

function checkNotBefore(_provider: CryptoProvider, { now }: TokenQuestion, { payload }: DecodedJwt): Outcome {
  const ok = seconds(now) + LEEWAY_SECONDS >= Number(payload['nbf']);
  return outcome(
    'token.notBefore',
    ok,
    compared('nbf', payload, now),
    'service account token is not valid yet',
  );
}

function checkExpiry(_provider: CryptoProvider, { now }: TokenQuestion, { payload }: DecodedJwt): Outcome {
  const ok = seconds(now) - LEEWAY_SECONDS <= Number(payload['exp']);
  return outcome('token.expiry', ok, compared('exp', payload, now), 'service account token has expired');
}

function checkIssuedAt(_provider: CryptoProvider, { now }: TokenQuestion, { payload }: DecodedJwt): Outcome {
  const ok = seconds(now) + LEEWAY_SECONDS >= Number(payload['iat']);
  return outcome(
    'token.issuedAt',
    ok,
    compared('iat', payload, now),
    'service account token is issued in the future',
  );
}

function seconds(date: Date): number {
  return date.getTime() / 1000;
}

function compared(claim: string, payload: JsonObject, now: Date): string {
  const at = new Date(Number(payload[claim]) * 1000);
  const shown = Number.isNaN(at.getTime()) ? String(payload[claim]) : isoSeconds(at);
  return `${claim} ${shown}, now ${isoSeconds(now)}, leeway ${LEEWAY_SECONDS} s`;
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : value === undefined ? '(none)' : JSON.stringify(value);
}

/** A list of strings as Go prints it with %q. */
function quoteList(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
}
