import { SpiffeIdError } from './error.ts';

export const SCHEME_PREFIX = 'spiffe://';
const MAX_TRUST_DOMAIN = 255;
const MAX_ID = 2048;

const TRUST_DOMAIN_CHARACTER = /[a-z0-9._-]/;
const SEGMENT_CHARACTER = /[a-zA-Z0-9._-]/;

/**
 * First rule the ID breaks, in the order go-spiffe's `spiffeid.FromString` looks, lengths last; null where none.
 *
 * @returns with `pathStart`, the offset of the path, for a valid ID
 */
export function examineId(id: string): SpiffeIdError | { readonly pathStart: number } {
  if (id === '') return new SpiffeIdError('empty', id, 0);
  if (!id.startsWith(SCHEME_PREFIX)) return new SpiffeIdError('wrong-scheme', id, 0);
  let pathStart = id.indexOf('/', SCHEME_PREFIX.length);
  if (pathStart < 0) pathStart = id.length;
  const trustDomain = examineTrustDomain(id, SCHEME_PREFIX.length, pathStart);
  const error = trustDomain ?? examinePath(id, pathStart);
  if (error !== null) return error;
  return id.length > MAX_ID ? new SpiffeIdError('too-long', id, MAX_ID) : { pathStart };
}

/** Characters and length of the trust domain between `start` and `end` of `text`. */
export function examineTrustDomain(text: string, start: number, end: number): SpiffeIdError | null {
  const wrong = firstOutside(text, start, end, TRUST_DOMAIN_CHARACTER);
  if (wrong >= 0) return new SpiffeIdError('trust-domain-character', text, wrong);
  if (start === end) return new SpiffeIdError('missing-trust-domain', text, start);
  return end - start > MAX_TRUST_DOMAIN
    ? new SpiffeIdError('trust-domain-too-long', text, start + MAX_TRUST_DOMAIN)
    : null;
}

/** The path of `text` from `start` on, segment by segment; an empty path is allowed. */
function examinePath(text: string, start: number): SpiffeIdError | null {
  if (start === text.length) return null;
  if (text[start] !== '/') return new SpiffeIdError('no-leading-slash', text, start);
  for (let at = start + 1; at <= text.length;) {
    let end = text.indexOf('/', at);
    const isLast = end < 0;
    if (isLast) end = text.length;
    const wrong = firstOutside(text, at, end, SEGMENT_CHARACTER);
    if (wrong >= 0) return new SpiffeIdError('path-character', text, wrong);
    if (end === at)
      return new SpiffeIdError(isLast ? 'trailing-slash' : 'empty-segment', text, isLast ? at - 1 : at);
    const segment = text.slice(at, end);
    if (segment === '.' || segment === '..') return new SpiffeIdError('dot-segment', text, at);
    at = end + 1;
  }
  return null;
}

function firstOutside(text: string, start: number, end: number, allowed: RegExp): number {
  for (let at = start; at < end; at++) if (!allowed.test(text[at]!)) return at;
  return -1;
}
