import type { Bytes } from '../../../../src/core/bytes/bytes.ts';
import type { ChainErrorKind } from '../../../../src/core/pki/index.ts';
import { directory, dns, email, ip, otherName, uri } from '../forge.ts';
import { nameWith, text } from '../names.ts';
import { type CorpusCase, corpusCase } from './case.ts';
import { type CertificateSpec, chainOf } from './chain-spec.ts';

const not = 'name-not-permitted' as const;
const excluded = 'name-excluded' as const;
const unusable = 'name-constraint-unusable' as const;

const O = '2.5.4.10';
const OU = '2.5.4.11';
const CN = '2.5.4.3';
const EMAIL = '1.2.840.113549.1.9.1';
const dn = (...units: string[]): Bytes =>
  nameWith([O, text.utf8('Shop')], ...units.map((unit): [string, Bytes] => [OU, text.utf8(unit)]));
const subject = (...units: string[]): Bytes =>
  nameWith([O, text.utf8('Shop')], ...units.map((unit): [string, Bytes] => [OU, text.utf8(unit)]), [
    CN,
    text.utf8('end'),
  ]);

type Row = readonly [
  name: string,
  cas: readonly CertificateSpec[],
  leaf: CertificateSpec,
  error: ChainErrorKind | null,
];

const permit = (...permitted: Bytes[]): CertificateSpec => ({ permitted });
const exclude = (...bases: Bytes[]): CertificateSpec => ({ excluded: bases });
const at = (name: Bytes): CertificateSpec => ({ subject: name });
const san = (...names: Bytes[]): CertificateSpec => ({ san: names });

/** Directory names, PKITS 4.13.1 to 20. */
const directories: readonly Row[] = [
  ['inside', [permit(directory(dn('a')))], at(subject('a')), null],
  ['outside', [permit(directory(dn('a')))], at(subject('b')), not],
  ['the base itself', [permit(directory(dn('a')))], at(dn('a')), null],
  ['above the base', [permit(directory(dn('a', 'b')))], at(subject('a')), not],
  [
    'another case and string type',
    [permit(directory(nameWith([O, text.printable('SHOP')])))],
    at(subject('a')),
    null,
  ],
  ['in the second of two', [permit(directory(dn('a')), directory(dn('b')))], at(subject('b')), null],
  ['excluded', [exclude(directory(dn('a')))], at(subject('a')), excluded],
  ['beside the excluded', [exclude(directory(dn('a')))], at(subject('b')), null],
  [
    'permitted and excluded below',
    [{ ...permit(directory(dn())), ...exclude(directory(dn('a'))) }],
    at(subject('a')),
    excluded,
  ],
  [
    'permitted, and beside the excluded',
    [{ ...permit(directory(dn())), ...exclude(directory(dn('a'))) }],
    at(subject('b')),
    null,
  ],
  ['excluded everything', [exclude(directory(nameWith()))], at(subject('a')), excluded],
  ['permitted everything', [permit(directory(nameWith()))], at(subject('a')), null],
  ['an empty subject under a constraint', [permit(directory(dn('a')))], {}, null],
  [
    'as a subjectAltName',
    [permit(directory(dn('a')))],
    { ...at(subject('a')), san: [directory(subject('b'))] },
    not,
  ],
  [
    'both names inside',
    [permit(directory(dn('a')))],
    { ...at(subject('a')), san: [directory(subject('a', 'x'))] },
    null,
  ],
  [
    'narrowed by the next CA',
    [permit(directory(dn('a'))), { ...permit(directory(dn('a', 'b'))), ...at(subject('a', 'CA')) }],
    at(subject('a')),
    not,
  ],
  [
    'two CAs without a name in common',
    [permit(directory(dn('a'))), { ...permit(directory(dn('b'))), ...at(subject('a', 'CA')) }],
    at(subject('b')),
    not,
  ],
  [
    'not widened by the next CA',
    [permit(directory(dn('a'))), { ...permit(directory(dn())), ...at(subject('a', 'CA')) }],
    at(subject('b')),
    not,
  ],
  ['the next CA itself outside', [permit(directory(dn('a'))), at(subject('b'))], at(subject('a')), not],
  [
    'a self-issued CA is free',
    [{ ...permit(directory(dn('a'))), ...at(subject('b')) }, { isSelfIssued: true }],
    at(subject('a')),
    null,
  ],
  [
    'a self-issued leaf is not',
    [{ ...permit(directory(dn('a'))), ...at(subject('b')) }],
    { isSelfIssued: true },
    not,
  ],
];

/** Names by text, PKITS 4.13.21 to 38 and the edges RFC 5280 4.2.1.10 draws. */
const forms: readonly Row[] = [
  ['e-mail by host', [permit(email('shop.test'))], san(email('ann@shop.test')), null],
  ['e-mail below the host', [permit(email('shop.test'))], san(email('ann@mail.shop.test')), not],
  ['e-mail by domain', [permit(email('.shop.test'))], san(email('ann@mail.shop.test')), null],
  ['e-mail at the domain itself', [permit(email('.shop.test'))], san(email('ann@shop.test')), not],
  ['e-mail by address', [permit(email('ann@shop.test'))], san(email('ann@shop.test')), null],
  ['e-mail by another address', [permit(email('ann@shop.test'))], san(email('bo@shop.test')), not],
  ['e-mail, local part in capitals', [permit(email('ann@shop.test'))], san(email('ANN@shop.test')), not],
  ['e-mail, host in capitals', [permit(email('ann@shop.test'))], san(email('ann@SHOP.test')), null],
  ['e-mail excluded by host', [exclude(email('shop.test'))], san(email('ann@shop.test')), excluded],
  ['e-mail beside the excluded', [exclude(email('shop.test'))], san(email('ann@mail.shop.test')), null],
  [
    'e-mail in the subject alone',
    [permit(email('shop.test'))],
    { san: [], subject: nameWith([EMAIL, text.ia5('ann@other.test')]) },
    not,
  ],
  [
    'e-mail in the subject alone, inside',
    [permit(email('shop.test'))],
    { san: [], subject: nameWith([EMAIL, text.ia5('ann@shop.test')]) },
    null,
  ],
  [
    'e-mail in the subject beside a subjectAltName',
    [permit(email('shop.test'))],
    { san: [dns('a.test')], subject: nameWith([EMAIL, text.ia5('ann@other.test')]) },
    null,
  ],
  ['DNS itself', [permit(dns('shop.test'))], san(dns('shop.test')), null],
  ['DNS below', [permit(dns('shop.test'))], san(dns('a.b.shop.test')), null],
  ['DNS in capitals', [permit(dns('SHOP.test'))], san(dns('a.Shop.TEST')), null],
  ['DNS that ends alike', [permit(dns('shop.test'))], san(dns('bookshop.test')), not],
  ['DNS above', [permit(dns('a.shop.test'))], san(dns('shop.test')), not],
  ['DNS, the empty base', [permit(dns(''))], san(dns('any.test')), null],
  ['DNS, the empty base excluded', [exclude(dns(''))], san(dns('any.test')), excluded],
  ['DNS excluded below', [exclude(dns('shop.test'))], san(dns('a.shop.test')), excluded],
  ['DNS beside the excluded', [exclude(dns('shop.test'))], san(dns('other.test')), null],
  ['DNS, a base with a leading dot', [permit(dns('.shop.test'))], san(dns('a.shop.test')), unusable],
  ['DNS, a wildcard inside', [permit(dns('shop.test'))], san(dns('*.shop.test')), null],
  ['DNS, a wildcard wider than the base', [permit(dns('a.shop.test'))], san(dns('*.shop.test')), not],
  ['DNS, a wildcard over the excluded', [exclude(dns('a.shop.test'))], san(dns('*.shop.test')), excluded],
  ['URI by host', [permit(uri('shop.test'))], san(uri('spiffe://shop.test/ns/a/sa/b')), null],
  ['URI below the host', [permit(uri('shop.test'))], san(uri('spiffe://a.shop.test/x')), not],
  ['URI by domain', [permit(uri('.shop.test'))], san(uri('https://a.shop.test/x?y#z')), null],
  ['URI at the domain itself', [permit(uri('.shop.test'))], san(uri('https://shop.test/')), not],
  ['URI with a port', [permit(uri('shop.test'))], san(uri('https://shop.test:8443/')), null],
  ['URI excluded by domain', [exclude(uri('.shop.test'))], san(uri('https://a.shop.test/')), excluded],
  ['URI beside the excluded', [exclude(uri('.shop.test'))], san(uri('https://shop.test/')), null],
  ['URI with an address for a host', [permit(uri('.shop.test'))], san(uri('https://10.0.0.1/')), unusable],
  ['URI without authority', [permit(uri('shop.test'))], san(uri('urn:shop.test')), unusable],
  ['URI, the path names the base', [permit(uri('shop.test'))], san(uri('https://evil.test/shop.test')), not],
  ['IPv4 inside', [permit(ip(10, 1, 0, 0, 255, 255, 0, 0))], san(ip(10, 1, 255, 255)), null],
  ['IPv4 outside', [permit(ip(10, 1, 0, 0, 255, 255, 0, 0))], san(ip(10, 2, 0, 0)), not],
  ['IPv4, every one', [permit(ip(0, 0, 0, 0, 0, 0, 0, 0))], san(ip(8, 8, 8, 8)), null],
  ['IPv4, one only', [permit(ip(10, 1, 2, 3, 255, 255, 255, 255))], san(ip(10, 1, 2, 4)), not],
  ['IPv4 excluded', [exclude(ip(10, 0, 0, 0, 255, 0, 0, 0))], san(ip(10, 9, 9, 9)), excluded],
  ['IPv4, a mask with a hole', [permit(ip(10, 0, 0, 0, 255, 0, 255, 0))], san(ip(10, 1, 0, 1)), unusable],
  [
    'IPv6 inside',
    [permit(ip(...v6(0x20, 1, 0xd, 0xb8), ...v6(255, 255, 255, 255)))],
    san(ip(...v6(0x20, 1, 0xd, 0xb8))),
    null,
  ],
  [
    'IPv6 outside',
    [permit(ip(...v6(0x20, 1, 0xd, 0xb8), ...v6(255, 255, 255, 255)))],
    san(ip(...v6(0x20, 2, 0xd, 0xb8))),
    not,
  ],
  ['IPv6 where only IPv4 is permitted', [permit(ip(0, 0, 0, 0, 0, 0, 0, 0))], san(ip(...v6(0x20, 1))), not],
  ['another form than the constrained', [permit(dns('shop.test'))], san(uri('spiffe://other.test/x')), null],
  [
    'a form nobody can compare',
    [permit(otherName('ann@shop.test'))],
    san(otherName('ann@shop.test')),
    unusable,
  ],
  [
    'a form nobody can compare, and no such name',
    [permit(otherName('ann@shop.test'))],
    san(dns('a.test')),
    null,
  ],
  [
    'two forms, one outside',
    [permit(dns('shop.test'), ip(10, 0, 0, 0, 255, 0, 0, 0))],
    san(dns('a.shop.test'), ip(11, 0, 0, 1)),
    not,
  ],
  ['constraints of the root', [{}], san(dns('a.shop.test')), null],
];

function v6(...first: readonly number[]): readonly number[] {
  return [...first, ...new Array<number>(16 - first.length).fill(0)];
}

/** Every combination of what a CA permits and excludes with what a leaf is called, judged by counting (as BetterTLS does). */
const VALUES = ['none', 'mine', 'yours'] as const;
type Value = (typeof VALUES)[number];
const HOST = { mine: 'a.mine.test', yours: 'a.yours.test' } as const;
const DOMAIN = { mine: 'mine.test', yours: 'yours.test' } as const;
const ADDRESS = { mine: [10, 0, 0, 1], yours: [172, 16, 0, 1] } as const;
const NETWORK = { mine: [10, 0, 0, 0, 255, 0, 0, 0], yours: [172, 16, 0, 0, 255, 255, 0, 0] } as const;

const combinations: readonly CorpusCase[] = VALUES.flatMap((dnsName) =>
  VALUES.flatMap((address) =>
    VALUES.flatMap((permittedDns) =>
      VALUES.flatMap((excludedDns) =>
        VALUES.flatMap((permittedIp) =>
          combination(dnsName, address, permittedDns, excludedDns, permittedIp),
        ),
      ),
    ),
  ),
);

function combination(
  dnsName: Value,
  address: Value,
  permittedDns: Value,
  excludedDns: Value,
  permittedIp: Value,
): readonly CorpusCase[] {
  if (dnsName === 'none' && address === 'none') return [];
  const permitted = [
    ...(permittedDns === 'none' ? [] : [dns(DOMAIN[permittedDns])]),
    ...(permittedIp === 'none' ? [] : [ip(...NETWORK[permittedIp])]),
  ];
  const barred = excludedDns === 'none' ? [] : [dns(DOMAIN[excludedDns])];
  const names = [
    ...(dnsName === 'none' ? [] : [dns(HOST[dnsName])]),
    ...(address === 'none' ? [] : [ip(...ADDRESS[address])]),
  ];
  const isExcluded = dnsName !== 'none' && dnsName === excludedDns;
  const isOutside = (name: Value, allowed: Value) =>
    name !== 'none' && allowed !== 'none' && name !== allowed;
  const dnsOutside = isOutside(dnsName, permittedDns);
  const error = isExcluded ? excluded : dnsOutside || isOutside(address, permittedIp) ? not : null;
  const ca: CertificateSpec = {
    ...(permitted.length > 0 ? { permitted } : {}),
    ...(barred.length > 0 ? { excluded: barred } : {}),
  };
  const name = `DNS ${dnsName} IP ${address} under permitted ${permittedDns}, ${permittedIp}, excluded ${excludedDns}`;
  return [corpusCase(`combination: ${name}`, error, chainOf({ cas: [ca], leaf: { san: names } }))];
}

const rows = { directory: directories, constraint: forms };

export const constraintCases: readonly CorpusCase[] = [
  ...Object.entries(rows).flatMap(([group, list]) =>
    list.map(([name, cas, end, error]) =>
      corpusCase(`${group}: ${name}`, error, chainOf({ cas, leaf: end })),
    ),
  ),
  ...combinations,
];
