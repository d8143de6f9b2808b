import { bmpString } from '../names.ts';
import { nameWith, text } from '../names.ts';
import {
  ANY_PURPOSE,
  CLIENT_AUTH,
  dns,
  ext,
  forge,
  intermediate,
  leaf,
  root,
  SERVER_AUTH,
} from '../forge.ts';
import { type CertificateSpec, chainOf } from './chain-spec.ts';
import { type CorpusCase, corpusCase } from './case.ts';

const self = (pathLen?: number): CertificateSpec => ({ isSelfIssued: true, ...limit(pathLen) });
const limit = (pathLen?: number): CertificateSpec => (pathLen === undefined ? {} : { pathLen });
const pathTooLong = 'path-too-long' as const;

/** Path lengths, as NIST PKITS 4.6 groups them: the CAs' limits top down, `s` for a self-issued one. */
const lengths: readonly (readonly [
  limits: string,
  maxDepth: number | undefined,
  error: typeof pathTooLong | null,
])[] = [
  ['0', undefined, null],
  ['0 -', undefined, pathTooLong],
  ['1 -', undefined, null],
  ['1 - -', undefined, pathTooLong],
  ['6 2 0', undefined, null],
  ['6 2 0 -', undefined, pathTooLong],
  ['6 2 - - -', undefined, pathTooLong],
  ['6 2 - -', undefined, null],
  ['6 4 1 1', undefined, null],
  ['6 1 4 4', undefined, pathTooLong],
  ['1 0', undefined, null],
  ['1 5 -', undefined, pathTooLong],
  ['0 s', undefined, null],
  ['0 s s s', undefined, null],
  ['0 s -', undefined, pathTooLong],
  ['1 s - s', undefined, null],
  ['1 s - -', undefined, pathTooLong],
  ['- s0 -', undefined, pathTooLong],
  ['- s0 s', undefined, null],
  ['', 0, null],
  ['-', 0, pathTooLong],
  ['- -', 2, null],
  ['- -', 1, pathTooLong],
  ['- s -', 2, null],
  ['3 -', 1, pathTooLong],
];

const pathLengths = lengths.map(([limits, maxDepth, error]) => {
  const cas = limits
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const digits = word.replace(/[s-]/, '');
      const pathLen = digits === '' ? undefined : Number(digits);
      return word.startsWith('s') ? self(pathLen) : limit(pathLen);
    });
  const name = `pathLen: ${limits}${maxDepth === undefined ? '' : ` within ${maxDepth}`}`;
  const rules = maxDepth === undefined ? {} : { maxPathLength: maxDepth };
  return corpusCase(name, error, chainOf({ cas }, rules));
});

/** Who may sign, PKITS 4.6 and 4.7. */
const authority: readonly CorpusCase[] = [
  corpusCase(
    'authority: basicConstraints not critical',
    null,
    chainOf({ cas: [{ change: { basicConstraints: ext.basicConstraints(true, null, false) } }] }),
  ),
  corpusCase(
    'authority: cA FALSE',
    'not-a-ca',
    chainOf({ cas: [{ change: { basicConstraints: ext.basicConstraints(false) } }] }),
  ),
  corpusCase(
    'authority: cA FALSE, not critical',
    'not-a-ca',
    chainOf({ cas: [{ change: { basicConstraints: ext.basicConstraints(false, null, false) } }] }),
  ),
  corpusCase(
    'authority: no basicConstraints',
    'not-a-ca',
    chainOf({ cas: [{ change: { basicConstraints: null } }] }),
  ),
  corpusCase(
    'authority: keyUsage not critical',
    null,
    chainOf({ cas: [{ change: { keyUsage: ext.keyUsage([5, 6], false) } }] }),
  ),
  corpusCase('authority: no keyUsage', null, chainOf({ cas: [{ change: { keyUsage: null } }] })),
  ...[[0], [6], [0, 1, 2, 3, 4, 6]].map((bits) =>
    corpusCase(
      `authority: keyUsage ${bits.join(' ')}`,
      'key-usage-missing',
      chainOf({ cas: [{ change: { keyUsage: ext.keyUsage(bits) } }] }),
    ),
  ),
  corpusCase(
    'authority: keyUsage without keyCertSign, not critical',
    'key-usage-missing',
    chainOf({ cas: [{ change: { keyUsage: ext.keyUsage([0, 6], false) } }] }),
  ),
  corpusCase(
    'authority: root whose key may not sign',
    'key-usage-missing',
    chainOf({ root: { change: { keyUsage: ext.keyUsage([6]) } }, cas: [{}] }),
  ),
  corpusCase('authority: a leaf signs a leaf', 'not-a-ca', async (provider) => {
    const top = await root(provider);
    const end = await forge(provider, {
      subject: 'end entity',
      signer: top,
      extensions: [ext.basicConstraints(false), ext.ski('aa'), ext.aki(top.certificate.ski!)],
    });
    return { chain: [await leaf(provider, end), end.certificate], roots: [top.certificate] };
  }),
  corpusCase('authority: a CA as the leaf', null, async (provider) => {
    const top = await root(provider);
    const middle = await intermediate(provider, top);
    return { chain: [middle.certificate], roots: [top.certificate], purpose: 'any' };
  }),
];

/** Purposes nested through the chain. */
const eku = (...oids: string[]): CertificateSpec => ({ change: { extKeyUsage: ext.extKeyUsage(oids) } });
const CODE = '1.3.6.1.5.5.7.3.3';
const purposeRows: readonly (readonly [
  string,
  CertificateSpec,
  CertificateSpec,
  'serverAuth' | 'clientAuth' | 'any',
  boolean,
])[] = [
  ['both, as a server', {}, {}, 'serverAuth', true],
  ['both, as a client', {}, {}, 'clientAuth', true],
  ['server only, as a server', {}, eku(SERVER_AUTH), 'serverAuth', true],
  ['server only, as a client', {}, eku(SERVER_AUTH), 'clientAuth', false],
  ['client only, as a server', {}, eku(CLIENT_AUTH), 'serverAuth', false],
  ['client only, as anything', {}, eku(CLIENT_AUTH), 'any', true],
  ['code signing, as a server', {}, eku(CODE), 'serverAuth', false],
  ['code signing, as anything', {}, eku(CODE), 'any', true],
  ['any purpose, as a server', {}, eku(ANY_PURPOSE), 'serverAuth', false],
  ['server below a CA for servers', eku(SERVER_AUTH), eku(SERVER_AUTH), 'serverAuth', true],
  ['server below a CA for clients', eku(CLIENT_AUTH), eku(SERVER_AUTH), 'serverAuth', false],
  ['server below a CA for code', eku(CODE), eku(SERVER_AUTH), 'serverAuth', false],
  ['server below a CA for any purpose', eku(ANY_PURPOSE), eku(SERVER_AUTH), 'serverAuth', true],
  [
    'no purpose below a CA for clients',
    eku(CLIENT_AUTH),
    { change: { extKeyUsage: null } },
    'serverAuth',
    false,
  ],
  [
    'critical purposes',
    {},
    { change: { extKeyUsage: ext.extKeyUsage([SERVER_AUTH], true) } },
    'serverAuth',
    true,
  ],
];
const purposes = purposeRows.map(([name, ca, end, purpose, ok]) =>
  corpusCase(`purpose: ${name}`, ok ? null : 'wrong-purpose', chainOf({ cas: [ca], leaf: end }, { purpose })),
);

/** Validity, PKITS 4.2; the clock stands at 2026-03-02T12:00:00Z. */
const validityRows: readonly (readonly [
  string,
  CertificateSpec,
  'certificate-expired' | 'certificate-not-yet-valid' | null,
])[] = [
  ['ended a second ago', { notAfter: '2026-03-02T11:59:59Z' }, 'certificate-expired'],
  ['ends in a second', { notAfter: '2026-03-02T12:00:01Z' }, null],
  ['began a second ago', { notBefore: '2026-03-02T11:59:59Z' }, null],
  ['begins in a second', { notBefore: '2026-03-02T12:00:01Z' }, 'certificate-not-yet-valid'],
  [
    'begins in 2049',
    { notBefore: '2049-01-01T00:00:00Z', notAfter: '2049-12-31T23:59:59Z' },
    'certificate-not-yet-valid',
  ],
  [
    'begins in 2050',
    { notBefore: '2050-01-01T00:00:00Z', notAfter: '2051-01-01T00:00:00Z' },
    'certificate-not-yet-valid',
  ],
  ['began in 1950', { notBefore: '1950-01-01T00:00:00Z' }, null],
  [
    'ended in 1999',
    { notBefore: '1998-01-01T00:00:00Z', notAfter: '1999-12-31T23:59:59Z' },
    'certificate-expired',
  ],
  ['ends in 9999', { notAfter: '9999-12-31T23:59:59Z' }, null],
];
const validity = validityRows.flatMap(([name, spec, error]) => [
  corpusCase(`validity: leaf ${name}`, error, chainOf({ cas: [{}], leaf: spec })),
  corpusCase(`validity: CA ${name}`, error, chainOf({ cas: [spec] })),
  corpusCase(`validity: root ${name}`, error, chainOf({ root: spec, cas: [{}] })),
]);

/** Name chaining, PKITS 4.3: the CA's subject, and the issuer its leaf names. */
const CN = '2.5.4.3';
const O = '2.5.4.10';
const chaining: readonly (readonly [
  string,
  ReturnType<typeof nameWith>,
  ReturnType<typeof nameWith>,
  boolean,
])[] = [
  [
    'the same',
    nameWith([O, text.utf8('Org')], [CN, text.utf8('CA')]),
    nameWith([O, text.utf8('Org')], [CN, text.utf8('CA')]),
    true,
  ],
  ['another', nameWith([CN, text.utf8('CA')]), nameWith([CN, text.utf8('CB')]), false],
  [
    'another order',
    nameWith([O, text.utf8('Org')], [CN, text.utf8('CA')]),
    nameWith([CN, text.utf8('CA')], [O, text.utf8('Org')]),
    false,
  ],
  [
    'one RDN less',
    nameWith([O, text.utf8('Org')], [CN, text.utf8('CA')]),
    nameWith([O, text.utf8('Org')]),
    false,
  ],
  ['capitals', nameWith([CN, text.utf8('The CA')]), nameWith([CN, text.utf8('THE ca')]), true],
  ['white space', nameWith([CN, text.utf8('The   CA')]), nameWith([CN, text.utf8('  The CA ')]), true],
  [
    'white space in the middle of a word',
    nameWith([CN, text.utf8('The CA')]),
    nameWith([CN, text.utf8('TheCA')]),
    false,
  ],
  [
    'PrintableString and UTF8String',
    nameWith([CN, text.printable('The CA')]),
    nameWith([CN, text.utf8('The CA')]),
    true,
  ],
  [
    'BMPString and UTF8String',
    nameWith([CN, bmpString('The CA')]),
    nameWith([CN, text.utf8('The CA')]),
    true,
  ],
  ['another attribute type', nameWith([CN, text.utf8('CA')]), nameWith([O, text.utf8('CA')]), false],
  ['Cyrillic capitals', nameWith([CN, text.utf8('Центр')]), nameWith([CN, text.utf8('ЦЕНТР')]), true],
  [
    'composed and decomposed',
    nameWith([CN, text.utf8('Zürich')]),
    nameWith([CN, text.utf8('Zu\u0308rich')]),
    true,
  ],
  ['one look, two scripts', nameWith([CN, text.utf8('CA')]), nameWith([CN, text.utf8('СА')]), false],
];
const names = chaining.map(([name, subject, issuer, ok]) =>
  corpusCase(
    `naming: ${name}`,
    ok ? null : 'unknown-issuer',
    chainOf({ cas: [{ subject }], leaf: { issuer } }),
  ),
);

/** What a reference name asks. */
const hostRows: readonly (readonly [san: string, host: string, ok: boolean])[] = [
  ['a.test', 'a.test', true],
  ['A.Test', 'a.tEST', true],
  ['a.test', 'b.test', false],
  ['a.test', 'x.a.test', false],
  ['*.a.test', 'x.a.test', true],
  ['*.a.test', 'a.test', false],
  ['*.a.test', 'y.x.a.test', false],
  ['x*.a.test', 'xy.a.test', false],
  ['x.*.test', 'x.a.test', false],
  ['*.test', 'a.test', false],
  ['*', 'test', false],
];
const hosts = hostRows.map(([san, host, ok]) =>
  corpusCase(
    `host: ${san} for ${host}`,
    ok ? null : 'name-mismatch',
    chainOf({ cas: [{}], leaf: { san: [dns(san)] } }, { name: { type: 'dns', value: host }, strict: false }),
  ),
);

export const pathCases: readonly CorpusCase[] = [
  ...pathLengths,
  ...authority,
  ...purposes,
  ...validity,
  ...names,
  ...hosts,
];
