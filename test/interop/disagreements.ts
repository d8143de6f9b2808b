/**
 * Chains of the corpus on which we and OpenSSL 3.0 (`-x509_strict`, `-crl_check_all`, `-policy_check`) differ in the
 * verdict, and the clause that decides. A chain that is not here gets the same verdict from both; the test fails for one
 * missing and for one too many.
 */
export interface Disagreement {
  readonly chain: string;
  /** OpenSSL's code; null where it accepts what we refuse. */
  readonly openssl: number | null;
  readonly clause: string;
  readonly because: string;
}

const backtracking = {
  clause: 'RFC 4158 2.4.1',
  because: 'several paths are possible; OpenSSL builds one and does not go back',
} as const;

const stringprep = {
  clause: 'RFC 5280 7.1, RFC 4518 2',
  because:
    'attribute values compare after case folding and normalisation of all letters; OpenSSL folds ASCII only',
} as const;

const undetermined = {
  clause: 'RFC 5280 6.3.3',
  because:
    'what follows from an undetermined status is left to the caller, who asked to pass; OpenSSL knows hard failure only',
} as const;

export const disagreements: readonly Disagreement[] = [
  {
    chain: 'defect: serial number zero',
    openssl: null,
    clause: 'RFC 5280 4.1.2.2',
    because: 'a serial number has to be positive',
  },
  {
    chain: 'defect: serial number of 21 octets',
    openssl: null,
    clause: 'RFC 5280 4.1.2.2',
    because: 'a serial number has at most 20 octets',
  },
  {
    chain: 'defect: weak RSA key in the leaf',
    openssl: null,
    clause: 'NIST SP 800-131A table 2',
    because: 'RSA below 2048 bits is disallowed; OpenSSL’s default security level 1 allows 1024',
  },
  {
    chain: 'defect: trust domain that is an address under a URI constraint',
    openssl: null,
    clause: 'RFC 5280 4.2.1.10',
    because: 'a URI whose host is an address has to be refused under a URI constraint',
  },
  {
    chain: 'defect: wildcard that covers an excluded name',
    openssl: null,
    clause: 'RFC 5280 4.2.1.10 with RFC 9525 6.3',
    because: 'the wildcard would be accepted for the excluded name',
  },
  {
    chain: 'constraint: DNS, a wildcard over the excluded',
    openssl: null,
    clause: 'RFC 5280 4.2.1.10 with RFC 9525 6.3',
    because: 'the wildcard would be accepted for the excluded name',
  },
  { chain: 'sound: cross-signed: only the first root is trusted', openssl: 20, ...backtracking },
  { chain: 'sound: cross-signed: only the second root is trusted', openssl: 20, ...backtracking },
  { chain: 'sound: cross-signed: one way is constrained to other names', openssl: 47, ...backtracking },
  {
    chain: 'sound: two roots of one name, without key identifiers to tell them apart',
    openssl: 7,
    ...backtracking,
  },
  {
    chain: 'sound: an intermediate alone is trusted (partial chain)',
    openssl: 2,
    clause: 'RFC 5280 6.1.1 (d)',
    because: 'any name and key may be a trust anchor; OpenSSL needs -partial_chain, which Envoy sets',
  },
  {
    chain: 'sound: both ends of the validity are inside it: all of the last second',
    openssl: 10,
    clause: 'RFC 5280 4.1.2.5',
    because: 'the period includes notAfter; OpenSSL counts that second as expired',
  },
  {
    chain: 'pathLen: - s - within 2',
    openssl: 22,
    clause: 'RFC 5280 6.1.4 (l)',
    because: 'self-issued certificates do not count for a path’s length; -verify_depth counts all',
  },
  {
    chain: 'authority: basicConstraints not critical',
    openssl: 89,
    clause: 'RFC 5280 6.1.4 (k)',
    because:
      'validation asks whether it is there with cA TRUE; that it be critical (4.2.1.9) is asked of the CA that issues (NIST PKITS 4.6.4)',
  },
  {
    chain: 'authority: no keyUsage',
    openssl: 92,
    clause: 'RFC 5280 6.1.4 (n)',
    because: 'keyCertSign is asked for where a keyUsage is present',
  },
  {
    chain: 'CRL: the CA has no keyUsage',
    openssl: 92,
    clause: 'RFC 5280 6.3.3 (f)',
    because: 'cRLSign is asked for where a keyUsage is present',
  },
  {
    chain: 'purpose: server below a CA for any purpose',
    openssl: 26,
    clause: 'RFC 5280 4.2.1.12',
    because: 'anyExtendedKeyUsage in a CA’s certificate does not restrict',
  },
  { chain: 'naming: Cyrillic capitals', openssl: 20, ...stringprep },
  { chain: 'naming: composed and decomposed', openssl: 20, ...stringprep },
  {
    chain: 'host: x*.a.test for xy.a.test',
    openssl: null,
    clause: 'RFC 9525 6.3',
    because: 'a wildcard is the whole left-most label',
  },
  {
    chain: 'constraint: e-mail in the subject beside a subjectAltName',
    openssl: 47,
    clause: 'RFC 5280 4.2.1.10',
    because: 'e-mail constraints apply to the subject where there is no subjectAltName',
  },
  {
    chain: 'constraint: DNS, a base with a leading dot',
    openssl: null,
    clause: 'RFC 5280 4.2.1.10',
    because: 'a DNS constraint is a name in preferred syntax; OpenSSL reads the dot as it does in URIs',
  },
  {
    chain: 'constraint: IPv4, a mask with a hole',
    openssl: null,
    clause: 'RFC 5280 4.2.1.10, RFC 4632 3.1',
    because: 'the mask is that of a CIDR block',
  },
  {
    chain: 'CRL: no nextUpdate',
    openssl: null,
    clause: 'RFC 5280 5.1.2.5',
    because: 'the profile demands nextUpdate; without it a list would never grow old',
  },
  { chain: 'CRL: no number', openssl: null, clause: 'RFC 5280 5.2.3', because: 'every CRL has a number' },
  { chain: 'mode: soft: no list', openssl: 3, ...undetermined },
  { chain: 'mode: soft: an expired list', openssl: 12, ...undetermined },
  { chain: 'mode: soft: a list with a bad signature', openssl: 8, ...undetermined },
  { chain: 'mode: at hand: no list', openssl: 3, ...undetermined },
  { chain: 'mode: at hand: a list for others', openssl: 44, ...undetermined },
];
