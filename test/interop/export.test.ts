import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Summary } from '../../src/cli/run/summary.ts';
import { data, svidlab } from '../cli/support/svidlab.ts';
import { hasOpenssl } from './openssl.ts';

interface World {
  readonly name: string;
  readonly words: readonly string[];
  readonly input?: string;
  /** How the CA signs. */
  readonly signature: string;
  readonly keyLabel: string;
  readonly publicKey: RegExp;
}

/** Long enough for every pod to have renewed once: what is exported belongs to the second certificate. */
const shop = ['run', data('shop.yaml'), '--until', '13h'];
const rsaSignature = 'sha256WithRSAEncryption';
/** As the lesson has it, but for the last step, which ends its pod. */
const lesson = readFileSync(data('lesson.yaml'), 'utf8').replace(/ {2}- id: your-turn[\s\S]*$/, '');

const worlds: readonly World[] = [
  {
    name: 'by default: RSA 2048',
    words: shop,
    signature: rsaSignature,
    keyLabel: 'RSA PRIVATE KEY',
    publicKey: /Public Key Algorithm: rsaEncryption\n +Public-Key: \(2048 bit\)/,
  },
  {
    name: 'P-256 under an RSA CA',
    words: [...shop, '--key-type', 'ecdsa-p256', '--keep', 'last'],
    signature: rsaSignature,
    keyLabel: 'EC PRIVATE KEY',
    publicKey: /NIST CURVE: P-256/,
  },
  {
    name: 'P-384 under an RSA CA',
    words: [...shop, '--key-type', 'ecdsa-p384', '--keep', 'all'],
    signature: rsaSignature,
    keyLabel: 'EC PRIVATE KEY',
    publicKey: /NIST CURVE: P-384/,
  },
  {
    name: 'a lesson: P-256 under a P-384 CA',
    words: ['run', '-'],
    input: lesson.replace('rootKeyType: ecdsa-p256', 'rootKeyType: ecdsa-p384'),
    signature: 'ecdsa-with-SHA384',
    keyLabel: 'EC PRIVATE KEY',
    publicKey: /NIST CURVE: P-256/,
  },
];

describe.skipIf(!hasOpenssl).each(worlds)(
  'an export, $name',
  ({ words, input, signature, keyLabel, publicKey }) => {
    let directory = '';
    let summary: Summary;
    let pods: readonly (Summary['pods'][number] & { readonly path: string })[] = [];

    beforeAll(async () => {
      directory = mkdtempSync(join(tmpdir(), 'svidlab-export-'));
      const ended = await svidlab(
        [...words, '--export', directory, '--json'],
        input === undefined ? {} : { input },
      );
      if (ended.code !== 0) throw new Error(ended.stderr);
      summary = JSON.parse(ended.stdout) as Summary;
      pods = summary.pods.map((pod) => ({ ...pod, path: `pods/${pod.namespace}/${pod.name}` }));
    });
    afterAll(() => rmSync(directory, { recursive: true, force: true }));

    const read = (path: string): string => readFileSync(join(directory, path), 'utf8');
    const openssl = (...args: readonly string[]): string => {
      const run = spawnSync('openssl', args, { cwd: directory, encoding: 'utf8' });
      if (run.status !== 0) throw new Error(`openssl ${args.join(' ')}\n${run.stdout}${run.stderr}`);
      return run.stdout + run.stderr;
    };
    const verify = (purpose: string, at: Date, path: string): string =>
      openssl(
        ...[
          'verify',
          '-x509_strict',
          '-purpose',
          purpose,
          '-attime',
          String(Math.floor(at.getTime() / 1000)),
        ],
        ...['-CAfile', 'ca/root-cert.pem', '-untrusted', path, path],
      );

    it('holds the second certificate of every pod', () => {
      expect(pods.length).toBeGreaterThan(0);
      expect(summary.rotations).toBeGreaterThanOrEqual(pods.length);
    });

    it('has CSRs that OpenSSL accepts, made with the key of the certificate', () => {
      for (const { path, spiffeId } of pods) {
        const csr = openssl('req', '-in', `${path}/csr.pem`, '-noout', '-verify', '-text');
        expect(csr).toContain('Certificate request self-signature verify OK');
        expect(extensionsOf(csr)).toEqual([['Subject Alternative Name: critical', `URI:${spiffeId}`]]);
        const keys = [
          openssl('req', '-in', `${path}/csr.pem`, '-noout', '-pubkey'),
          openssl('x509', '-in', `${path}/cert-chain.pem`, '-noout', '-pubkey'),
          openssl('pkey', '-in', `${path}/key.pem`, '-pubout'),
        ];
        expect(new Set(keys).size).toBe(1);
        expect(read(`${path}/key.pem`)).toMatch(new RegExp(`^-----BEGIN ${keyLabel}-----\n`));
      }
    });

    it.each(['sslserver', 'sslclient'])(
      'has chains that OpenSSL accepts for %s at that moment',
      (purpose) => {
        for (const { path } of pods) {
          const chain = `${path}/cert-chain.pem`;
          expect(verify(purpose, new Date(summary.time.end), chain)).toBe(`${chain}: OK\n`);
          expect(read(`${path}/root-cert.pem`)).toBe(read('ca/root-cert.pem'));
          expect(
            read(chain).endsWith(read('ca/root-cert.pem')),
            'the root is part of what a workload presents',
          ).toBe(true);
        }
      },
    );

    it('has leaves of exactly the profile of istiod', () => {
      const root = openssl('x509', '-in', 'ca/root-cert.pem', '-noout', '-text');
      const rootKeyId = extensionsOf(root).find(([name]) => name?.startsWith('Subject Key Identifier'))?.[1];
      for (const { path, spiffeId, certificate } of pods) {
        const chain = `${path}/cert-chain.pem`;
        const text = openssl('x509', '-in', chain, '-noout', '-text');
        expect(text).toContain('Version: 3 (0x2)');
        expect(text).toContain(`Signature Algorithm: ${signature}\n`);
        expect(text).toContain('Issuer: O = cluster.local\n');
        expect(text).toMatch(/^ +Subject: *$/m);
        expect(text).toMatch(publicKey);
        expect(extensionsOf(text)).toEqual([
          ['Key Usage: critical', 'Digital Signature, Key Encipherment'],
          ['Extended Key Usage:', 'TLS Web Server Authentication, TLS Web Client Authentication'],
          ['Basic Constraints: critical', 'CA:FALSE'],
          ['Authority Key Identifier:', rootKeyId],
          ['Subject Alternative Name: critical', `URI:${spiffeId}`],
        ]);
        const { serialNumber, notBefore, notAfter } = certificate!;
        const serial = openssl('x509', '-in', chain, '-noout', '-serial').trim().slice('serial='.length);
        expect(serial.toLowerCase().padStart(32, '0'), 'a number below 2^128').toBe(serialNumber);
        const [from, to] = /Not Before: (.*)\n +Not After : (.*)\n/
          .exec(text)!
          .slice(1)
          .map((date) => Date.parse(date));
        expect([from, to]).toEqual([Date.parse(notBefore), Date.parse(notAfter)]);
        expect(to! - from!, '24 hours, and 2 minutes at the front').toBe((24 * 60 + 2) * 60_000);
        const der = spawnSync('openssl', ['x509', '-in', chain, '-outform', 'DER'], {
          cwd: directory,
        }).stdout;
        expect(der.toString('hex'), 'basicConstraints is an empty sequence').toContain(
          '300c0603551d130101ff04023000',
        );
      }
    });

    it('has tokens that jose verifies against the JWKS', async () => {
      const keys = createLocalJWKSet(JSON.parse(read('jwks.json')) as JSONWebKeySet);
      for (const { path, namespace, name, serviceAccount } of pods) {
        const { payload } = await jwtVerify(read(`${path}/token.jwt`), keys, {
          issuer: 'https://kubernetes.default.svc.cluster.local',
          audience: 'istio-ca',
          currentDate: new Date(summary.time.end),
        });
        expect(payload.sub).toBe(`system:serviceaccount:${namespace}:${serviceAccount}`);
        expect(payload['kubernetes.io']).toMatchObject({ namespace, pod: { name } });
      }
    });

    it('has every certificate ever issued, each valid in its time', () => {
      const issued = readdirSync(join(directory, 'issued'));
      expect(issued).toHaveLength(summary.certificatesIssued);
      for (const file of issued) {
        const [start] = /notBefore=(.*)/
          .exec(openssl('x509', '-in', `issued/${file}`, '-noout', '-startdate'))!
          .slice(1);
        const at = new Date(Date.parse(start!) + 3 * 60_000);
        expect(verify('sslserver', at, `issued/${file}`)).toBe(`issued/${file}: OK\n`);
      }
      for (const { path, certificate } of pods) {
        expect(
          read(`${path}/cert-chain.pem`).startsWith(read(`issued/${certificate!.serialNumber}.pem`)),
        ).toBe(true);
      }
    });

    it('has the key of its CA', () => {
      const fromKey = openssl('pkey', '-in', 'ca/ca-key.pem', '-pubout');
      expect(openssl('x509', '-in', 'ca/ca-cert.pem', '-noout', '-pubkey')).toBe(fromKey);
      expect(verify('any', new Date(summary.time.end), 'ca/ca-cert.pem')).toBe('ca/ca-cert.pem: OK\n');
    });
  },
);

/** Names and values of the extensions in a text of OpenSSL's, in their order. */
function extensionsOf(text: string): readonly (readonly [string, string | undefined])[] {
  return [...text.matchAll(/^ +X509v3 (?!extensions)(.*?) ?\n +(.*?) ?$/gm)].map(([, name, value]) => [
    name ?? '',
    value,
  ]);
}
