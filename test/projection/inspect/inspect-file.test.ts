import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, pemDecode, utf8Encode } from '../../../src/core/bytes/index.ts';
import {
  type Field,
  type InspectedDocument,
  inspectFile,
  InspectError,
} from '../../../src/projection/inspect/index.ts';

let directory: string;

function openssl(...args: string[]): Buffer {
  return execFileSync('openssl', args, { cwd: directory, stdio: ['pipe', 'pipe', 'ignore'] });
}

const file = (name: string): Buffer => readFileSync(join(directory, name));
const text = (name: string): string => file(name).toString();

function only(input: Uint8Array | string): InspectedDocument {
  const documents = inspectFile(input);
  expect(documents).toHaveLength(1);
  return documents[0]!;
}

function value(document: InspectedDocument, id: Field['id']): string | undefined {
  return document.fields.find((field) => field.id === id)?.value;
}

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'inspect-'));
  writeFileSync(
    join(directory, 'ca.cnf'),
    '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=crlnumber\ndefault_md=sha256\ndefault_crl_days=7\ncrl_extensions=x\n' +
      '[x]\nauthorityKeyIdentifier=keyid\n',
  );
  writeFileSync(
    join(directory, 'index.txt'),
    'R\t360101000000Z\t260302090000Z,keyCompromise\t72D82D756D3D6E05F2FE\tunknown\t/O=x\n',
  );
  writeFileSync(join(directory, 'crlnumber'), '07\n');
  const san = [
    '-addext',
    'subjectAltName=critical,URI:spiffe://cluster.local/ns/shop/sa/order,DNS:order.shop,IP:10.244.1.5',
  ];
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...ec,
    '-keyout',
    'key.pem',
    '-out',
    'root.pem',
    '-subj',
    '/O=cluster.local',
    '-set_serial',
    '0x1234',
    ...san,
  );
  openssl('req', '-new', ...ec, '-keyout', 'leaf-key.pem', '-out', 'csr.pem', '-subj', '/', ...san);
  openssl('ec', '-in', 'key.pem', '-out', 'sec1.pem');
  openssl('genrsa', '-traditional', '-out', 'rsa.pem', '2048');
  openssl('pkey', '-in', 'key.pem', '-pubout', '-out', 'public.pem');
  openssl(
    'ca',
    '-config',
    'ca.cnf',
    '-gencrl',
    '-keyfile',
    'key.pem',
    '-cert',
    'root.pem',
    '-out',
    'crl.pem',
  );
}, 30_000);

afterAll(() => rmSync(directory, { recursive: true }));

describe('inspectFile', () => {
  it('opens what OpenSSL made', () => {
    const certificate = only(text('root.pem'));
    expect(certificate.kind).toBe('certificate');
    expect(value(certificate, 'x509_serial_number')).toBe('1234');
    expect(certificate.fields.filter(({ id }) => id === 'x509_san').map((field) => field.value)).toEqual([
      'URI:spiffe://cluster.local/ns/shop/sa/order',
      'DNS:order.shop',
      'IP Address:10.244.1.5',
    ]);
    expect(only(text('csr.pem')).kind).toBe('csr');
    expect(only(text('public.pem')).title).toBe('ECDSA P-256 public key');
  });

  it('opens private keys in all three forms', () => {
    const forms = ['key.pem', 'sec1.pem', 'rsa.pem'].map((name) => {
      const document = only(text(name));
      return [value(document, 'key_format'), value(document, 'key_algorithm')];
    });
    expect(forms).toEqual([
      ['PKCS#8', 'ECDSA P-256'],
      ['SEC 1', 'ECDSA P-256'],
      ['PKCS#1', 'RSA 2048'],
    ]);
  });

  it('opens a revocation list', () => {
    const crl = only(text('crl.pem'));
    expect(crl.kind).toBe('crl');
    expect(value(crl, 'crl_issuer')).toBe('O=cluster.local');
    expect(value(crl, 'crl_number')).toBe('7');
    expect(value(crl, 'crl_revoked')).toBe('72d82d756d3d6e05f2fe · 2026-03-02T09:00:00Z · keyCompromise');
    expect(value(crl, 'crl_authority_key_id')).toMatch(/^[0-9a-f]{40}$/);
  });

  it.each([
    ['root.pem', 'CERTIFICATE', 'certificate'],
    ['csr.pem', 'CERTIFICATE REQUEST', 'csr'],
    ['crl.pem', 'X509 CRL', 'crl'],
    ['key.pem', 'PRIVATE KEY', 'private-key'],
    ['sec1.pem', 'EC PRIVATE KEY', 'private-key'],
    ['rsa.pem', 'RSA PRIVATE KEY', 'private-key'],
    ['public.pem', 'PUBLIC KEY', 'public-key'],
  ])('knows the DER of %s by its shape', (name, label, kind) => {
    const der = pemDecode(text(name), label);
    expect(only(der)).toEqual({ ...only(text(name)), bytes: der });
    expect(only(der).kind).toBe(kind);
  });

  it('opens every block of a file', () => {
    const documents = inspectFile(text('root.pem') + text('csr.pem') + text('key.pem'));
    expect(documents.map(({ kind }) => kind)).toEqual(['certificate', 'csr', 'private-key']);
  });

  it('opens tokens and JSON', () => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none' })}.${part({ sub: 'a', custom: { x: 1 } })}.`;
    const jwt = only(`  ${token}\n`);
    expect(jwt.kind).toBe('token');
    expect(value(jwt, 'jwt_claim')).toBe('{"x":1}');
    expect(jwt.fields.find(({ id }) => id === 'jwt_algorithm')?.tone).toBe('bad');
    expect(only('{"keys":[{"kty":"EC","kid":"a"}]}').kind).toBe('jwks');
    expect(only('{"kind":"TokenReview","status":{"authenticated":true}}').kind).toBe('token-review');
    expect(only(' {"hello": [1]}').kind).toBe('json');
  });

  it('judges validity only at a moment it is given', () => {
    expect(value(only(text('root.pem')), 'x509_remaining')).toBeUndefined();
    const [late] = inspectFile(text('root.pem'), { nowMs: Date.parse('2200-01-01T00:00:00Z') });
    expect(late!.fields.find(({ id }) => id === 'x509_remaining')?.tone).toBe('bad');
  });

  it.each([
    ['text of no form', 'hello', 'nothing in the file is known here', 0],
    ['nothing', '', 'nothing in the file is known here', 0],
    ['cut-off DER', fromHex('30820100'), 'DER at offset 1: element: 256 octets announced, 0 left', 1],
    [
      'PEM without an end',
      '-----BEGIN CERTIFICATE-----\nAAAA\n',
      'PEM at offset 0: "BEGIN CERTIFICATE" has no "END CERTIFICATE"',
      0,
    ],
    ['broken JSON', '{"a":', 'JSON at offset 5: the value is cut off', 5],
  ])('refuses %s with a reason', (_, input, message, offset) => {
    const error = (() => {
      try {
        inspectFile(input);
        return null;
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(InspectError);
    expect(error).toMatchObject({ message, offset });
  });

  it('refuses a file that is far too large', () => {
    expect(() => inspectFile(new Uint8Array(5_000_000))).toThrow('5000000 octets are too many');
  });

  it('takes a SEQUENCE of no known shape as plain ASN.1', () => {
    expect(only(utf8Encode('0\x03\x02\x01\x01')).kind).toBe('der');
  });
});
