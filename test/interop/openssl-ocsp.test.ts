import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import {
  type Certificate,
  exportPrivateKey,
  parseOcspResponse,
  privateKeyPem,
  type RevocationSettings,
  verifyChain,
} from '../../src/core/pki/index.ts';
import { type Authority, ext, intermediate, leaf, root } from '../core/pki/forge.ts';
import { hasOpenssl } from './openssl.ts';

const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';

describe.skipIf(!hasOpenssl)('a response of OpenSSL’s responder, stapled', () => {
  const directory = mkdtempSync(join(tmpdir(), 'svidlab-ocsp-'));
  afterAll(() => rmSync(directory, { recursive: true }));
  const at = new Date(Date.now() + 1000);
  const validity = { notBefore: '2020-01-01T00:00:00Z', notAfter: '2099-01-01T00:00:00Z' };

  it.each([
    ['good, by the issuer', 'V', 'issuer', null],
    ['revoked, by the issuer', 'R', 'issuer', 'revoked'],
    ['good, by a delegated responder', 'V', 'delegate', null],
    ['revoked, by a delegated responder', 'R', 'delegate', 'revoked'],
    ['by a certificate that may not', 'V', 'imposter', 'revocation-unknown'],
    ['about an unknown certificate', null, 'issuer', 'revocation-unknown'],
  ] as const)('is believed for what it is: %s', async (_what, status, by, kind) => {
    const ca = await root(nativeCrypto, validity);
    const end = await leaf(nativeCrypto, ca, validity);
    const signer = await responder(ca, by);
    const der = await respond(end, ca, signer, status);
    const settings: RevocationSettings = { mode: 'hard', crls: [], staple: parseOcspResponse(der) };
    const input = { chain: [end], roots: [ca.certificate], purpose: 'any', at } as const;
    const result = await verifyChain(nativeCrypto, { ...input, revocation: settings });
    expect(result.error?.kind ?? null).toBe(kind);
    const late = new Date(at.getTime() + 30 * 86_400_000);
    const stale = await verifyChain(nativeCrypto, { ...input, revocation: settings, at: late });
    expect(stale.error?.kind).toBe('revocation-unknown');
    const other = await leaf(nativeCrypto, ca, { ...validity, serial: Uint8Array.of(0x44) });
    const swapped = await verifyChain(nativeCrypto, { ...input, chain: [other], revocation: settings });
    expect(swapped.error?.kind).toBe('revocation-unknown');
    const { signature } = parseOcspResponse(der);
    const tampered = Uint8Array.from(der);
    tampered[signature.byteOffset + signature.length - 1]! ^= 1;
    const staple = parseOcspResponse(tampered);
    const broken = await verifyChain(nativeCrypto, { ...input, revocation: { ...settings, staple } });
    expect(broken.error?.kind).toBe('revocation-unknown');
  });

  async function responder(ca: Authority, by: 'issuer' | 'delegate' | 'imposter'): Promise<Authority> {
    if (by === 'issuer') return ca;
    const extKeyUsage = by === 'delegate' ? ext.extKeyUsage([OCSP_SIGNING]) : null;
    const change = { keyUsage: ext.keyUsage([0]), basicConstraints: null, extKeyUsage };
    return intermediate(nativeCrypto, ca, { ...validity, subject: 'Responder', change });
  }

  async function respond(
    end: Certificate,
    ca: Authority,
    signer: Authority,
    status: 'V' | 'R' | null,
  ): Promise<Uint8Array> {
    const serial = end.serialNumber.toUpperCase();
    const revokedAt = status === 'R' ? '260301000000Z' : '';
    const index =
      status === null ? '' : `${status}\t990101000000Z\t${revokedAt}\t${serial}\tunknown\t/CN=leaf\n`;
    const files = {
      'index.txt': index,
      'leaf.pem': end.pem(),
      'ca.pem': ca.certificate.pem(),
      'signer.pem': signer.certificate.pem(),
      'signer.key': privateKeyPem(await exportPrivateKey(nativeCrypto, signer.key), 'pkcs8'),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    const request = ['ocsp', '-issuer', 'ca.pem', '-cert', 'leaf.pem', '-no_nonce', '-reqout', 'req.der'];
    const respond = [
      'ocsp',
      '-index',
      'index.txt',
      '-CA',
      'ca.pem',
      '-rsigner',
      'signer.pem',
      '-rkey',
      'signer.key',
    ];
    const run = (args: readonly string[]) => spawnSync('openssl', args, { cwd: directory, encoding: 'utf8' });
    expect(run(request).status).toBe(0);
    const made = run([...respond, '-reqin', 'req.der', '-ndays', '7', '-respout', 'resp.der']);
    expect(made.stderr).not.toMatch(/error/i);
    return new Uint8Array(readFileSync(join(directory, 'resp.der')));
  }
});
