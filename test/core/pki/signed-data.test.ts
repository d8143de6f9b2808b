import { beforeAll, describe, expect, it } from 'vitest';
import { contextConstructed, contextExplicit, int, oid, seq, setOf } from '../../../src/core/bytes/der.ts';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  type Certificate,
  createCrl,
  type Crl,
  looksLikeSignedData,
  PkiError,
  readSignedData,
} from '../../../src/core/pki/index.ts';
import { intermediate, leaf, NOW, root } from './forge.ts';

const DATA = oid('1.2.840.113549.1.7.1');
const SIGNED_DATA = oid('1.2.840.113549.1.7.2');

let certificates: readonly Certificate[];
let crl: Crl;

beforeAll(async () => {
  const top = await root(nativeCrypto);
  const middle = await intermediate(nativeCrypto, top);
  certificates = [await leaf(nativeCrypto, middle), middle.certificate, top.certificate];
  crl = await createCrl(
    nativeCrypto,
    { certificate: middle.certificate, keyPair: middle.key, chain: [], roots: [top.certificate] },
    { thisUpdate: NOW, nextUpdate: new Date(NOW.getTime() + 1000), crlNumber: 1, revoked: [] },
  );
});

function signedData(...parts: readonly Uint8Array[]): Uint8Array {
  const data = seq(int(1), setOf(), seq(DATA), ...parts, setOf());
  return seq(SIGNED_DATA, contextExplicit(0, data));
}

describe('a SignedData', () => {
  it('gives its certificates and lists in their order', () => {
    const ders = certificates.map(({ der }) => der);
    const bag = readSignedData(signedData(contextConstructed(0, ...ders), contextConstructed(1, crl.der)));
    expect(bag.certificates).toEqual(ders);
    expect(bag.crls).toEqual([crl.der]);
  });

  it('may hold neither', () => {
    expect(readSignedData(signedData())).toEqual({ certificates: [], crls: [] });
  });

  it('may hold certificates of other formats, which are passed over', () => {
    const attribute = contextConstructed(2, int(1));
    const der = signedData(contextConstructed(0, attribute, certificates[0]!.der));
    expect(readSignedData(der).certificates).toEqual([certificates[0]!.der]);
  });

  it.each([
    ['of another type', () => seq(DATA, contextExplicit(0, seq()))],
    ['without signerInfos', () => seq(SIGNED_DATA, contextExplicit(0, seq(int(1), setOf(), seq(DATA))))],
    ['cut short', () => signedData(contextConstructed(0, certificates[0]!.der)).slice(0, -1)],
    ['with something behind', () => Uint8Array.of(...signedData(), 0)],
    ['that is a certificate', () => certificates[0]!.der],
  ])('%s is refused', (_what, make) => {
    expect(() => readSignedData(make())).toThrow(PkiError);
  });

  it('is told from what is none', () => {
    expect(looksLikeSignedData(signedData())).toBe(true);
    expect(looksLikeSignedData(certificates[0]!.der)).toBe(false);
    expect(looksLikeSignedData(crl.der)).toBe(false);
    expect(looksLikeSignedData(new Uint8Array(0))).toBe(false);
  });
});
