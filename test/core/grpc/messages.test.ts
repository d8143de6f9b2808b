import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteError, fromHex, ProtoError, utf8Encode } from '../../../src/core/bytes/index.ts';
import {
  decodeCertificateRequest,
  decodeCertificateResponse,
  decodeDiscoveryRequest,
  decodeDiscoveryResponse,
  decodeSecret,
  type EncodedMessage,
  encodeCertificateRequest,
  encodeCertificateResponse,
  encodeDiscoveryRequest,
  encodeDiscoveryResponse,
  encodeSecret,
  formatGrpcStatus,
  grpcCodeName,
  grpcFrame,
  grpcStatus,
  grpcUnframe,
  inlineBytes,
  inlineText,
  type JsonObject,
  SECRET_TYPE_URL,
} from '../../../src/core/grpc/index.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 300 });
const json = fc
  .dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.jsonValue({ maxDepth: 3 }),
    { maxKeys: 4 },
  )
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);

describe('messages of the CA', () => {
  it('a request comes back as it went', () => {
    const seconds = fc.integer({ min: -(10 ** 9), max: 10 ** 12 });
    fc.assert(
      fc.property(text, seconds, fc.option(json), (csrPem, validitySeconds, metadata) => {
        const request = { csrPem, validitySeconds, metadata };
        expect(decodeCertificateRequest(encodeCertificateRequest(request).bytes).message).toEqual(request);
      }),
    );
  });

  it('a response comes back as it went, empty elements included', () => {
    fc.assert(
      fc.property(fc.array(text), (certChain) => {
        expect(decodeCertificateResponse(encodeCertificateResponse({ certChain }).bytes).message).toEqual({
          certChain,
        });
      }),
    );
  });

  it('names the parts of a request', () => {
    const { spans } = encodeCertificateRequest({
      csrPem: 'PEM',
      validitySeconds: 86400,
      metadata: { CertSigner: 'x' },
    });
    expect(
      spans.map((span) => `${'  '.repeat(span.depth)}${span.label}${span.detail ? ` = ${span.detail}` : ''}`),
    ).toEqual([
      'csr = PEM',
      'validity_duration = 86400',
      'metadata',
      '  fields',
      '    key = CertSigner',
      '    value',
      '      string_value = x',
    ]);
  });
});

describe('messages of SDS', () => {
  it('a request comes back as it went', () => {
    const node = fc.record({ id: text, cluster: text, metadata: fc.option(json), userAgentName: text });
    const errorDetail = fc.record({ code: fc.nat(16), message: text });
    const request = fc.record({
      versionInfo: text,
      node: fc.option(node),
      resourceNames: fc.array(text),
      typeUrl: text,
      responseNonce: text,
      errorDetail: fc.option(errorDetail),
    });
    fc.assert(
      fc.property(request, (value) => {
        expect(decodeDiscoveryRequest(encodeDiscoveryRequest(value).bytes).message).toEqual(value);
      }),
    );
  });

  it('a response carries a secret, whose parts are named too', () => {
    const secret = encodeSecret({
      name: 'default',
      tlsCertificate: { certificateChain: inlineBytes('CHAIN'), privateKey: inlineBytes('KEY') },
    });
    const response = encodeDiscoveryResponse({
      versionInfo: '2026-03-02T09:00:00Z/1',
      resources: [{ typeUrl: SECRET_TYPE_URL, value: secret.bytes }],
      typeUrl: SECRET_TYPE_URL,
      nonce: 'n-1',
    });
    const { message, spans } = decodeDiscoveryResponse(response.bytes);
    expect(message).toMatchObject({
      versionInfo: '2026-03-02T09:00:00Z/1',
      typeUrl: SECRET_TYPE_URL,
      nonce: 'n-1',
    });
    const inner = decodeSecret(message.resources[0]!.value).message;
    expect(inner.name).toBe('default');
    expect(inlineText(inner.tlsCertificate!.certificateChain)).toBe('CHAIN');
    expect(inlineText(inner.tlsCertificate!.privateKey)).toBe('KEY');
    expect(spans.find((span) => span.detail === 'KEY')).toMatchObject({ label: 'inline_bytes', depth: 4 });
  });

  it('a validation context comes back as it went', () => {
    const secret = {
      name: 'ROOTCA',
      tlsCertificate: null,
      validationContext: { trustedCa: inlineBytes('ROOT'), crl: { kind: 'filename', filename: '/crl.pem' } },
    } as const;
    expect(decodeSecret(encodeSecret(secret).bytes).message).toEqual(secret);
  });

  it('skips fields it does not know', () => {
    const known = encodeDiscoveryRequest({ typeUrl: 't' }).bytes;
    const unknown = fromHex('7a026869f80101');
    const bytes = new Uint8Array([...unknown, ...known]);
    expect(decodeDiscoveryRequest(bytes).message.typeUrl).toBe('t');
  });
});

describe('any bytes', () => {
  it.each([
    ['CertificateRequest', decodeCertificateRequest],
    ['CertificateResponse', decodeCertificateResponse],
    ['DiscoveryRequest', decodeDiscoveryRequest],
    ['DiscoveryResponse', decodeDiscoveryResponse],
    ['Secret', decodeSecret],
  ] as readonly (readonly [string, (bytes: Uint8Array) => EncodedMessage])[])(
    'are a %s or a ProtoError, never anything else',
    (_, decode) => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
          try {
            decode(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtoError);
          }
        }),
        { numRuns: 1000 },
      );
    },
  );

  it('a Struct inside a Struct without end is refused', () => {
    let metadata: JsonObject = {};
    for (let i = 0; i < 50; i++) metadata = { a: metadata };
    const { bytes } = encodeCertificateRequest({ csrPem: '', validitySeconds: 0, metadata });
    expect(() => decodeCertificateRequest(bytes)).toThrow('Struct nests deeper than 32');
  });
});

describe('gRPC', () => {
  it('frames a message with a flag and its length', () => {
    expect(grpcFrame(utf8Encode('abc'))).toEqual(fromHex('0000000003616263'));
    expect(grpcUnframe(fromHex('0000000003616263'))).toEqual(utf8Encode('abc'));
  });

  it.each([
    ['000000', 'gRPC prefix is cut off'],
    ['0100000000', 'gRPC compressed flag is 1'],
    ['0000000002aa', 'gRPC length says 2 octets, 1 follow'],
    ['00ffffffffaa', 'is over the limit'],
  ])('refuses %s', (hex, message) => {
    expect(() => grpcUnframe(fromHex(hex))).toThrow(ByteError);
    expect(() => grpcUnframe(fromHex(hex))).toThrow(message);
  });

  it('prints a status as grpc-go does', () => {
    expect(formatGrpcStatus(grpcStatus('Unauthenticated', 'request authenticate failure'))).toBe(
      'rpc error: code = Unauthenticated desc = request authenticate failure',
    );
    expect([grpcCodeName(14), grpcCodeName(99)]).toEqual(['Unavailable', 'Code(99)']);
  });
});
