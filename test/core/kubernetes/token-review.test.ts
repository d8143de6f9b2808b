import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  createServiceAccountIssuer,
  signServiceAccountToken,
  verifyServiceAccountToken,
  type ServiceAccountIssuer,
} from '../../../src/core/jwt/index.ts';
import {
  boundTokenClaims,
  tokenReview,
  tokenReviewError,
  type BoundToken,
  type ObjectLookup,
} from '../../../src/core/kubernetes/index.ts';
import { providers } from '../../support/peculiar.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const nowMs = Date.UTC(2026, 2, 2, 9);
const at = (seconds: number) => new Date(nowMs + seconds * 1000);

const bound: BoundToken = {
  issuer: ISSUER,
  audiences: ['istio-ca'],
  namespace: 'shop',
  serviceAccount: { name: 'order', uid: 'sa-1' },
  pod: { name: 'order-7d9c5f68b4-x2k7q', uid: 'pod-1' },
  node: { name: 'node-1', uid: 'node-uid-1' },
  nowMs,
  ttlSeconds: 43_200,
  jti: 'jti-1',
};

const everything: ObjectLookup = {
  serviceAccount: () => ({ uid: 'sa-1' }),
  pod: () => ({ uid: 'pod-1' }),
  node: () => ({ uid: 'node-uid-1' }),
};

let issuer: ServiceAccountIssuer;
beforeAll(async () => {
  issuer = await createServiceAccountIssuer(nativeCrypto, { issuer: ISSUER, keyType: 'ecdsa-p256' });
});

interface Case {
  readonly token?: string;
  readonly claims?: Partial<BoundToken>;
  readonly audiences?: readonly string[];
  readonly now?: Date;
  readonly lookup?: Partial<ObjectLookup>;
}

async function review({ token, claims = {}, audiences = ['istio-ca'], now = at(1), lookup = {} }: Case) {
  const signed =
    token ?? (await signServiceAccountToken(nativeCrypto, issuer, boundTokenClaims({ ...bound, ...claims })));
  return tokenReview(nativeCrypto, {
    token: signed,
    audiences,
    issuers: [issuer],
    now,
    lookup: { ...everything, ...lookup },
  });
}

describe('a good token', () => {
  it('names account, groups, pod and node', async () => {
    expect(await review({})).toMatchObject({
      authenticated: true,
      audiences: ['istio-ca'],
      user: {
        username: 'system:serviceaccount:shop:order',
        uid: 'sa-1',
        groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
        extra: {
          'authentication.kubernetes.io/credential-id': ['JTI=jti-1'],
          'authentication.kubernetes.io/node-name': ['node-1'],
          'authentication.kubernetes.io/node-uid': ['node-uid-1'],
          'authentication.kubernetes.io/pod-name': ['order-7d9c5f68b4-x2k7q'],
          'authentication.kubernetes.io/pod-uid': ['pod-1'],
        },
      },
    });
  });

  it('passes every check, in this order', async () => {
    const { checks } = await review({});
    expect(checks.map((check) => check.id)).toEqual([
      'token.format',
      'token.issuer',
      'token.signature',
      'token.claims',
      'token.audience',
      'token.notBefore',
      'token.expiry',
      'token.issuedAt',
      'token.serviceAccount',
      'token.serviceAccount.uid',
      'token.pod',
      'token.pod.uid',
    ]);
    expect(checks.every((check) => check.ok)).toBe(true);
  });

  it('may name more audiences than were asked for; the answer has those in common', async () => {
    const audiences = ['vault', 'istio-ca', 'api'];
    expect(
      (await review({ claims: { audiences }, audiences: ['api', 'istio-ca', 'other'] })).audiences,
    ).toEqual(['api', 'istio-ca']);
  });

  it('for the API server itself is reviewed without audiences', async () => {
    expect((await review({ claims: { audiences: [ISSUER] }, audiences: [] })).audiences).toEqual([ISSUER]);
    expect((await review({ audiences: [] })).error).toBe(
      `token audiences ["istio-ca"] is invalid for the target audiences ["${ISSUER}"]`,
    );
  });

  it('bound to a pod stays good when its node is gone: that claim only informs', async () => {
    expect((await review({ lookup: { node: () => null } })).authenticated).toBe(true);
  });

  it('stays good for 60 s after its pod began to be deleted', async () => {
    const deleted = { lookup: { pod: () => ({ uid: 'pod-1', deletedAt: at(0) }) } };
    expect((await review({ ...deleted, now: at(60) })).authenticated).toBe(true);
    expect((await review({ ...deleted, now: at(61) })).authenticated).toBe(false);
  });
});

describe('a bad token', () => {
  it.each<[string, Case, string, string]>([
    ['no JWT at all', { token: 'opensesame' }, 'token.format', 'invalid bearer token'],
    [
      'an issuer nobody knows',
      { claims: { issuer: 'https://elsewhere' } },
      'token.issuer',
      'invalid bearer token',
    ],
    [
      'the wrong audience',
      { claims: { audiences: ['vault'] } },
      'token.audience',
      'token audiences ["vault"] is invalid for the target audiences ["istio-ca"]',
    ],
    ['expired', { now: at(43_200 + 61) }, 'token.expiry', 'service account token has expired'],
    ['not yet valid', { now: at(-61) }, 'token.notBefore', 'service account token is not valid yet'],
    [
      'the account is gone',
      { lookup: { serviceAccount: () => null } },
      'token.serviceAccount',
      'serviceaccounts "order" not found',
    ],
    [
      'the account is being deleted',
      { now: at(100), lookup: { serviceAccount: () => ({ uid: 'sa-1', deletedAt: at(0) }) } },
      'token.serviceAccount.deletion',
      'service account shop/order has been deleted',
    ],
    [
      'the account was made anew',
      { lookup: { serviceAccount: () => ({ uid: 'sa-2' }) } },
      'token.serviceAccount.uid',
      'service account UID (sa-2) does not match claim (sa-1)',
    ],
    [
      'the pod is gone',
      { lookup: { pod: () => null } },
      'token.pod',
      'service account token has been invalidated',
    ],
    [
      'the pod is being deleted',
      { now: at(100), lookup: { pod: () => ({ uid: 'pod-1', deletedAt: at(0) }) } },
      'token.pod.deletion',
      'service account token has been invalidated',
    ],
    [
      'another pod of the same name',
      { lookup: { pod: () => ({ uid: 'pod-2' }) } },
      'token.pod.uid',
      'pod UID (pod-2) does not match service account pod ref claim (pod-1)',
    ],
  ])('%s', async (_case, question, check, error) => {
    const status = await review(question);
    expect(status).toMatchObject({ authenticated: false, audiences: [], error });
    expect(status.user).toBeUndefined();
    expect(status.checks.at(-1)).toMatchObject({ id: check, ok: false });
    expect(status.checks.slice(0, -1).every((each) => each.ok)).toBe(true);
  });

  it('is still good within 60 s of its times', async () => {
    expect((await review({ now: at(43_200 + 60) })).authenticated).toBe(true);
    expect((await review({ now: at(-60) })).authenticated).toBe(true);
  });

  it('with several faults fails by the first of them', async () => {
    const status = await review({
      claims: { audiences: ['vault'] },
      now: at(99_999),
      lookup: { pod: () => null },
    });
    expect(status.error).toContain('token audiences');
  });

  it('issued in the future is told apart from one not yet valid', async () => {
    const { iat: _iat, ...claims } = boundTokenClaims(bound);
    const token = await new SignJWT({ ...claims, aud: ['istio-ca'], iat: claims.nbf + 300 })
      .setProtectedHeader({ alg: 'ES256', kid: issuer.kid })
      .sign(issuer.keyPair.privateKey);
    expect((await review({ token })).error).toBe('service account token is issued in the future');
  });

  it('signed by a key that was removed', async () => {
    const old = await createServiceAccountIssuer(nativeCrypto, { issuer: ISSUER, keyType: 'ecdsa-p256' });
    const token = await signServiceAccountToken(nativeCrypto, old, boundTokenClaims(bound));
    expect((await review({ token })).error).toBe('invalid signature, no keys found');
  });

  it('signed by another key under a known key id', async () => {
    const other = await createServiceAccountIssuer(nativeCrypto, { issuer: ISSUER, keyType: 'ecdsa-p256' });
    const token = await signServiceAccountToken(
      nativeCrypto,
      { ...other, kid: issuer.kid },
      boundTokenClaims(bound),
    );
    expect((await review({ token })).error).toBe('go-jose/go-jose: error in cryptographic primitive');
  });

  it('that claims to need no signature', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ alg: 'none', kid: issuer.kid })}.${part(boundTokenClaims(bound))}.`;
    expect((await review({ token: unsigned })).authenticated).toBe(false);
  });

  it.each([
    ['no kubernetes.io block', { iss: ISSUER, aud: ['istio-ca'], exp: 1, iat: 1, nbf: 1 }],
    ['times that are text', { ...boundTokenClaims(bound), exp: 'never' }],
    ['an audience that is no list', { ...boundTokenClaims(bound), aud: 'istio-ca' }],
    [
      'a pod without a name',
      {
        ...boundTokenClaims(bound),
        'kubernetes.io': { namespace: 'shop', serviceaccount: { name: 'order', uid: 'sa-1' }, pod: 'x' },
      },
    ],
  ])('%s is no bound token', async (_case, payload) => {
    const token = await new SignJWT(payload as never)
      .setProtectedHeader({ alg: 'ES256', kid: issuer.kid })
      .sign(issuer.keyPair.privateKey);
    expect((await review({ token })).error).toBe('invalid bearer token');
  });
});

describe('a token bound to a node alone', () => {
  const claims = { pod: undefined };
  const onNode = async (lookup: Partial<ObjectLookup>) => {
    const { pod: _pod, ...rest } = { ...bound, ...claims };
    const token = await signServiceAccountToken(nativeCrypto, issuer, boundTokenClaims(rest));
    return review({ token, lookup });
  };

  it('is good while the node is the same', async () => {
    const status = await onNode({ pod: () => null });
    expect(status.authenticated).toBe(true);
    expect(status.user?.extra).not.toHaveProperty('authentication.kubernetes.io/pod-name');
  });

  it('dies with the node', async () => {
    expect((await onNode({ node: () => null })).error).toBe('service account token has been invalidated');
    expect((await onNode({ node: () => ({ uid: 'new' }) })).error).toBe(
      'node UID (new) does not match service account node ref claim (node-uid-1)',
    );
  });
});

describe('several issuers', () => {
  it('are all accepted, so that keys and names can be rotated', async () => {
    const old = await createServiceAccountIssuer(nativeCrypto, {
      issuer: 'https://old',
      keyType: 'ecdsa-p256',
    });
    const token = await signServiceAccountToken(
      nativeCrypto,
      old,
      boundTokenClaims({ ...bound, issuer: 'https://old' }),
    );
    const question = { token, audiences: ['istio-ca'], now: at(1), lookup: everything };
    expect((await tokenReview(nativeCrypto, { ...question, issuers: [issuer, old] })).authenticated).toBe(
      true,
    );
    expect((await tokenReview(nativeCrypto, { ...question, issuers: [issuer] })).authenticated).toBe(false);
  });
});

describe('what a client sees', () => {
  it('is the list of all authenticators’ findings', () => {
    expect(tokenReviewError({ error: 'service account token has expired' })).toBe(
      '[invalid bearer token, service account token has expired]',
    );
    expect(tokenReviewError({ error: 'invalid bearer token' })).toBe('invalid bearer token');
    expect(tokenReviewError({})).toBeUndefined();
  });

  it('differs from what an outside verifier can find out: that one knows no deletion', async () => {
    const token = await signServiceAccountToken(nativeCrypto, issuer, boundTokenClaims(bound));
    const question = { token, audiences: ['istio-ca'], issuers: [issuer], now: at(1) };
    const gone: ObjectLookup = { serviceAccount: () => null, pod: () => null, node: () => null };
    expect((await tokenReview(nativeCrypto, { ...question, lookup: gone })).authenticated).toBe(false);
    expect((await verifyServiceAccountToken(nativeCrypto, question)).error).toBeNull();
  });
});

it.each(providers)('works the same on $name WebCrypto', async (provider) => {
  const own = await createServiceAccountIssuer(provider, { issuer: ISSUER });
  const token = await signServiceAccountToken(provider, own, boundTokenClaims(bound));
  const status = await tokenReview(provider, {
    token,
    audiences: ['istio-ca'],
    issuers: [own],
    now: at(1),
    lookup: everything,
  });
  expect(status.authenticated).toBe(true);
});
