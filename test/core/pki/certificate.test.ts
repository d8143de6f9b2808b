import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  contextConstructed,
  contextPrimitive,
  ia5String,
  octets,
  seq,
  setOf,
  TAG,
  tlv,
  utf8String,
} from '../../../src/core/bytes/der.ts';
import { pemEncode } from '../../../src/core/bytes/pem.ts';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  type Certificate,
  createCsr,
  Name,
  parseCertificate,
  parseCertificates,
  parseCrl,
  parseCsr,
  PkiError,
  verifyChain,
} from '../../../src/core/pki/index.ts';
import { encodeExtension } from '../../../src/core/pki/extension.ts';
import { encodeName } from '../../../src/core/pki/name.ts';
import { present } from './presented.ts';
import { type Authority, directory, dns, email, ext, forge, ip, leaf, root, uri } from './forge.ts';
import { sharedKey } from './keys.ts';

describe('a certificate', () => {
  it('shows every kind of name it has', async () => {
    const names = [
      uri('spiffe://td/a'),
      dns('*.shop.test'),
      email('ann@shop.test'),
      ip(10, 0, 0, 1),
      ip(0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
      directory('Ann'),
      contextPrimitive(8, Uint8Array.of(0x2a, 3, 4)),
      contextConstructed(0, Uint8Array.of(6, 2, 0x2a, 3), contextConstructed(0, utf8String('x'))),
    ];
    const made = await forge(nativeCrypto, { extensions: [ext.san(names)] });
    expect(made.certificate.subjectAltNames.map(({ type, value }) => [type, value])).toEqual([
      ['uri', 'spiffe://td/a'],
      ['dns', '*.shop.test'],
      ['email', 'ann@shop.test'],
      ['ip', '10.0.0.1'],
      ['ip', '2001:db8::1'],
      ['directory', 'CN=Ann'],
      ['registeredId', '1.2.3.4'],
      ['otherName', '06022a03a0030c0178'],
    ]);
  });

  it('shows names of the longest and the oddest form', () => {
    const name = Name.fromDer(
      seq(
        setOf(attribute('550406', tlv(TAG.printableString, Uint8Array.of(0x4b, 0x52)))),
        setOf(attribute('55040a', utf8String('하녹')), attribute('550403', ia5String('x'))),
        setOf(attribute('2a0304', tlv(TAG.bmpString, Uint8Array.of(0xd5, 0x58)))),
      ),
    );
    expect(name.toString()).toBe('C=KR, CN=x + O=하녹, 1.2.3.4=하');
    expect(name.first('O')).toBe('하녹');
    expect(name.first('2.5.4.7')).toBeNull();
  });

  it('compares names without regard to case and white space', () => {
    const a = Name.fromDer(encodeName(['2.5.4.10', 'Hanok  Corp']));
    const b = Name.fromDer(seq(setOf(attribute('55040a', utf8String(' hanok corp ')))));
    const c = Name.fromDer(encodeName(['2.5.4.10', 'Hanok Corp'], ['2.5.4.3', 'x']));
    expect([a.equals(b), b.equals(a), a.equals(c), c.startsWith(b), a.startsWith(c)]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });

  it('reads a chain out of a PEM text with other things in it', async () => {
    const top = await root(nativeCrypto);
    const end = await leaf(nativeCrypto, top);
    const text = `subject=x\n${end.pem()}${pemEncode('EC PARAMETERS', Uint8Array.of(5, 0))}${top.certificate.pem()}`;
    expect(parseCertificates(text).map(({ der }) => der)).toEqual([end.der, top.certificate.der]);
    expect(() => parseCertificates('')).toThrow('certificate: no "CERTIFICATE" block');
    expect(() => parseCertificates(pemEncode('X509 CRL', Uint8Array.of(5, 0)))).toThrow('(found X509 CRL)');
    expect(() => parseCertificates('-----BEGIN CERTIFICATE-----')).toThrow(PkiError);
  });

  it('shows a negative serial number as one', async () => {
    const { der } = (await forge(nativeCrypto, { serial: Uint8Array.of(0x5a) })).certificate;
    const changed = Uint8Array.from(der);
    const at = findBytes(changed, [2, 1, 0x5a]);
    changed[at + 2] = 0xfe;
    expect(parseCertificate(changed).serialNumber).toBe('-2');
  });

  it('shows a value that is no text in hex', () => {
    const name = Name.fromDer(seq(setOf(attribute('55042d', Uint8Array.of(3, 2, 0, 7)))));
    expect(name.toString()).toBe('x500UniqueIdentifier=#03020007');
  });

  it('may say FALSE where DER would say nothing', async () => {
    const explicit = encodeExtension('2.5.29.19', true, seq(Uint8Array.of(1, 1, 0)));
    const made = await forge(nativeCrypto, { extensions: [explicit] });
    expect(made.certificate.basicConstraints).toEqual({ ca: false, pathLen: null });
  });

  const malformed: readonly (readonly [string, Parameters<typeof forge>[1], string])[] = [
    ['a version that does not exist', { version: 3 }, 'certificate: no such version: 3'],
    ['v1 written out', { version: 0 }, 'certificate: no such version: 0'],
    [
      'no extension in its list',
      { extensions: [new Uint8Array(0)] },
      'certificate: extensions: the sequence is empty',
    ],
    [
      'a SAN that is no DER',
      { extensions: [encodeExtension('2.5.29.17', false, ia5String('order.test').subarray(2))] },
      'certificate: subjectAltName',
    ],
    [
      'a SAN without names',
      { extensions: [ext.san([])] },
      'certificate: subjectAltName: the sequence is empty',
    ],
    [
      'an address of five octets',
      { extensions: [ext.san([ip(1, 2, 3, 4, 5)])] },
      'certificate: an IP address has no 5 octets',
    ],
    [
      'a URI beyond ASCII',
      { extensions: [ext.san([uri('spiffe://té')])] },
      'certificate: IA5String holds an octet above 7F',
    ],
    [
      'an unknown form of name',
      { extensions: [ext.san([contextPrimitive(9, new Uint8Array(1))])] },
      'no such form of GeneralName',
    ],
    [
      'a key usage with unused bits set',
      { extensions: [encodeExtension('2.5.29.15', true, Uint8Array.of(3, 2, 3, 0x87))] },
      'certificate: keyUsage: unused bits are set',
    ],
    [
      'TRUE that is not FF',
      { extensions: [encodeExtension('2.5.29.19', true, seq(Uint8Array.of(1, 1, 1)))] },
      'certificate: BOOLEAN is neither 00 nor FF',
    ],
    [
      'a negative path length',
      {
        extensions: [
          encodeExtension('2.5.29.19', true, seq(Uint8Array.of(1, 1, 0xff), Uint8Array.of(2, 1, 0xff))),
        ],
      },
      'certificate: pathLenConstraint is negative',
    ],
    [
      'a path length with a zero before it',
      {
        extensions: [
          encodeExtension('2.5.29.19', true, seq(Uint8Array.of(1, 1, 0xff), Uint8Array.of(2, 2, 0, 1))),
        ],
      },
      'certificate: pathLenConstraint is not in its shortest form',
    ],
    [
      'name constraints that say nothing',
      { extensions: [encodeExtension('2.5.29.30', true, seq())] },
      'certificate: nameConstraints: both lists are absent',
    ],
    [
      'an EKU without purposes',
      { extensions: [encodeExtension('2.5.29.37', false, seq())] },
      'certificate: extKeyUsage: the sequence is empty',
    ],
    [
      'bytes after an extension’s value',
      { extensions: [encodeExtension('2.5.29.14', false, Uint8Array.of(...octets(Uint8Array.of(1)), 0))] },
      'certificate: subjectKeyIdentifier: bytes are left over',
    ],
  ];

  it.each(malformed)('is not read with %s', async (_what, template, message) => {
    await expect(forge(nativeCrypto, template)).rejects.toMatchObject({
      name: 'PkiError',
      message: expect.stringContaining(message) as string,
      offset: expect.any(Number) as number,
    });
  });
});

describe('junk', () => {
  let top: Authority;
  let end: Certificate;
  let csr: Uint8Array;

  beforeAll(async () => {
    top = await root(nativeCrypto, {
      change: { nameConstraints: ext.nameConstraints([uri('cluster.local')]) },
    });
    end = await leaf(nativeCrypto, top);
    const spiffeId = 'spiffe://cluster.local/ns/shop/sa/order';
    csr = await createCsr(nativeCrypto, await sharedKey(nativeCrypto, 'ecdsa-p256'), { spiffeId });
  });

  it('is refused by every parser with a PkiError that has an offset', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        for (const parse of [parseCertificate, parseCsr, parseCrl]) expectTyped(() => parse(bytes));
      }),
    );
  });

  it('cut off anywhere is refused', () => {
    for (let length = 0; length < end.der.length; length++) {
      expect(() => parseCertificate(end.der.subarray(0, length))).toThrow(PkiError);
    }
    expect(() => parseCertificate(Uint8Array.of(...end.der, 0))).toThrow('bytes are left over');
  });

  it('made of a certificate by a few changed bytes is read or refused, and verified or refused', async () => {
    const change = fc.tuple(fc.nat(), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(0, 1),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        async (which, changes) => {
          const original = which === 0 ? end.der : top.certificate.der;
          const bytes = Uint8Array.from(original);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          const changed = expectTyped(() => parseCertificate(bytes));
          if (changed === null || bytes.every((octet, at) => octet === original[at])) return;
          void [
            changed.uris,
            changed.isSelfIssued,
            changed.keyType,
            changed.pem(),
            changed.subject.toString(),
          ];
          const input =
            which === 0 ? { chain: [changed], roots: [top.certificate] } : { chain: [end], roots: [changed] };
          const result = await verifyChain(nativeCrypto, present(input));
          expect(result.ok).toBe(result.error === null);
          // A changed leaf is never accepted. A changed anchor may be: its own signature is nobody's business.
          if (which === 0) expect(result.ok).toBe(false);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('made of a CSR by a few changed bytes is read or refused', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = Uint8Array.from(csr);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        expectTyped(() => parseCsr(bytes));
      }),
      { numRuns: 600 },
    );
  });
});

/** Runs a parser; null where it refused as it should. */
function expectTyped<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    expect(error).toBeInstanceOf(PkiError);
    expect((error as PkiError).offset).not.toBeNull();
    return null;
  }
}

function attribute(oidHex: string, value: Uint8Array): Uint8Array {
  const content = oidHex.match(/../g)!.map((pair) => Number.parseInt(pair, 16));
  return seq(tlv(TAG.oid, Uint8Array.from(content)), value);
}

function findBytes(bytes: Uint8Array, wanted: readonly number[]): number {
  return bytes.findIndex((_, at) => wanted.every((octet, i) => bytes[at + i] === octet));
}
