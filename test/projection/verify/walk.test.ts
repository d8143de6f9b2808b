import { beforeAll, describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import { type Certificate, clauseOf } from '../../../src/core/pki/index.ts';
import { gatherEvidence, type VerifyCase } from '../../../src/projection/verify/evidence.ts';
import { walkOf } from '../../../src/projection/verify/walk.ts';
import type { Walk } from '../../../src/projection/verify/walk-model.ts';
import { type Authority, intermediate, leaf, NOW, root } from '../../core/pki/forge.ts';

const id = 'spiffe://cluster.local/ns/shop/sa/order';
let top: Authority;
let namesake: Authority;
let middle: Authority;
let end: Certificate;

beforeAll(async () => {
  top = await root(nativeCrypto);
  namesake = await root(nativeCrypto);
  middle = await intermediate(nativeCrypto, top);
  end = await leaf(nativeCrypto, middle);
});

async function walk(change: Partial<VerifyCase> = {}): Promise<Walk> {
  const input: VerifyCase = {
    chain: [end, middle.certificate],
    roots: [top.certificate],
    crls: [],
    staple: null,
    at: NOW,
    purpose: 'serverAuth',
    profile: 'rfc5280',
    revocation: 'off',
    ...change,
  };
  return walkOf(await gatherEvidence(nativeCrypto, input));
}

describe('a valid path', () => {
  it('goes from leaf to anchor, its checks from anchor to leaf, each numbered once', async () => {
    const { ok, paths, refusal, search, before } = await walk();
    expect({ ok, refusal, search, before }).toEqual({ ok: true, refusal: null, search: [], before: [] });
    const [path] = paths;
    expect(path?.certificates.map(({ role, state }) => `${role} ${state}`)).toEqual([
      'leaf passed',
      'intermediate passed',
      'anchor passed',
    ]);
    const inCards = path!.certificates.toReversed().flatMap(({ checks }) => checks);
    const numbers = [...path!.checks, ...inCards].map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(inCards.every((check) => check.ok && check.clause === clauseOf(check.id))).toBe(true);
  });

  it('keeps every check that core/pki made', async () => {
    const input = { chain: [end, middle.certificate], roots: [top.certificate] };
    const evidence = await gatherEvidence(nativeCrypto, {
      ...input,
      crls: [],
      staple: null,
      at: NOW,
      purpose: 'any',
      profile: 'spiffe',
      revocation: 'soft',
      name: { type: 'uri', value: id },
    });
    const { before, search, paths, after } = walkOf(evidence);
    const shown = [
      ...before,
      ...search,
      ...paths.flatMap((path) => [...path.checks, ...path.certificates.flatMap(({ checks }) => checks)]),
      ...after,
    ];
    expect(shown.map(({ id: check }) => check).sort()).toEqual(
      evidence.result.checks.map(({ id: check }) => check).sort(),
    );
    expect(after.map(({ id: check }) => check)).toEqual(['svid.expected']);
  });

  it('does not repeat in its values whose they are', async () => {
    const [path] = (await walk()).paths;
    expect(path?.certificates[1]?.checks.map(({ detail }) => detail)).toContain('CA:TRUE');
  });
});

describe('a path that fails', () => {
  it('marks the check and the certificate, and those below as not looked at', async () => {
    const ended = await intermediate(nativeCrypto, top, {
      notAfter: '2026-03-02T10:00:00Z',
      key: middle.key,
    });
    const { paths, refusal } = await walk({ chain: [end, ended.certificate] });
    expect(paths[0]?.certificates.map(({ state }) => state)).toEqual(['unreached', 'failed', 'passed']);
    expect(paths[0]?.failed).toMatchObject({ id: 'path.validity', ok: false });
    expect(paths[0]?.decides).toBe(true);
    expect(refusal).toMatchObject({
      kind: 'certificate-expired',
      values: { notAfter: '2026-03-02T10:00:00Z', at: '2026-03-02T12:00:00Z' },
      tls: { code: 10, alert: { name: 'certificate_expired' } },
    });
  });

  it('stays beside the one that holds', async () => {
    const closed = await intermediate(nativeCrypto, top, {
      key: middle.key,
      notAfter: '2027-06-02T09:00:00Z',
      pathLen: 0,
    });
    const lower = await intermediate(nativeCrypto, middle, { subject: 'Lower' });
    const below = await leaf(nativeCrypto, lower);
    const { ok, paths, anchors } = await walk({
      chain: [below, lower.certificate, closed.certificate, middle.certificate],
    });
    expect(ok).toBe(true);
    expect(paths.map((path) => [path.ok, path.decides, path.failed?.id])).toEqual([
      [false, false, 'path.pathLength'],
      [true, true, undefined],
    ]);
    expect(anchors).toMatchObject([{ relation: 'used', paths: [1, 2] }]);
  });

  it('where none leads to an anchor, names the issuer that is not there', async () => {
    const { paths, anchors, ok } = await walk({ chain: [end], roots: [top.certificate] });
    expect(ok).toBe(false);
    const [path] = paths;
    expect(path?.certificates.map(({ state }) => state)).toEqual(['failed']);
    expect(path?.missing).toMatchObject({ name: 'CN=Intermediate', keyId: end.aki, hasNamesake: false });
    expect(anchors).toMatchObject([{ relation: 'unrelated', paths: [] }]);
  });

  it('where the trusted bear the right name, shows that their keys did not sign', async () => {
    const further = await root(nativeCrypto);
    const roots = [namesake.certificate, further.certificate];
    const { paths, anchors, refusal } = await walk({ roots });
    expect(refusal).toMatchObject({ kind: 'unknown-issuer', variant: 'other-key' });
    expect(paths[0]?.missing?.hasNamesake).toBe(true);
    const failed = paths[0]?.certificates[1]?.checks.filter(({ ok }) => !ok).map(({ id: check }) => check);
    expect(failed).toEqual(['path.signature', 'path.signature']);
    expect(anchors.map(({ relation }) => relation)).toEqual(['namesake', 'namesake']);
  });
});

describe('an SVID', () => {
  it('that is none is refused before any path', async () => {
    const { before, paths, refusal } = await walk({ profile: 'spiffe', chain: [middle.certificate] });
    expect(paths).toEqual([]);
    expect(before.at(-1)).toMatchObject({ id: 'svid.uri', ok: false, clause: 'X509-SVID 2' });
    expect(refusal?.kind).toBe('no-uri-san');
  });

  it('of somebody else is refused after a valid path', async () => {
    const expected = 'spiffe://cluster.local/ns/shop/sa/payment';
    const { paths, after, refusal } = await walk({
      profile: 'spiffe',
      name: { type: 'uri', value: expected },
    });
    expect(paths.map(({ ok }) => ok)).toEqual([true]);
    expect(after).toMatchObject([{ id: 'svid.expected', ok: false }]);
    expect(refusal).toMatchObject({ kind: 'id-mismatch', values: { expected, found: id } });
  });
});
