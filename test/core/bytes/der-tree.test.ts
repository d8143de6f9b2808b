import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DerError,
  type DerNode,
  derNodes,
  derTree,
  fromHex,
  int,
  octets,
  oid,
  pemDecode,
  seq,
  tlv,
} from '../../../src/core/bytes/index.ts';

function openssl(args: readonly string[], input?: Uint8Array | string): Buffer {
  return execFileSync('openssl', args, { input: input ?? '', stdio: ['pipe', 'pipe', 'ignore'] });
}

const KEYS: readonly (readonly [string, readonly string[]])[] = [
  ['P-256', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']],
  ['P-384', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
  ['RSA 2048', ['-newkey', 'rsa:2048']],
  ['Ed25519', ['-newkey', 'ed25519']],
];

function certificate(keyArgs: readonly string[], request = false): Uint8Array {
  const extensions = [
    '-addext',
    'subjectAltName=critical,URI:spiffe://cluster.local/ns/shop/sa/order,DNS:order.shop,IP:10.244.1.5',
    '-addext',
    'keyUsage=critical,digitalSignature,keyEncipherment',
    '-addext',
    'extendedKeyUsage=serverAuth,clientAuth',
  ];
  const form = request ? ['-new'] : ['-x509', '-days', '10000'];
  const pem = openssl([
    'req',
    ...form,
    ...keyArgs,
    '-nodes',
    '-utf8',
    '-keyout',
    '/dev/null',
    '-subj',
    '/O=한옥/CN=order',
    ...extensions,
  ]);
  return pemDecode(pem.toString());
}

/** What asn1parse prints for each element: offset, depth, header length, content length, name. */
function asn1parse(der: Uint8Array): string[] {
  const lines = openssl(['asn1parse', '-inform', 'DER'], der).toString().trimEnd().split('\n');
  return lines.map((line) => {
    const [, offset, depth, header, length, name] =
      /^ *(\d+):d=(\d+) +hl=(\d+) +l= *(\d+) (?:cons|prim): +(.+?) *(?:\[HEX DUMP\])?(?::.*)?$/.exec(line)!;
    return [offset, depth, header, length, name!.trim()].join(' ');
  });
}

function* described(node: DerNode, depth = 0): Generator<string> {
  const { start, contentStart, end, name } = node;
  yield [start, depth, contentStart - start, end - contentStart, name].join(' ');
  for (const child of node.children) if (!child.encapsulated) yield* described(child, depth + 1);
}

describe('derTree', () => {
  it.each(KEYS)(
    'finds the same elements at the same offsets as openssl asn1parse: certificate, %s',
    (_, args) => {
      const der = certificate(args);
      expect([...described(derTree(der))]).toEqual(asn1parse(der));
    },
  );

  it.each(KEYS)(
    'finds the same elements at the same offsets as openssl asn1parse: request, %s',
    (_, args) => {
      const der = certificate(args, true);
      expect([...described(derTree(der))]).toEqual(asn1parse(der));
    },
  );

  it('decodes values and names', () => {
    const nodes = [...derNodes(derTree(certificate(KEYS[0]![1])))];
    const texts = nodes.map((node) => node.text);
    expect(texts).toEqual(
      expect.arrayContaining([
        '한옥',
        'spiffe://cluster.local/ns/shop/sa/order',
        'order.shop',
        'X509v3 Key Usage',
        'prime256v1',
        '101',
        'TLS Web Client Authentication',
      ]),
    );
  });

  it('opens strings that hold DER: extensions, signatures, keys', () => {
    const tree = derTree(certificate(KEYS[0]![1]));
    const signature = tree.children[2]!;
    expect(signature.name).toBe('BIT STRING');
    expect(signature.children[0]).toMatchObject({
      name: 'SEQUENCE',
      encapsulated: true,
      start: signature.contentStart + 1,
    });
    const names = [...derNodes(tree)].filter((node) => node.encapsulated).map((node) => node.name);
    expect(names).toContain('OCTET STRING');
    expect(names).toContain('BIT STRING');
  });

  it('does not take random octets for DER', () => {
    const keyIdentifier = Uint8Array.of(4, 18, ...new Uint8Array(18));
    expect(derTree(octets(keyIdentifier)).children).toEqual([]);
    expect(derTree(seq(oid('2.5.29.14'), octets(octets(keyIdentifier)))).children[1]!.children).toHaveLength(
      1,
    );
  });

  it('covers every byte of a constructed element by its children', () => {
    for (const node of derNodes(derTree(certificate(KEYS[2]![1])))) {
      if (!node.constructed || node.children.length === 0) continue;
      let at = node.contentStart;
      for (const child of node.children) {
        expect(child.start).toBe(at);
        at = child.end;
      }
      expect(at).toBe(node.end);
    }
  });

  it('shows a malformed value as hex instead of failing', () => {
    expect(derTree(tlv(0x17, fromHex('ff'))).text).toBe('ff');
    expect(derTree(tlv(0x06, fromHex('86'))).text).toBe('86');
  });

  it.each([
    ['bytes after the element', '02010100', 3, 'bytes are left over after the element'],
    ['a child beyond its parent', '30030203ff', 3, '3 octets announced, 1 left'],
    ['nothing', '', 0, 'element is missing'],
    ['an endless tag number', '3fffffffffff', 1, 'the tag number is cut off or too large'],
  ])('refuses %s', (_, hex, offset, message) => {
    const error = thrown(() => derTree(fromHex(hex)));
    expect(error).toBeInstanceOf(DerError);
    expect(error).toMatchObject({ offset });
    expect(String(error)).toContain(message);
  });

  it('stops at a depth and at a count of elements', () => {
    let deep = int(1);
    for (let i = 0; i < 100; i++) deep = seq(deep);
    expect(() => derTree(deep)).toThrow('elements nest deeper than 64');
    const wide = seq(...Array.from({ length: 200 }, () => int(1)));
    expect(() => derTree(wide, { maxNodes: 100 })).toThrow('there are too many elements');
  });

  it('stays quick where strings in strings look like DER at every level', () => {
    let nested: Uint8Array = fromHex('3003ff');
    for (let i = 0; i < 60; i++) nested = octets(seq(octets(nested)));
    expect(derTree(nested).name).toBe('OCTET STRING');
  });

  it('gives a tree or a DerError for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const result = thrown(() => derTree(bytes));
        if (result !== null) expect(result).toBeInstanceOf(DerError);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives a tree or a DerError for a certificate with some octets changed', () => {
    const der = certificate(KEYS[0]![1]);
    const change = fc.record({ at: fc.nat(der.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 5 }), (changes) => {
        const broken = der.slice();
        for (const { at, to } of changes) broken[at] = to;
        const result = thrown(() => derTree(broken));
        if (result !== null) expect(result).toBeInstanceOf(DerError);
      }),
      { numRuns: 1000 },
    );
  });
});

function thrown(run: () => unknown): unknown {
  try {
    run();
    return null;
  } catch (error) {
    return error;
  }
}
