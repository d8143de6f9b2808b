import { afterEach, describe, expect, test } from 'vitest';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import { createRootCa, generateKeyPair, issueWorkloadCertificate } from '../../../src/core/pki/index.ts';
import { refuseChain } from '../../../src/mesh/trust/cacerts-rules.ts';
import type { Mesh } from '../../../src/mesh/index.ts';
import { entriesOf, request } from '../support/shop.ts';
import { begin, dataOf, held, hourMs, last, pass, perform, seoul, subjects, twoRoots } from './support.ts';

let mesh: Mesh | null = null;
afterEach(() => mesh?.stop());

async function start(cluster: Partial<typeof seoul> = {}): Promise<Mesh> {
  return (mesh = await begin(twoRoots, [{ ...seoul, ...cluster }]));
}

const rules = (of: Mesh): string[] => dataOf(of, 'cacerts.refused').map(({ rule }) => rule);

/** The CA that signed what istiod shows now. */
function servingIssuer(of: Mesh): string | undefined {
  const shown = [...of.artefacts.all()].findLast(
    ({ owner, kind }) => owner === 'istiod:serving' && kind === 'certificate',
  );
  const by = entriesOf(of, 'authority.certified').find(({ data }) => data.artefact === shown?.refs['issuer']);
  return by?.data.authority;
}

describe('a secret cacerts', () => {
  test('with a new intermediate is taken, and what istiod shows is signed anew', async () => {
    const mesh = await start();
    expect(servingIssuer(mesh)).toBe('seoul-a');
    await perform(mesh, { type: 'cacerts', issuer: 'seoul-a2' });
    expect(last(mesh, 'cacerts.loaded')).toMatchObject({
      authority: 'seoul-a2',
      change: 'intermediate',
      log: 'Istiod has detected the newly added intermediate CA and updated its key and certs accordingly',
    });
    expect(servingIssuer(mesh)).toBe('seoul-a2');
    expect(dataOf(mesh, 'trust.distributed')).toEqual([]);
  });

  test('with another root is refused where one root is all there may be', async () => {
    const mesh = await start();
    await perform(mesh, { type: 'cacerts', issuer: 'seoul-b' });
    expect(last(mesh, 'cacerts.refused')).toEqual({
      cluster: 'seoul',
      rule: 'cacerts.multi-root',
      log: 'Multi root is disabled, updating new ROOT-CA not supported',
    });
    await perform(mesh, { type: 'cacerts', issuer: 'seoul-a', roots: ['root-a', 'root-b'] });
    expect(rules(mesh)).toEqual(['cacerts.multi-root', 'cacerts.multi-root']);
    expect(servingIssuer(mesh)).toBe('seoul-a');
  });

  test('may let its bundle grow and shrink where several roots are allowed', async () => {
    const mesh = await start({ multiRoot: true });
    await perform(mesh, { type: 'cacerts', roots: ['root-a', 'root-b'] });
    expect(last(mesh, 'cacerts.loaded')).toMatchObject({ authority: 'seoul-a', change: 'roots' });
    expect(last(mesh, 'cacerts.loaded').roots).toHaveLength(2);
    expect(last(mesh, 'trust.distributed').channel).toBe('istio-ca-root-cert');
    await perform(mesh, { type: 'cacerts', issuer: 'seoul-b', roots: ['root-a', 'root-b'] });
    expect(last(mesh, 'cacerts.loaded')).toMatchObject({ authority: 'seoul-b', change: 'intermediate' });
    await perform(mesh, { type: 'cacerts', roots: ['root-b'] });
    expect(last(mesh, 'cacerts.loaded')).toMatchObject({ authority: 'seoul-b', change: 'roots' });
    expect(rules(mesh)).toEqual([]);
  });

  test('with nothing of the old bundle is refused even there', async () => {
    const mesh = await start({ multiRoot: true });
    await perform(mesh, { type: 'cacerts', issuer: 'seoul-b' });
    expect(last(mesh, 'cacerts.refused')).toMatchObject({
      rule: 'cacerts.root-overlap',
      log: 'Updating new ROOT-CA not supported',
    });
  });

  test('whose chain does not lead to its roots is refused', async () => {
    const mesh = await start();
    await perform(mesh, { type: 'cacerts', issuer: 'seoul-b', roots: ['root-a'] });
    expect(last(mesh, 'cacerts.refused').rule).toBe('cacerts.verify');
    expect(last(mesh, 'cacerts.refused').log).toMatch(/^cannot verify the cert with the provided root chain/);
  });

  test('below a CA that allows none below it is taken, and then no agent takes what istiod shows', async () => {
    const mesh = await start();
    await perform(
      mesh,
      { type: 'create-authority', setting: { id: 'deep', parent: 'seoul-a' } },
      { type: 'cacerts', issuer: 'deep' },
    );
    // istiod verifies the signing certificate alone, and there is no CA between it and the one that allows none.
    expect(last(mesh, 'cacerts.loaded')).toMatchObject({ authority: 'deep' });
    await perform(mesh, { type: 'restart', workload: 'shop/frontend' });
    await pass(mesh, 120_000);
    const texts = dataOf(mesh, 'tls.verified').flatMap(({ ok, text }) => (ok ? [] : [text]));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain('path length constraint exceeded');
    expect(last(mesh, 'renewal.failed').status.name).toBe('Unavailable');
    // The pod of before stays while the new one is not ready.
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
  });

  test('is judged by the clock of istiod', async () => {
    const mesh = await start();
    const ahead = 3650 * 24 * hourMs + hourMs;
    await perform(
      mesh,
      { type: 'skew-clock', of: 'istiod', name: 'seoul', offsetMs: ahead },
      { type: 'cacerts', issuer: 'seoul-a2' },
    );
    expect(last(mesh, 'cacerts.refused').log).toContain('certificate-expired');
  });

  test('is read without a comparison when istiod starts', async () => {
    const mesh = await start();
    await perform(mesh, { type: 'cacerts', issuer: 'seoul-b' });
    expect(rules(mesh)).toEqual(['cacerts.multi-root']);
    await perform(mesh, { type: 'stop-istiod' }, { type: 'start-istiod' });
    expect(last(mesh, 'cacerts.loaded')).toMatchObject({
      authority: 'seoul-b',
      change: 'both',
      log: 'Use local CA certificate',
    });
    expect(servingIssuer(mesh)).toBe('seoul-b');
  });

  test('that cannot be used ends an istiod that starts, until it is mended', async () => {
    const mesh = await start();
    await perform(
      mesh,
      { type: 'cacerts', issuer: 'seoul-b', roots: ['root-a'] },
      { type: 'stop-istiod' },
      { type: 'start-istiod' },
    );
    expect(rules(mesh)).toEqual(['cacerts.verify', 'cacerts.verify']);
    expect(last(mesh, 'istiod.stopped').reason).toMatch(/^cannot verify the cert/);
    await perform(mesh, { type: 'restart', workload: 'shop/payment' });
    await pass(mesh, 10_000);
    expect(subjects(held(mesh, 'shop/payment').chain).slice(1)).toEqual(['CN=Seoul A', 'CN=A Root CA']);
    await perform(mesh, { type: 'cacerts', issuer: 'seoul-a2' }, { type: 'start-istiod' });
    await pass(mesh, 120_000);
    expect(subjects(held(mesh, 'shop/payment').chain).slice(1)).toEqual(['CN=Seoul A2', 'CN=A Root CA']);
    expect(await request(mesh, 'shop/frontend', 'shop/payment')).toMatchObject({ outcome: 'allowed' });
  });

  test('is not seen by an istiod with a root of its own before it starts again', async () => {
    const mesh = await start({ issuer: undefined } as never);
    await perform(mesh, { type: 'cacerts', issuer: 'seoul-a' });
    expect(dataOf(mesh, 'cacerts.loaded').map(({ change }) => change)).toEqual(['initial']);
    await perform(mesh, { type: 'stop-istiod' }, { type: 'start-istiod' });
    expect(last(mesh, 'cacerts.loaded')).toMatchObject({ authority: 'seoul-a', change: 'both' });
    // From here on it is plugged in as any other.
    await perform(mesh, { type: 'cacerts', issuer: 'seoul-b' });
    expect(rules(mesh)).toEqual(['cacerts.multi-root']);
  });
});

test('a certificate that is no CA’s is refused', async () => {
  const now = new Date('2026-03-02T09:00:00Z');
  const subject = [['CN', 'Root']] as const;
  const options = { keyType: 'ecdsa-p256', now, ttlMs: 24 * hourMs, pathLen: null } as const;
  const root = await createRootCa(nativeCrypto, { ...options, subject, serial: Uint8Array.of(1) });
  const keyPair = await generateKeyPair(nativeCrypto, 'ecdsa-p256');
  const spiffeId = 'spiffe://cluster.local/ns/shop/sa/frontend';
  const order = { spiffeId, now, ttlMs: hourMs, serial: Uint8Array.of(2), spki: keyPair.spki };
  const leaf = await issueWorkloadCertificate(nativeCrypto, root, order);
  const entry = { artefact: 'certificate:1', keyPair, keyArtefact: 'private-key:1', issuer: null };
  const roots = [{ ...entry, certificate: root.certificate }];
  const secret = { authority: 'x', chain: [], roots, crls: [] };
  expect(
    await refuseChain(nativeCrypto, { ...secret, signer: { ...entry, certificate: leaf } }, now),
  ).toEqual({
    rule: 'cacerts.ca',
    log: 'certificate is not authorized to sign other certificates',
  });
  expect(await refuseChain(nativeCrypto, { ...secret, signer: roots[0]! }, now)).toBeNull();
});
