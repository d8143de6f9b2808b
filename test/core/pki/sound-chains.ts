import type { CryptoProvider } from '../../../src/core/crypto/index.ts';
import { generateKeyPair } from '../../../src/core/pki/index.ts';
import type { Presented } from './presented.ts';
import {
  CLIENT_AUTH,
  dns,
  email,
  ext,
  forge,
  intermediate,
  ip,
  leaf,
  NOW,
  root,
  SERVER_AUTH,
  uri,
} from './forge.ts';

/** A chain that is right, and unusual in one way. */
export interface SoundChain {
  readonly name: string;
  readonly build: (provider: CryptoProvider) => Promise<Presented>;
  /** Certificates of the path that is found, leaf and anchor included. */
  readonly length: number;
  /** Set where OpenSSL 3.0 refuses it: the code, and why we do not. */
  readonly openssl?: { readonly code: number; readonly because: string };
}

const permitting =
  (constraint: Parameters<typeof ext.nameConstraints>[0], san: Parameters<typeof ext.san>[0]) =>
  async (provider: CryptoProvider): Promise<Presented> => {
    const top = await root(provider);
    const middle = await intermediate(provider, top, {
      change: { nameConstraints: ext.nameConstraints(constraint) },
    });
    const end = await leaf(provider, middle, { change: { san: ext.san(san, true) } });
    return { chain: [end, middle.certificate], roots: [top.certificate] };
  };

/** One CA key certified by two roots: the certificates, and a leaf of it. */
async function crossSigned(
  provider: CryptoProvider,
  changes: { readonly first?: object; readonly second?: object } = {},
) {
  const [one, two] = [await root(provider, { subject: 'One' }), await root(provider, { subject: 'Two' })];
  const key = await generateKeyPair(provider, 'ecdsa-p256');
  const first = await intermediate(provider, one, { key, ...changes.first });
  const second = await intermediate(provider, two, { key, ...changes.second });
  return { one, two, first, second, end: await leaf(provider, first) };
}

export const soundChains: readonly SoundChain[] = [
  {
    name: 'leaf and root',
    build: async (provider) => {
      const top = await root(provider);
      return { chain: [await leaf(provider, top)], roots: [top.certificate] };
    },
    length: 2,
  },
  {
    name: 'the root is sent along, as Istio does',
    build: async (provider) => {
      const top = await root(provider);
      const middle = await intermediate(provider, top);
      const end = await leaf(provider, middle);
      return { chain: [end, middle.certificate, top.certificate], roots: [top.certificate] };
    },
    length: 3,
  },
  {
    name: 'intermediates in reverse, one twice, with a stranger among them',
    build: async (provider) => {
      const top = await root(provider);
      const first = await intermediate(provider, top, { subject: 'First' });
      const second = await intermediate(provider, first, { subject: 'Second' });
      const stranger = await intermediate(provider, await root(provider, { subject: 'Elsewhere' }), {
        subject: 'Second',
      });
      const chain = [
        await leaf(provider, second),
        first.certificate,
        stranger.certificate,
        second.certificate,
        first.certificate,
      ];
      return { chain, roots: [top.certificate] };
    },
    length: 4,
  },
  {
    name: 'cross-signed: only the first root is trusted',
    build: async (provider) => {
      const { one, first, second, end } = await crossSigned(provider);
      return { chain: [end, second.certificate, first.certificate], roots: [one.certificate] };
    },
    length: 3,
    openssl: { code: 20, because: 'OpenSSL builds one path and does not go back' },
  },
  {
    name: 'cross-signed: only the second root is trusted',
    build: async (provider) => {
      const { two, first, second, end } = await crossSigned(provider);
      return { chain: [end, first.certificate, second.certificate], roots: [two.certificate] };
    },
    length: 3,
    openssl: { code: 20, because: 'OpenSSL builds one path and does not go back' },
  },
  {
    name: 'cross-signed: the way to one root has expired',
    build: async (provider) => {
      const { one, two, first, second, end } = await crossSigned(provider, {
        first: { notAfter: '2026-03-02T10:00:00Z' },
      });
      return {
        chain: [end, first.certificate, second.certificate],
        roots: [one.certificate, two.certificate],
      };
    },
    length: 3,
  },
  {
    name: 'cross-signed: one way is constrained to other names',
    build: async (provider) => {
      const { one, two, first, second, end } = await crossSigned(provider, {
        first: { change: { nameConstraints: ext.nameConstraints([uri('dev.local')]) } },
      });
      return {
        chain: [end, first.certificate, second.certificate],
        roots: [one.certificate, two.certificate],
      };
    },
    length: 3,
    openssl: { code: 47, because: 'OpenSSL builds one path and does not go back' },
  },
  {
    name: 'two roots of one name, without key identifiers to tell them apart',
    build: async (provider) => {
      const stranger = await root(provider, { change: { ski: null } });
      const top = await root(provider, { change: { ski: null } });
      const end = await leaf(provider, top);
      return { chain: [end], roots: [stranger.certificate, top.certificate], strict: false };
    },
    length: 2,
    openssl: { code: 85, because: '-x509_strict wants key identifiers' },
  },
  {
    name: 'old and new root of one key (a self-signed root renewed by istiod)',
    build: async (provider) => {
      const old = await root(provider, { notAfter: '2026-03-02T11:00:00Z' });
      const renewed = await root(provider, { key: old.key, serial: Uint8Array.of(2) });
      const end = await leaf(provider, old);
      return { chain: [end, old.certificate], roots: [old.certificate, renewed.certificate] };
    },
    length: 2,
  },
  {
    name: 'an intermediate alone is trusted (partial chain)',
    build: async (provider) => {
      const middle = await intermediate(provider, await root(provider));
      return { chain: [await leaf(provider, middle)], roots: [middle.certificate] };
    },
    length: 2,
    openssl: { code: 2, because: 'OpenSSL needs -partial_chain, which Envoy sets' },
  },
  {
    name: 'a version 1 root',
    build: async (provider) => {
      const top = await forge(provider, { subject: 'Old root', version: null });
      const end = await leaf(provider, top);
      return { chain: [end], roots: [top.certificate], strict: false };
    },
    length: 2,
    openssl: { code: 85, because: '-x509_strict wants a key identifier that the root cannot give' },
  },
  {
    name: 'path length 0 with a self-issued intermediate in between',
    build: async (provider) => {
      const top = await root(provider, { pathLen: 0 });
      const rolled = await intermediate(provider, top, { subject: 'Root' });
      return { chain: [await leaf(provider, rolled), rolled.certificate], roots: [top.certificate] };
    },
    length: 3,
  },
  {
    name: 'path length just enough',
    build: async (provider) => {
      const top = await root(provider, { pathLen: 1 });
      const middle = await intermediate(provider, top, { pathLen: 0 });
      return { chain: [await leaf(provider, middle), middle.certificate], roots: [top.certificate] };
    },
    length: 3,
  },
  {
    name: 'a self-issued intermediate is free of the constraints above it',
    build: async (provider) => {
      const top = await root(provider, {
        change: { nameConstraints: ext.nameConstraints([dns('shop.test')]) },
      });
      const rolled = await intermediate(provider, top, {
        subject: 'Root',
        change: { san: ext.san([dns('elsewhere.test')]) },
      });
      const end = await leaf(provider, rolled, { change: { san: ext.san([dns('a.shop.test')], true) } });
      return { chain: [end, rolled.certificate], roots: [top.certificate] };
    },
    length: 3,
  },
  {
    name: 'both ends of the validity are inside it: the first second',
    build: async (provider) => {
      const top = await root(provider, { notBefore: '2026-03-02T12:00:00Z' });
      return {
        chain: [await leaf(provider, top, { notBefore: '2026-03-02T12:00:00Z' })],
        roots: [top.certificate],
      };
    },
    length: 2,
  },
  {
    name: 'both ends of the validity are inside it: all of the last second',
    build: async (provider) => {
      const top = await root(provider);
      const end = await leaf(provider, top, { notAfter: '2026-03-02T12:00:00Z' });
      return { chain: [end], roots: [top.certificate], at: new Date(NOW.getTime() + 999) };
    },
    length: 2,
    openssl: { code: 10, because: 'OpenSSL counts notAfter itself as expired' },
  },
  {
    name: 'a leaf without an extended key usage',
    build: async (provider) => {
      const top = await root(provider);
      return {
        chain: [await leaf(provider, top, { change: { extKeyUsage: null } })],
        roots: [top.certificate],
      };
    },
    length: 2,
  },
  {
    name: 'an intermediate limited to what is asked',
    build: async (provider) => {
      const top = await root(provider);
      const middle = await intermediate(provider, top, {
        change: { extKeyUsage: ext.extKeyUsage([SERVER_AUTH, CLIENT_AUTH]) },
      });
      const chain = [await leaf(provider, middle), middle.certificate];
      return { chain, roots: [top.certificate], purpose: 'clientAuth' };
    },
    length: 3,
  },
  {
    name: 'an unknown extension that is not critical',
    build: async (provider) => {
      const top = await root(provider);
      return {
        chain: [await leaf(provider, top, { change: { unknown: ext.unknown(false) } })],
        roots: [top.certificate],
      };
    },
    length: 2,
  },
  {
    name: 'GeneralizedTime beyond 2049',
    build: async (provider) => {
      const top = await root(provider, { notAfter: '2126-03-02T09:00:00Z' });
      return { chain: [await leaf(provider, top)], roots: [top.certificate] };
    },
    length: 2,
  },
  {
    name: 'keys of different kinds up the chain',
    build: async (provider) => {
      const top = await root(provider, { keyType: 'rsa-2048' });
      const middle = await intermediate(provider, top, { keyType: 'ecdsa-p384' });
      return { chain: [await leaf(provider, middle), middle.certificate], roots: [top.certificate] };
    },
    length: 3,
  },
  {
    name: 'URI inside the permitted host, in capitals and with a port',
    build: permitting([uri('Cluster.Local')], [uri('spiffe://cluster.LOCAL:8443/ns/a/sa/b')]),
    length: 3,
  },
  {
    name: 'URI below a permitted domain',
    build: permitting([uri('.example.com')], [uri('spiffe://prod.example.com/a')]),
    length: 3,
  },
  {
    name: 'DNS names at and below the permitted domain',
    build: permitting([dns('shop.test')], [dns('shop.test'), dns('a.b.shop.test'), dns('*.shop.test')]),
    length: 3,
  },
  {
    name: 'names of a kind that is not constrained',
    build: permitting([dns('shop.test')], [uri('spiffe://cluster.local/ns/a/sa/b')]),
    length: 3,
  },
  {
    name: 'addresses inside the permitted networks',
    build: permitting([ip(10, 0, 0, 0, 255, 0, 0, 0)], [ip(10, 9, 8, 7)]),
    length: 3,
  },
  {
    name: 'mailboxes by host, by domain and by address',
    build: permitting(
      [email('shop.test'), email('.corp.test'), email('ann@home.test')],
      [email('bo@shop.test'), email('cy@a.corp.test'), email('ann@HOME.test')],
    ),
    length: 3,
  },
];
