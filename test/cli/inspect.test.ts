import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import explanations from '../../src/projection/inspect/explain.en.json' with { type: 'json' };
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import {
  createCsr,
  createSelfSignedRoot,
  exportPrivateKey,
  generateKeyPair,
  issueWorkloadCertificate,
  privateKeyPem,
} from '../../src/core/pki/index.ts';
import { pemEncode } from '../../src/core/bytes/index.ts';
import { scratch, svidlab } from './support/svidlab.ts';

const spiffeId = 'spiffe://cluster.local/ns/shop/sa/order';
const now = new Date('2026-03-02T09:00:00Z');
let chain = '';
let csr = '';
let key = '';
let leafDer = new Uint8Array();

beforeAll(async () => {
  const serial = (octet: number): Uint8Array => new Uint8Array(16).fill(octet);
  const ca = await createSelfSignedRoot(nativeCrypto, {
    organization: 'cluster.local',
    keyType: 'ecdsa-p256',
    now,
    serial: serial(1),
  });
  const pair = await generateKeyPair(nativeCrypto, 'ecdsa-p256');
  const leaf = await issueWorkloadCertificate(nativeCrypto, ca, {
    spki: pair.spki,
    spiffeId,
    now,
    ttlMs: 86_400_000,
    serial: serial(2),
  });
  chain = leaf.pem() + ca.certificate.pem();
  leafDer = Uint8Array.from(leaf.der);
  csr = pemEncode('CERTIFICATE REQUEST', await createCsr(nativeCrypto, pair, { spiffeId }));
  key = privateKeyPem(await exportPrivateKey(nativeCrypto, pair), 'traditional');
});

describe('svidlab inspect', () => {
  it('says every field of a chain, and what each means, once', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'cert-chain.pem'), chain);
    const { code, stdout, stderr } = await svidlab(['inspect', 'cert-chain.pem'], { cwd });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^certificate: ${spiffeId}\n  SPIFFE ID +${spiffeId}\n`));
    expect(stdout).toMatch(/^ {2}Not After +2026-03-03T09:00:00Z$/m);
    expect(stdout).toMatch(/^ {2}Key Usage +digitalSignature, keyEncipherment \(critical\)$/m);
    expect(stdout).toContain('\ncertificate: O=cluster.local\n');
    expect(stdout).toContain('openssl x509 -in cert-chain.pem -noout -text');
    const words = explanations.explain_x509_serial_number.slice(0, 40);
    expect(stdout.split(words)).toHaveLength(2);
  });

  it('reads DER from stdin, and judges it by the moment asked for', async () => {
    const words = ['inspect', '-', '--at', '2026-03-04T00:00:00Z'];
    const { code, stdout } = await svidlab(words, { input: leafDer });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}Remaining +-15h$/m);
    expect(stdout).toContain('→ Expired at the moment shown.');
  });

  it.each([
    { what: 'a CSR', text: () => csr, heading: `csr: ${spiffeId}` },
    { what: 'a private key', text: () => key, heading: 'private key: ECDSA P-256 private key' },
  ])('knows $what', async ({ text, heading }) => {
    const { code, stdout } = await svidlab(['inspect', '-'], { input: text() });
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe(heading);
  });

  it('prints its documented JSON, without the secret of a key', async () => {
    const cwd = scratch();
    writeFileSync(join(cwd, 'all.pem'), chain + csr + key);
    const { code, stdout } = await svidlab(['inspect', 'all.pem', '--json'], { cwd });
    expect(code).toBe(0);
    const { file, documents } = JSON.parse(stdout) as {
      readonly file: string;
      readonly documents: readonly { readonly kind: string; readonly fields: readonly object[] }[];
    };
    expect(file).toBe('all.pem');
    expect(documents.map(({ kind }) => kind)).toEqual(['certificate', 'certificate', 'csr', 'private-key']);
    expect(documents[0]?.fields[0]).toEqual({
      id: 'x509_spiffe_id',
      label: 'SPIFFE ID',
      value: spiffeId,
      explanation: explanations.explain_x509_spiffe_id,
      note: explanations.note_san_decides,
      group: null,
      tone: 'ok',
      bytes: { start: expect.any(Number) as unknown, end: expect.any(Number) as unknown },
    });
    for (const line of key.split('\n').slice(1, 2)) expect(stdout).not.toContain(line.slice(0, 40));
  });
});
