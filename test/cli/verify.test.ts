import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../src/core/crypto/index.ts';
import type { Certificate } from '../../src/core/pki/index.ts';
import { dns, ext, intermediate, leaf, root, uri } from '../core/pki/forge.ts';
import { forgeCrl } from '../core/pki/forge-crl.ts';
import { scratch, svidlab } from './support/svidlab.ts';

const at = '2026-03-02T12:00:00Z';
const spiffeId = 'spiffe://cluster.local/ns/shop/sa/order';
let top: Certificate;
let middle: Certificate;
let end: Certificate;
let crls: string[];
let revoking: string[];

beforeAll(async () => {
  const authority = await root(nativeCrypto);
  const issuer = await intermediate(nativeCrypto, authority);
  end = await leaf(nativeCrypto, issuer, {
    change: { san: ext.san([uri(spiffeId), dns('order.test')], true) },
  });
  [top, middle] = [authority.certificate, issuer.certificate];
  const ofRoot = await forgeCrl(nativeCrypto, { signer: authority });
  const ofIssuer = await forgeCrl(nativeCrypto, { signer: issuer });
  const withLeaf = await forgeCrl(nativeCrypto, {
    signer: issuer,
    revoked: [{ certificate: end, reason: 1 }],
  });
  crls = [ofRoot.pem(), ofIssuer.pem()];
  revoking = [ofRoot.pem(), withLeaf.pem()];
});

function files(): string {
  const cwd = scratch();
  const texts = {
    'chain.pem': end.pem() + middle.pem(),
    'roots.pem': top.pem(),
    'crl.pem': crls.join(''),
    'revoked.pem': revoking.join(''),
    'broken.pem': '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n',
  };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(cwd, name), text);
  return cwd;
}

const verify = (words: readonly string[]) =>
  svidlab(['verify', '--chain', 'chain.pem', '--roots', 'roots.pem', '--at', at, ...words], { cwd: files() });

describe('svidlab verify', () => {
  it('says every check of a valid chain with its clause', async () => {
    const { code, stdout, stderr } = await verify(['--purpose', 'server']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ path.found .*\[RFC 4158\]$/m);
    expect(stdout).toMatch(/^ {2}✓ path.signature .* by CN=Root {2}\[RFC 5280 6.1.3 \(a\)\(1\)\]$/m);
    expect(stdout).toMatch(/\nvalid: A path of 3 certificates is valid.\n$/);
  });

  it.each([
    ['a moment too late', ['--at', '2027-06-01T00:00:00Z'], 1, 'certificate-expired'],
    ['lists that all want', ['--crl', 'crl.pem', '--revocation', 'hard'], 0, 'valid'],
    ['no list where one is wanted', ['--revocation', 'hard'], 1, 'revocation-unknown'],
    ['a list that revokes', ['--crl', 'revoked.pem'], 1, 'revoked'],
    ['a list that is not asked', ['--crl', 'revoked.pem', '--revocation', 'off'], 0, 'valid'],
    ['the expected identity', ['--profile', 'spiffe', '--id', spiffeId], 0, 'valid'],
    [
      'another identity',
      ['--profile', 'spiffe', '--id', 'spiffe://cluster.local/ns/shop/sa/cart'],
      1,
      'id-mismatch',
    ],
    [
      'another trust domain',
      ['--profile', 'spiffe', '--id', 'spiffe://other.test/ns/shop/sa/cart'],
      1,
      'no-bundle',
    ],
    ['another URI', ['--id', 'spiffe://cluster.local/x'], 1, 'name-mismatch'],
    ['a DNS name', ['--name', 'dns:order.test'], 0, 'valid'],
    ['no intermediates allowed', ['--max-depth', '0'], 1, 'path-too-long'],
    ['a policy that is required', ['--explicit-policy'], 1, 'policy-required'],
  ])('judges %s', async (_what, words, expected, verdict) => {
    const { code, stdout } = await verify([...words, '--json']);
    const result = JSON.parse(stdout) as {
      ok: boolean;
      code: string;
      message: string;
      checks: { ok: boolean }[];
    };
    expect({ code, verdict: result.code, ok: result.ok }).toEqual({
      code: expected,
      verdict,
      ok: expected === 0,
    });
    expect(result.message).toMatch(/\.$/);
    expect(result.checks.at(-1)?.ok).toBe(expected === 0);
  });

  it.each([
    ['a file that is not there', ['--roots', 'none.pem'], 'none.pem: no such file'],
    ['a broken certificate', ['--roots', 'broken.pem'], 'broken.pem: certificate: tbsCertificate is missing'],
    ['a moment that is none', ['--at', 'noon'], 'Write an instant'],
  ])('cannot use %s', async (_what, words, message) => {
    const { code, stdout, stderr } = await verify(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });

  it('says what is missing', async () => {
    const { code, stderr } = await svidlab(['verify']);
    expect(code).toBe(2);
    expect(stderr).toContain('verify needs --chain and --roots, or --batch');
  });
});

describe('svidlab verify --batch', () => {
  const good = () => ({
    id: 'good',
    leaf: end.pem(),
    intermediates: [middle.pem()],
    roots: [top.pem()],
    crls: [],
    at,
    purpose: 'server',
  });

  it('gives one result a line, whatever the line', async () => {
    const garbage = '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n';
    const lines: readonly (readonly [string, string])[] = [
      [JSON.stringify(good()), 'valid'],
      [JSON.stringify({ ...good(), name: { dns: 'order.test' }, policy: null, maxDepth: 1 }), 'valid'],
      [JSON.stringify({ ...good(), name: { dns: 'other.test' } }), 'name-mismatch'],
      [JSON.stringify({ ...good(), maxDepth: 0 }), 'path-too-long'],
      [JSON.stringify({ ...good(), policy: { explicit: true, initial: ['1.2.3'] } }), 'policy-required'],
      [JSON.stringify({ ...good(), crls: revoking }), 'revoked'],
      [JSON.stringify({ ...good(), crls, revocation: 'hard' }), 'valid'],
      [JSON.stringify({ ...good(), revocation: 'hard' }), 'revocation-unknown'],
      [JSON.stringify({ ...good(), crls: revoking, revocation: 'off' }), 'valid'],
      [JSON.stringify({ ...good(), crls: ['no list'] }), 'unreadable-crl'],
      [JSON.stringify({ ...good(), leaf: garbage }), 'unreadable-certificate'],
      [JSON.stringify({ ...good(), leaf: 'no PEM' }), 'unreadable-certificate'],
      [JSON.stringify({ ...good(), intermediates: [garbage] }), 'unreadable-certificate'],
      [JSON.stringify({ ...good(), intermediates: [middle.pem(), garbage] }), 'valid'],
      [JSON.stringify({ ...good(), roots: [] }), 'unknown-issuer'],
      [JSON.stringify({ ...good(), purpose: 'mail' }), 'bad-case'],
      [JSON.stringify({ ...good(), at: 'noon' }), 'bad-case'],
      ['[]', 'bad-case'],
      ['null', 'bad-case'],
      ['{"id": "cut", "leaf": ', 'bad-case'],
    ];
    const input = lines.map(([line]) => line).join('\n\n');
    const { code, stdout, stderr } = await svidlab(['verify', '--batch', '-'], { input });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const results = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(results.map((result) => result['code'])).toEqual(lines.map(([, verdict]) => verdict));
    for (const result of results) {
      expect(Object.keys(result)).toEqual(['id', 'ok', 'code', 'message']);
      expect(result['ok']).toBe(result['code'] === 'valid');
    }
    expect(results.map(({ id }) => id).slice(-4)).toEqual(['good', null, null, 'cut']);
  });

  it('writes each result before it reads the next line', async () => {
    const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    const child = spawn(process.execPath, ['--import', loader, main, 'verify', '--batch', '-']);
    const results = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (const id of [1, 2, 3]) {
      child.stdin.write(`${JSON.stringify({ ...good(), id })}\n`);
      const result = await results.next();
      expect(JSON.parse(String(result.value))).toMatchObject({ id, ok: true });
    }
    child.stdin.end();
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(0);
  });

  it('cannot use a file that is not there', async () => {
    const { code, stderr } = await svidlab(['verify', '--batch', 'none.jsonl'], { cwd: scratch() });
    expect(code).toBe(2);
    expect(stderr).toContain('none.jsonl: no such file');
  });
});
