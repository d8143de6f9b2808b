import { contextConstructed, contextPrimitive, seq } from '../../../src/core/bytes/der.ts';
import { encodeExtension } from '../../../src/core/pki/extension.ts';
import { directory, dns, email, ext, ip, uri } from './forge.ts';
import { type Defect, rootAndLeaf, threeTier } from './presented.ts';

const withSan = (...names: Parameters<typeof ext.san>[0]) => ({ change: { san: ext.san(names, true) } });
const constrained = (...permitted: Parameters<typeof ext.nameConstraints>[0]) => ({
  change: { nameConstraints: ext.nameConstraints(permitted) },
});
const excluding = (...excluded: Parameters<typeof ext.nameConstraints>[0]) => ({
  change: { nameConstraints: ext.nameConstraints([], excluded) },
});

/** Permits `cluster.local` with `minimum [0] 1`. */
const withMinimum = encodeExtension(
  '2.5.29.30',
  true,
  seq(contextConstructed(0, seq(uri('cluster.local'), contextPrimitive(0, Uint8Array.of(1))))),
);

/** Defects that name constraints find. */
export const nameDefects: readonly Defect[] = [
  {
    name: 'URI outside the permitted host',
    build: threeTier(constrained(uri('dev.local'))),
    error: {
      kind: 'name-not-permitted',
      name: 'spiffe://cluster.local/ns/shop/sa/order',
      constraints: ['URI:dev.local'],
      by: 'CN=Intermediate',
      depth: 0,
    },
    openssl: 47,
  },
  {
    name: 'URI constraint with a leading dot does not admit the host itself',
    build: threeTier(constrained(uri('.cluster.local'))),
    error: { kind: 'name-not-permitted', constraints: ['URI:.cluster.local'] },
    openssl: 47,
  },
  {
    name: 'URI constraint is no suffix',
    build: threeTier(constrained(uri('local'))),
    error: { kind: 'name-not-permitted', constraints: ['URI:local'] },
    openssl: 47,
  },
  {
    name: 'URI in the excluded host',
    build: threeTier(excluding(uri('cluster.local'))),
    error: { kind: 'name-excluded', constraints: ['URI:cluster.local'] },
    openssl: 48,
  },
  {
    name: 'trust domain with an underscore under a URI constraint',
    build: threeTier(constrained(uri('cluster.local')), withSan(uri('spiffe://my_domain/ns/a/sa/b'))),
    error: { kind: 'name-constraint-unusable', name: 'spiffe://my_domain/ns/a/sa/b' },
    openssl: 47,
  },
  {
    name: 'trust domain that is an address under a URI constraint',
    build: threeTier(excluding(uri('cluster.local')), withSan(uri('spiffe://10.1.2.3/ns/a/sa/b'))),
    error: { kind: 'name-constraint-unusable' },
    openssl: null,
  },
  {
    name: 'URI without a host under a URI constraint',
    build: threeTier(constrained(uri('cluster.local')), withSan(uri('urn:uuid:1'))),
    error: { kind: 'name-constraint-unusable', name: 'urn:uuid:1' },
    openssl: 53,
  },
  {
    name: 'DNS name outside the permitted domain',
    build: threeTier(constrained(dns('shop.test')), withSan(dns('orders.test'))),
    error: { kind: 'name-not-permitted', constraints: ['DNS:shop.test'] },
    openssl: 47,
  },
  {
    name: 'DNS name that only ends like the permitted domain',
    build: threeTier(constrained(dns('shop.test')), withSan(dns('myshop.test'))),
    error: { kind: 'name-not-permitted' },
    openssl: 47,
  },
  {
    name: 'one of two names outside',
    build: threeTier(constrained(dns('shop.test')), withSan(dns('a.shop.test'), dns('b.test'))),
    error: { kind: 'name-not-permitted', name: 'b.test' },
    openssl: 47,
  },
  {
    name: 'DNS name in the excluded domain',
    build: threeTier(excluding(dns('shop.test')), withSan(dns('a.shop.test'))),
    error: { kind: 'name-excluded', name: 'a.shop.test' },
    openssl: 48,
  },
  {
    name: 'wildcard that covers an excluded name',
    build: threeTier(excluding(dns('bar.shop.test')), withSan(dns('*.shop.test'))),
    error: { kind: 'name-excluded', name: '*.shop.test' },
    openssl: null,
  },
  {
    name: 'address outside the permitted network',
    build: threeTier(constrained(ip(10, 1, 0, 0, 255, 255, 0, 0)), withSan(ip(10, 2, 0, 1))),
    error: { kind: 'name-not-permitted', name: '10.2.0.1', constraints: ['IP:10.1.0.0/255.255.0.0'] },
    openssl: 47,
  },
  {
    name: 'e-mail address outside the permitted host',
    build: threeTier(constrained(email('shop.test')), withSan(email('ann@other.test'))),
    error: { kind: 'name-not-permitted', name: 'ann@other.test' },
    openssl: 47,
  },
  {
    name: 'subject outside the permitted directory',
    build: threeTier(constrained(directory('shop')), { subject: 'other' }),
    error: { kind: 'name-not-permitted', name: 'CN=other', constraints: ['DirName:CN=shop'] },
    openssl: 47,
  },
  {
    name: 'constraint on the root',
    build: rootAndLeaf(constrained(uri('dev.local'))),
    error: { kind: 'name-not-permitted', by: 'CN=Root' },
    openssl: 47,
  },
  {
    name: 'an intermediate narrows and the root would admit',
    build: threeTier(
      constrained(uri('a.test')),
      withSan(uri('spiffe://b.test/x')),
      constrained(uri('a.test'), uri('b.test')),
    ),
    error: { kind: 'name-not-permitted', by: 'CN=Intermediate' },
    openssl: 47,
  },
  {
    name: 'an intermediate cannot widen what the root permits',
    build: threeTier(
      constrained(uri('a.test'), uri('b.test')),
      withSan(uri('spiffe://b.test/x')),
      constrained(uri('a.test')),
    ),
    error: { kind: 'name-not-permitted', by: 'CN=Root' },
    openssl: 47,
  },
  {
    name: 'distances in a name constraint',
    build: threeTier({ change: { nameConstraints: withMinimum } }),
    error: { kind: 'name-constraint-unusable', reason: 'a subtree has a minimum or maximum' },
    openssl: 49,
  },
];
