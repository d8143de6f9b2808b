import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { pemDecode } from '../../src/core/bytes/index.ts';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import { type Certificate, createCrl, type Crl, readSignedData } from '../../src/core/pki/index.ts';
import { pemOfDer, readBag } from '../../src/projection/verify/read-bag.ts';
import { intermediate, leaf, NOW, root } from '../core/pki/forge.ts';
import { hasOpenssl, openssl } from './openssl.ts';

describe.skipIf(!hasOpenssl)('what `openssl crl2pkcs7` writes', () => {
  let certificates: readonly Certificate[];
  let crl: Crl;

  beforeAll(async () => {
    const top = await root(nativeCrypto);
    const middle = await intermediate(nativeCrypto, top);
    certificates = [await leaf(nativeCrypto, middle), middle.certificate, top.certificate];
    const ca = { certificate: middle.certificate, keyPair: middle.key, chain: [], roots: [top.certificate] };
    const nextUpdate = new Date(NOW.getTime() + 86_400_000);
    crl = await createCrl(nativeCrypto, ca, { thisUpdate: NOW, nextUpdate, crlNumber: 1, revoked: [] });
  });

  it('is read, with its list', () => {
    const files = { 'chain.pem': pem(certificates), 'crl.pem': crl.pem() };
    const { stdout } = openssl(['crl2pkcs7', '-in', 'crl.pem', '-certfile', 'chain.pem'], files);
    const bag = readSignedData(pemDecode(stdout, 'PKCS7'));
    expect(bag.certificates.map(hex)).toEqual(certificates.map(({ der }) => hex(der)));
    expect(bag.crls.map(hex)).toEqual([hex(crl.der)]);
  });

  it('is read from DER without a list, and from the text that is made of it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'svidlab-pkcs7-'));
    writeFileSync(join(directory, 'chain.pem'), pem(certificates));
    const args = ['crl2pkcs7', '-nocrl', '-certfile', 'chain.pem', '-outform', 'DER'];
    const der = spawnSync('openssl', args, { cwd: directory }).stdout;
    rmSync(directory, { recursive: true });
    expect(der[0]).toBe(0x30);
    expect(readSignedData(der).certificates.map(hex)).toEqual(certificates.map((each) => hex(each.der)));
    const { items, faults } = readBag(pemOfDer(der) ?? '');
    expect(items.map(({ kind }) => kind)).toEqual(['certificate', 'certificate', 'certificate']);
    expect(faults).toEqual([]);
  });
});

function pem(certificates: readonly Certificate[]): string {
  return certificates.map((certificate) => certificate.pem()).join('');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
