import { beforeAll, describe, expect, it } from 'vitest';
import { pemEncode, toBase64, utf8Encode } from '../../../src/core/bytes/index.ts';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import type { Certificate } from '../../../src/core/pki/index.ts';
import {
  longestBag,
  mostItems,
  pemOfDer,
  readBag,
  withoutPrivateKeys,
} from '../../../src/projection/verify/read-bag.ts';
import { leaf, root } from '../../core/pki/forge.ts';

let one: Certificate;
let other: Certificate;

beforeAll(async () => {
  const top = await root(nativeCrypto);
  [one, other] = [await leaf(nativeCrypto, top), top.certificate];
});

/** Rule, line and block of each fault. */
function faultsOf(text: string): readonly string[] {
  return readBag(text).faults.map(({ rule, line, block }) => `${rule} ${line} ${block}`);
}

const found = (text: string) => readBag(text).items.map(({ line, block }) => `${line} ${block}`);

describe('a bag', () => {
  it('knows where each certificate stands, with text around and between', () => {
    const text = `# the leaf\n${one.pem()}\nsubject=…\n${other.pem()}`;
    const second = text.slice(0, text.lastIndexOf('-----BEGIN')).split('\n').length;
    expect(found(text)).toEqual(['2 1', `${second} 2`]);
    expect(faultsOf(text)).toEqual([]);
  });

  it('reads lines that are indented, as in YAML, and those that end as on Windows', () => {
    expect(found(one.pem().replaceAll(/^/gm, '      '))).toEqual(['1 1']);
    expect(found(one.pem().replaceAll('\n', '\r\n'))).toEqual(['1 1']);
  });

  it('reads base64 without a frame: of DER, and of PEM as Secrets have it', () => {
    expect(found(toBase64(one.der))).toEqual(['1 1']);
    expect(found(toBase64(utf8Encode(one.pem() + other.pem())))).toHaveLength(2);
  });

  it('is empty without a complaint where there is nothing', () => {
    expect(readBag(' \n')).toEqual({ items: [], faults: [] });
  });

  it('goes on behind a block that is broken, and names the line', () => {
    const lines = one.pem().split('\n');
    lines[3] = `${lines[3]!.slice(0, -1)}%`;
    const text = lines.join('\n') + other.pem();
    expect(faultsOf(text)).toEqual(['base64 4 1']);
    expect(found(text)).toEqual([`${lines.length} 2`]);
  });

  it('names a block without an end, and reads the next', () => {
    const cut = one.pem().split('\n').slice(0, 4).join('\n');
    expect(faultsOf(`${cut}\n${other.pem()}`)).toEqual(['unterminated 1 1']);
    expect(found(`${cut}\n${other.pem()}`)).toEqual(['5 2']);
  });

  it.each([
    ['no PEM and no base64', () => 'hello', 'nothing 1 null'],
    ['base64 of something else', () => toBase64(utf8Encode('hello world!')), 'nothing 1 null'],
    ['a certificate cut short', () => pemEncode('CERTIFICATE', one.der.slice(0, -4)), 'certificate 1 1'],
    ['a certificate called a list', () => pemEncode('X509 CRL', one.der), 'crl 1 1'],
    ['a certificate called PKCS#7', () => pemEncode('PKCS7', one.der), 'pkcs7 1 1'],
    ['a private key', () => pemEncode('EC PRIVATE KEY', one.der), 'private-key 1 1'],
    ['a request', () => pemEncode('CERTIFICATE REQUEST', one.der), 'csr 1 1'],
    ['parameters', () => pemEncode('DH PARAMETERS', one.der), 'other 1 1'],
    ['line breaks of JSON', () => one.pem().replaceAll('\n', '\\n'), 'escaped 1 1'],
    ['too much', () => '-'.repeat(longestBag + 1), 'too-large 1 null'],
  ])('says why it does not read %s', (_what, make, fault) => {
    expect(faultsOf(make())).toEqual([fault]);
    expect(readBag(make()).items).toEqual([]);
  });

  it('stops where there are too many', () => {
    const { items, faults } = readBag(one.pem().repeat(mostItems + 5));
    expect(items).toHaveLength(mostItems);
    expect(faults.map(({ rule }) => rule)).toEqual(['too-many']);
  });
});

it('bytes become the text that is read as what they are', () => {
  expect(pemOfDer(one.der)).toBe(one.pem());
  expect(pemOfDer(utf8Encode('text'))).toBeNull();
});

it('private keys are taken out, ended or not; the rest stays', () => {
  const key = pemEncode('PRIVATE KEY', one.der);
  expect(withoutPrivateKeys(one.pem() + key + other.pem())).toBe(`${one.pem()}\n${other.pem()}`);
  expect(withoutPrivateKeys(one.pem() + key.slice(0, 80))).toBe(one.pem());
});
