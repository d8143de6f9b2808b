import { octets, oid, seq } from '../../../../src/core/bytes/der.ts';
import type { CryptoProvider } from '../../../../src/core/crypto/index.ts';
import type { ChainErrorKind, Crl, RevocationSettings } from '../../../../src/core/pki/index.ts';
import { encodeExtension } from '../../../../src/core/pki/extension.ts';
import { type Authority, directory, ext, intermediate, point, root, uri } from '../forge.ts';
import { type CrlTemplate, forgeCrl } from '../forge-crl.ts';
import { nameWith, text } from '../names.ts';
import type { Presented } from '../presented.ts';
import { buildChain, type ChainSpec } from './chain-spec.ts';
import { type CorpusCase, corpusCase } from './case.ts';

type Mode = RevocationSettings['mode'];
type List = Omit<CrlTemplate, 'signer' | 'revoked'> & {
  readonly lists?: 'leaf' | 'CA';
  readonly reason?: number;
};

interface CrlSpec {
  readonly spec?: ChainSpec;
  /** Lists of the CA that issued the leaf; one good one unless given. */
  readonly ofCa?: readonly List[];
  /** Lists of the root. */
  readonly ofRoot?: readonly List[];
  readonly mode?: Mode;
}

const good: List = {};
const leafListed: List = { lists: 'leaf' };
const HERE = [uri('http://crl.test/a')];
const THERE = [uri('http://crl.test/b')];
const pointsTo = (...points: Parameters<typeof ext.crlPoints>[0]): ChainSpec => ({
  cas: [{}],
  leaf: { change: { points: ext.crlPoints(points) } },
});

/** Leaf, CA and root, and the lists of both. */
const listed =
  ({ spec = { cas: [{}] }, ofCa = [good], ofRoot = [good], mode = 'hard' }: CrlSpec) =>
  async (provider: CryptoProvider): Promise<Presented> => {
    const { presented, top, cas } = await buildChain(provider, spec);
    const [leaf, ca] = presented.chain;
    const make =
      (signer: Authority) =>
      (list: List): Promise<Crl> => {
        const { lists, reason, ...rest } = list;
        const certificate = lists === 'CA' ? ca! : leaf!;
        const entry = { certificate, ...(reason === undefined ? {} : { reason }) };
        return forgeCrl(provider, { signer, revoked: lists === undefined ? [] : [entry], ...rest });
      };
    const below = cas.at(-1) ?? top;
    const crls = [
      ...(await Promise.all(ofCa.map(make(below)))),
      ...(below === top ? [] : await Promise.all(ofRoot.map(make(top)))),
    ];
    return { ...presented, revocation: { mode, crls } };
  };

const unknownCritical = encodeExtension('1.3.6.1.4.1.99999.1', true, octets(new Uint8Array(0)));
const sha1 = seq(oid('1.2.840.10045.4.1'));

type Row = readonly [name: string, error: ChainErrorKind | null, crl: CrlSpec];
const revoked = 'revoked' as const;
const unknown = 'revocation-unknown' as const;

/** NIST PKITS 4.4. */
const basic: readonly Row[] = [
  ['nothing is revoked', null, {}],
  ['no list of the CA', unknown, { ofCa: [] }],
  ['no list of the root', unknown, { ofRoot: [] }],
  ['the leaf is revoked', revoked, { ofCa: [leafListed] }],
  ['the CA is revoked', revoked, { ofRoot: [{ lists: 'CA' }] }],
  [
    'the leaf’s number in the root’s list',
    null,
    { spec: { cas: [{}], leaf: { serial: Uint8Array.of(7) } }, ofRoot: [leafListed] },
  ],
  ['bad signature', unknown, { ofCa: [{ tamper: flip }] }],
  ['bad signature on a list with the leaf', unknown, { ofCa: [{ ...leafListed, tamper: flip }] }],
  ['another issuer’s name', unknown, { ofCa: [{ issuer: nameWith(['2.5.4.3', text.utf8('Someone')]) }] }],
  ['has expired', unknown, { ofCa: [{ nextUpdate: '2026-03-02T11:00:00Z' }] }],
  ['is not valid yet', unknown, { ofCa: [{ thisUpdate: '2026-03-02T13:00:00Z' }] }],
  [
    'ended before 2000',
    unknown,
    { ofCa: [{ thisUpdate: '1998-01-01T00:00:00Z', nextUpdate: '1999-01-01T00:00:00Z' }] },
  ],
  ['ends after 2049', null, { ofCa: [{ nextUpdate: '2055-01-01T00:00:00Z' }] }],
  ['no nextUpdate', unknown, { ofCa: [{ nextUpdate: null }] }],
  ['no number', unknown, { ofCa: [{ number: null }] }],
  ['a critical number', unknown, { ofCa: [{ numberCritical: true }] }],
  ['an unknown critical extension', unknown, { ofCa: [{ extensions: [unknownCritical] }] }],
  [
    'two lists, the second has the leaf',
    revoked,
    { ofCa: [{ nextUpdate: '2026-03-02T11:00:00Z' }, { ...leafListed, number: 2 }] },
  ],
  [
    'an expired list and a fresh one',
    null,
    { ofCa: [{ nextUpdate: '2026-03-02T11:00:00Z' }, { number: 2 }] },
  ],
  ['on hold', revoked, { ofCa: [{ ...leafListed, reason: 6 }] }],
  ['key compromised', revoked, { ofCa: [{ ...leafListed, reason: 1 }] }],
  ['signed with SHA-1', unknown, { ofCa: [{ algorithm: sha1 }] }],
  ['the CA may not sign lists', unknown, { spec: { cas: [{ change: { keyUsage: ext.keyUsage([5]) } }] } }],
  ['the CA has no keyUsage', null, { spec: { cas: [{ change: { keyUsage: null } }] } }],
  ['the root has issued the leaf', null, { spec: { cas: [] } }],
  ['the root has issued and revoked the leaf', revoked, { spec: { cas: [] }, ofCa: [leafListed] }],
  [
    'a long serial number',
    revoked,
    { spec: { cas: [{}], leaf: { serial: new Uint8Array(20).fill(0x7f) } }, ofCa: [leafListed] },
  ],
];

/** Distribution points, NIST PKITS 4.14. */
const points: readonly Row[] = [
  ['the point’s own list', null, { spec: pointsTo(point(HERE)), ofCa: [{ idp: { fullName: HERE } }] }],
  [
    'the point’s own list has the leaf',
    revoked,
    { spec: pointsTo(point(HERE)), ofCa: [{ ...leafListed, idp: { fullName: HERE } }] },
  ],
  ['another point’s list', unknown, { spec: pointsTo(point(HERE)), ofCa: [{ idp: { fullName: THERE } }] }],
  ['a list without a point serves every one', null, { spec: pointsTo(point(HERE)), ofCa: [good] }],
  [
    'one of the names is the same',
    null,
    { spec: pointsTo(point([...HERE, ...THERE])), ofCa: [{ idp: { fullName: THERE } }] },
  ],
  ['a list of a point, and a certificate without', unknown, { ofCa: [{ idp: { fullName: HERE } }] }],
  ['for end entities', null, { ofCa: [{ idp: { userCerts: true } }] }],
  ['for CAs only', unknown, { ofCa: [{ idp: { caCerts: true } }] }],
  ['for end entities, of the root', unknown, { ofRoot: [{ idp: { userCerts: true } }] }],
  ['for CAs, of the root', null, { ofRoot: [{ idp: { caCerts: true } }] }],
  ['for attribute certificates', unknown, { ofCa: [{ idp: { attributeCerts: true } }] }],
  ['for some reasons', unknown, { ofCa: [{ idp: { reasons: [1, 2] } }] }],
  [
    'for some reasons, and the leaf is in it',
    revoked,
    { ofCa: [{ ...leafListed, reason: 1, idp: { reasons: [1, 2] } }] },
  ],
  [
    'two lists for all reasons together',
    null,
    { ofCa: [{ idp: { reasons: [1, 2] } }, { number: 2, idp: { reasons: [3, 4, 5, 6, 7, 8] } }] },
  ],
  [
    'two lists for some reasons together',
    unknown,
    { ofCa: [{ idp: { reasons: [1, 2] } }, { number: 2, idp: { reasons: [3, 4] } }] },
  ],
  ['indirect, of the issuer itself', null, { ofCa: [{ idp: { indirect: true } }] }],
];

/** Delta CRLs, NIST PKITS 4.15. OpenSSL looks for a delta only where freshestCRL says that there is one. */
const freshest = encodeExtension('2.5.29.46', false, seq(point(HERE)));
const withDelta = (...ofCa: List[]): CrlSpec => ({
  spec: { cas: [{}], leaf: { change: { freshest } } },
  ofCa,
});
const base = { number: 3 } as const;
const delta = { number: 5, base: 2 } as const;
const deltas: readonly Row[] = [
  ['a delta alone', unknown, withDelta(delta)],
  ['a base and a delta', null, withDelta(base, delta)],
  ['the delta has the leaf', revoked, withDelta(base, { ...delta, ...leafListed })],
  [
    'the delta takes the leaf off',
    null,
    withDelta({ ...base, ...leafListed, reason: 6 }, { ...delta, ...leafListed, reason: 8 }),
  ],
  ['only the base has the leaf', revoked, withDelta({ ...base, ...leafListed }, delta)],
  ['a delta of a later base is left out', null, withDelta({ number: 1 }, { ...delta, ...leafListed })],
];

/** Soft and default failure; OpenSSL has neither. */
const modes: readonly Row[] = [
  ['soft: no list', null, { mode: 'soft', ofCa: [], ofRoot: [] }],
  ['soft: an expired list', null, { mode: 'soft', ofCa: [{ nextUpdate: '2026-03-02T11:00:00Z' }] }],
  ['soft: a list with a bad signature', null, { mode: 'soft', ofCa: [{ ...leafListed, tamper: flip }] }],
  ['soft: the leaf is revoked', revoked, { mode: 'soft', ofCa: [leafListed] }],
  ['at hand: no list', null, { mode: 'at-hand', ofCa: [], ofRoot: [] }],
  ['at hand: an expired list', unknown, { mode: 'at-hand', ofCa: [{ nextUpdate: '2026-03-02T11:00:00Z' }] }],
  ['at hand: a list for others', null, { mode: 'at-hand', ofCa: [{ idp: { caCerts: true } }] }],
  ['at hand: the leaf is revoked', revoked, { mode: 'at-hand', ofCa: [leafListed] }],
];

/** Lists signed with another key than the CA's certificates, PKITS 4.4.19 to 21 and 4.5. */
const separateKey =
  (path: 'trusted' | 'stranger'): CorpusCase['build'] =>
  async (provider) => {
    const { presented, top } = await buildChain(provider, {
      cas: [{ change: { keyUsage: ext.keyUsage([5]) } }],
    });
    const signedBy = path === 'trusted' ? top : await root(provider);
    const change = { keyUsage: ext.keyUsage([6]), basicConstraints: null };
    const signer = await intermediate(provider, signedBy, {
      subject: 'CA 1',
      serial: Uint8Array.of(9),
      change,
    });
    const crls = [await forgeCrl(provider, { signer }), await forgeCrl(provider, { signer: top })];
    return {
      ...presented,
      chain: [...presented.chain, signer.certificate],
      revocation: { mode: 'hard', crls },
    };
  };

/** A list issued by somebody else for this CA's certificates, PKITS 4.14.22 on. */
const indirect =
  (entryIssuer: 'the CA' | 'the list’s issuer'): CorpusCase['build'] =>
  async (provider) => {
    const name = nameWith(['2.5.4.3', text.utf8('Lists')]);
    const spec = pointsTo(point(HERE, null, [directory(name)]));
    const { presented, top, cas } = await buildChain(provider, spec);
    const change = { keyUsage: ext.keyUsage([6]), basicConstraints: null };
    const signer = await intermediate(provider, top, { subject: name, serial: Uint8Array.of(9), change });
    const issuer = entryIssuer === 'the CA' ? { issuer: cas[0]!.certificate.subject.der } : {};
    const list = await forgeCrl(provider, {
      signer,
      idp: { fullName: HERE, indirect: true },
      revoked: [{ certificate: presented.chain[0]!, ...issuer }],
    });
    const crls = [list, await forgeCrl(provider, { signer: top })];
    return {
      ...presented,
      chain: [...presented.chain, signer.certificate],
      revocation: { mode: 'hard', crls },
    };
  };

export const crlCases: readonly CorpusCase[] = [
  ...Object.entries({ CRL: basic, point: points, delta: deltas, mode: modes }).flatMap(([group, rows]) =>
    rows.map(([name, error, crl]) => corpusCase(`${group}: ${name}`, error, listed(crl))),
  ),
  corpusCase('CRL: signed with the CA’s key for lists', null, separateKey('trusted')),
  corpusCase('CRL: signed by a stranger of the CA’s name', unknown, separateKey('stranger')),
  corpusCase('point: an indirect list has the leaf', revoked, indirect('the CA')),
  corpusCase(
    'point: an indirect list has another’s certificate of that number',
    null,
    indirect('the list’s issuer'),
  ),
];

function flip(signature: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(signature);
  changed[changed.length - 1]! ^= 1;
  return changed;
}
