import type { PathCheckId } from './chain.ts';

const CLAUSES: Readonly<Record<PathCheckId, string>> = {
  'path.found': 'RFC 4158',
  'path.profile': 'RFC 5280 4.1, 4.2',
  'path.signature': 'RFC 5280 6.1.3 (a)(1)',
  'path.validity': 'RFC 5280 6.1.3 (a)(2)',
  'anchor.validity': 'RFC 5280 6.2',
  'path.revocation': 'RFC 5280 6.1.3 (a)(3), 6.3.3',
  'path.issuer': 'RFC 5280 6.1.3 (a)(4)',
  'path.nameConstraints': 'RFC 5280 6.1.3 (b), (c)',
  'path.policies': 'RFC 5280 6.1.3 (d) to (f), RFC 9618',
  'path.policyMappings': 'RFC 5280 6.1.4 (a), (b)',
  'path.basicConstraints': 'RFC 5280 6.1.4 (k)',
  'path.pathLength': 'RFC 5280 6.1.4 (l), (m)',
  'path.keyUsage': 'RFC 5280 6.1.4 (n)',
  'path.purpose': 'RFC 5280 4.2.1.12',
  'path.criticalExtensions': 'RFC 5280 6.1.4 (o)',
  'leaf.keyUsage': 'RFC 5280 4.2.1.3',
  'leaf.purpose': 'RFC 5280 4.2.1.12',
  'leaf.policies': 'RFC 5280 6.1.5 (a) to (g)',
  'leaf.name': 'RFC 9525 6',
};

const SVID_CLAUSES: Readonly<Record<string, string>> = {
  'svid.chain': 'X509-SVID 5',
  'svid.uri': 'X509-SVID 2',
  'svid.id': 'SPIFFE-ID 2',
  'svid.notCa': 'X509-SVID 4.1',
  'svid.keyCertSign': 'X509-SVID 4.3',
  'svid.cRLSign': 'X509-SVID 4.3',
  'svid.bundle': 'X509-SVID 5',
  'svid.expected': 'SPIFFE-ID 2',
};

/** The clause a check of `verifyChain` or `verifySpiffePeer` implements; null for other checks. */
export function clauseOf(checkId: string): string | null {
  return CLAUSES[checkId as PathCheckId] ?? SVID_CLAUSES[checkId] ?? null;
}
