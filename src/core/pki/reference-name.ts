import { equalBytes } from '../bytes/bytes.ts';
import type { Certificate } from './certificate.ts';
import type { ChainError } from './chain.ts';
import { labelOf } from './chain.ts';
import { parseIp } from './ip-address.ts';
import { isHostName, splitMailbox } from './name-forms.ts';

/** The name a caller expects the peer to have. */
export interface ReferenceName {
  readonly type: 'dns' | 'ip' | 'uri' | 'email';
  readonly value: string;
}

type NameError = Extract<ChainError, { kind: 'name-mismatch' }>;

/**
 * Looks for `expected` among the subject alternative names (RFC 9525 section 6, RFC 5280 section 7). The subject's
 * common name is never looked at (RFC 9525 6.2).
 *
 * @returns null where it is there
 */
export function checkReferenceName(leaf: Certificate, expected: ReferenceName): NameError | null {
  const { type, value } = expected;
  if (MATCHERS[type](leaf, value)) return null;
  const found = leaf.subjectAltNames.filter((name) => name.type === type).map((name) => name.value);
  return {
    kind: 'name-mismatch',
    type,
    expected: value,
    found,
    depth: 0,
    certificate: labelOf(leaf),
  };
}

const MATCHERS: Readonly<Record<ReferenceName['type'], (leaf: Certificate, value: string) => boolean>> = {
  dns: (leaf, value) => {
    const wanted = value.toLowerCase().replace(/\.$/, '');
    return isHostName(wanted) && presented(leaf, 'dns').some((name) => isDnsMatch(name, wanted));
  },
  ip: (leaf, value) => {
    const wanted = parseIp(value);
    if (wanted === null) return false;
    return leaf.subjectAltNames.some(({ type, bytes }) => type === 'ip' && equalBytes(bytes, wanted));
  },
  uri: (leaf, value) => leaf.uris.some((uri) => normaliseUri(uri) === normaliseUri(value)),
  email: (leaf, value) => {
    const wanted = splitMailbox(value);
    if (wanted === null) return false;
    return presented(leaf, 'email').some((name) => {
      const mailbox = splitMailbox(name);
      return mailbox !== null && mailbox.local === wanted.local && mailbox.host === wanted.host;
    });
  },
};

function presented(leaf: Certificate, type: ReferenceName['type']): readonly string[] {
  return leaf.subjectAltNames.filter((name) => name.type === type).map(({ value }) => value);
}

/**
 * RFC 9525 6.3: `*` stands for exactly one label, the left-most and whole one. Two labels have to follow it, as
 * OpenSSL and browsers have it: `*.com` names nobody.
 */
function isDnsMatch(name: string, wanted: string): boolean {
  const pattern = name.toLowerCase();
  if (!pattern.startsWith('*.')) return isHostName(pattern) && pattern === wanted;
  const suffix = pattern.slice(1);
  if (!isHostName(suffix.slice(1)) || !suffix.slice(1).includes('.')) return false;
  const dot = wanted.indexOf('.');
  return dot > 0 && wanted.slice(dot) === suffix;
}

/** RFC 5280 7.4: scheme and host compare without regard to case, the rest as it stands. */
function normaliseUri(uri: string): string {
  const parts = /^([a-z][a-z0-9+.-]*:)(\/\/[^/?#]*)?(.*)$/is.exec(uri);
  if (parts === null) return uri;
  const [, scheme, authority = '', rest] = parts;
  const [, user = '', host] = /^(\/\/(?:[^@]*@)?)?(.*)$/s.exec(authority)!;
  return `${scheme!.toLowerCase()}${user}${host!.toLowerCase()}${rest!}`;
}
