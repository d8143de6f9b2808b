import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import { parseCertificates, verifyChain } from '../../src/core/pki/index.ts';
import { hasOpenssl } from './openssl.ts';

const pss = (digest: string, salt: number | string) => [
  `-${digest}`,
  '-sigopt',
  'rsa_padding_mode:pss',
  '-sigopt',
  `rsa_pss_saltlen:${salt}`,
];

type Row = readonly [name: string, key: readonly string[], sign: readonly string[], error: object | null];

const ec = (curve: string) => ['-algorithm', 'EC', '-pkeyopt', `ec_paramgen_curve:${curve}`];
const rsa = (bits: number) => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`];
const rsaPss = (...limits: string[]) => [
  '-algorithm',
  'RSA-PSS',
  '-pkeyopt',
  'rsa_keygen_bits:2048',
  ...limits.flatMap((limit) => ['-pkeyopt', limit]),
];
const refused = (reason: string) => ({ kind: 'signature-algorithm-refused', reason });

const rows: readonly Row[] = [
  ['ECDSA P-256', ec('P-256'), ['-sha256'], null],
  ['ECDSA P-384 with SHA-512', ec('P-384'), ['-sha512'], null],
  ['ECDSA P-521', ec('P-521'), ['-sha512'], null],
  ['ECDSA with SHA-1', ec('P-256'), ['-sha1'], refused('weak')],
  ['Ed25519', ['-algorithm', 'ED25519'], [], null],
  ['Ed448', ['-algorithm', 'ED448'], [], { kind: 'key-refused', reason: 'unknown' }],
  ['secp256k1', ec('secp256k1'), ['-sha256'], { kind: 'key-refused', reason: 'unknown' }],
  ['RSA PKCS#1 v1.5 with SHA-256', rsa(2048), ['-sha256'], null],
  ['RSA PKCS#1 v1.5 with SHA-512', rsa(3072), ['-sha512'], null],
  ['RSA PKCS#1 v1.5 with SHA-1', rsa(2048), ['-sha1'], refused('weak')],
  ['RSA PKCS#1 v1.5 with MD5', rsa(2048), ['-md5'], refused('weak')],
  ['RSA of 1024 bits', rsa(1024), ['-sha256'], { kind: 'key-refused', reason: 'weak' }],
  ['PSS with SHA-256 and its length of salt', rsa(2048), pss('sha256', 32), null],
  ['PSS with SHA-384 and no salt', rsa(2048), pss('sha384', 0), null],
  ['PSS with SHA-512 and all the salt there is room for', rsa(2048), pss('sha512', 'max'), null],
  ['PSS with SHA-1', rsa(2048), pss('sha1', 20), refused('weak')],
  [
    'PSS with another hash for the mask',
    rsa(2048),
    [...pss('sha256', 32), '-sigopt', 'rsa_mgf1_md:sha512'],
    refused('malformed'),
  ],
  ['a PSS key without limits', rsaPss(), pss('sha256', 32), null],
  [
    'a PSS key limited to SHA-256',
    rsaPss('rsa_pss_keygen_md:sha256', 'rsa_pss_keygen_mgf1_md:sha256', 'rsa_pss_keygen_saltlen:32'),
    pss('sha256', 32),
    null,
  ],
];

describe.skipIf(!hasOpenssl)('certificates that OpenSSL has signed', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'svidlab-algorithms-'));
  afterAll(() => rmSync(cwd, { recursive: true }));

  const run = (...args: string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args.join(' ')}: ${stderr}`);
  };

  it.each(rows)('%s', async (_name, key, sign, error) => {
    run('genpkey', ...key, '-out', 'ca.key');
    run('genpkey', ...ec('P-256'), '-out', 'leaf.key');
    const root = ['-addext', 'keyUsage=critical,keyCertSign', '-days', '3650', '-subj', '/CN=Root'];
    // Weak algorithms need the lowest security level to be made at all.
    run('req', '-x509', '-new', '-key', 'ca.key', ...sign, ...root, '-out', 'ca.pem');
    run(
      'req',
      '-new',
      '-key',
      'leaf.key',
      '-subj',
      '/CN=leaf',
      '-addext',
      'subjectAltName=DNS:leaf.test',
      '-out',
      'leaf.csr',
    );
    const issue = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-copy_extensions', 'copyall', '-days', '3650'];
    run('x509', '-req', '-in', 'leaf.csr', ...issue, ...sign, '-out', 'leaf.pem');
    const [chain, roots] = ['leaf.pem', 'ca.pem'].map((file) =>
      parseCertificates(readFileSync(join(cwd, file), 'utf8')),
    );
    const at = new Date(Date.now() + 1000);
    // OpenSSL 3.0 writes no authority key identifier unless told to.
    const input = { chain: chain!, roots: roots!, at, purpose: 'any', strict: false } as const;
    const result = await verifyChain(nativeCrypto, input);
    if (error === null) expect(result.error).toBeNull();
    else expect(result.error).toMatchObject(error);
  });
});
