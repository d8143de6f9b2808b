import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  createServiceAccountIssuer,
  decodeJwt,
  signServiceAccountToken,
  trustIssuer,
  verifyServiceAccountToken,
  type ServiceAccountIssuer,
} from '../../../src/core/jwt/index.ts';
import { boundTokenClaims } from '../../../src/core/kubernetes/index.ts';
import { providers } from '../../support/peculiar.ts';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const nowMs = Date.UTC(2026, 2, 2, 9);

const claims = boundTokenClaims({
  issuer: ISSUER,
  audiences: ['istio-ca'],
  namespace: 'shop',
  serviceAccount: { name: 'order', uid: 'aaaaaaaa-0000-4000-8000-000000000001' },
  pod: { name: 'order-7d9c5f68b4-x2k7q', uid: 'bbbbbbbb-0000-4000-8000-000000000002' },
  node: { name: 'node-1', uid: 'cccccccc-0000-4000-8000-000000000003' },
  nowMs: nowMs + 999,
  ttlSeconds: 43_200,
  jti: 'dddddddd-0000-4000-8000-000000000004',
});

describe('claims of a bound token', () => {
  it('stand in alphabetical order, with whole seconds and the audience as a list', async () => {
    const issuer = await createServiceAccountIssuer(nativeCrypto, { issuer: ISSUER, keyType: 'ecdsa-p256' });
    const { payloadText } = decodeJwt(await signServiceAccountToken(nativeCrypto, issuer, claims));
    expect(payloadText).toBe(
      '{"aud":["istio-ca"],"exp":1772485200,"iat":1772442000,"iss":"https://kubernetes.default.svc.cluster.local",' +
        '"jti":"dddddddd-0000-4000-8000-000000000004","kubernetes.io":{"namespace":"shop",' +
        '"node":{"name":"node-1","uid":"cccccccc-0000-4000-8000-000000000003"},' +
        '"pod":{"name":"order-7d9c5f68b4-x2k7q","uid":"bbbbbbbb-0000-4000-8000-000000000002"},' +
        '"serviceaccount":{"name":"order","uid":"aaaaaaaa-0000-4000-8000-000000000001"}},' +
        '"nbf":1772442000,"sub":"system:serviceaccount:shop:order"}',
    );
  });

  it('leave out what the token is not bound to', () => {
    const unbound = boundTokenClaims({
      issuer: ISSUER,
      audiences: ['a', 'b'],
      namespace: 'shop',
      serviceAccount: { name: 'order', uid: 'u' },
      nowMs,
      ttlSeconds: 600,
      jti: 'j',
    });
    expect(unbound['kubernetes.io']).toEqual({
      namespace: 'shop',
      serviceaccount: { name: 'order', uid: 'u' },
    });
  });
});

describe.each(providers)('tokens signed with $name WebCrypto', (provider) => {
  describe.each([
    ['rsa-2048', 'RS256'],
    ['ecdsa-p256', 'ES256'],
    ['ecdsa-p384', 'ES384'],
  ] as const)('and a key of %s', (keyType, alg) => {
    let issuer: ServiceAccountIssuer;
    let token: string;

    beforeAll(async () => {
      issuer = await createServiceAccountIssuer(provider, { issuer: ISSUER, keyType });
      token = await signServiceAccountToken(provider, issuer, claims);
    });

    it('carry the algorithm and the key id and nothing else', () => {
      expect(decodeJwt(token).headerText).toBe(`{"alg":"${alg}","kid":"${issuer.kid}"}`);
      expect(decodeProtectedHeader(token)).toEqual({ alg, kid: issuer.kid });
    });

    it('name the key by the SHA-256 of its SubjectPublicKeyInfo', async () => {
      const hash = await crypto.subtle.digest('SHA-256', issuer.keyPair.spki);
      expect(issuer.kid).toBe(Buffer.from(hash).toString('base64url'));
      expect(issuer.kid).toHaveLength(43);
    });

    it('are accepted by jose with the published keys', async () => {
      const { payload } = await jwtVerify(
        token,
        createLocalJWKSet(issuer.jwks() as unknown as JSONWebKeySet),
        {
          issuer: ISSUER,
          audience: 'istio-ca',
          currentDate: new Date(nowMs + 1000),
        },
      );
      expect(payload).toEqual(claims);
    });

    it('are accepted by a verifier that has only the JWKS, and by the issuer itself', async () => {
      const question = { token, audiences: ['istio-ca'], now: new Date(nowMs + 1000) };
      const published = await trustIssuer(provider, ISSUER, issuer.jwks());
      for (const each of [issuer, published]) {
        const verdict = await verifyServiceAccountToken(provider, { ...question, issuers: [each] });
        expect(verdict).toMatchObject({ claims, audiences: ['istio-ca'], error: null });
        expect(verdict.checks.every((check) => check.ok)).toBe(true);
      }
    });

    it('fail with any other signature', async () => {
      const [header = '', payload = '', signature = ''] = token.split('.');
      const flipped = `${signature.slice(0, 10)}${signature[10] === 'A' ? 'B' : 'A'}${signature.slice(11)}`;
      for (const changed of [
        `${header}.${payload}.${flipped}`,
        `${header}.${payload}.`,
        `${header}.${payload}.AAAA`,
      ]) {
        const verdict = await verifyServiceAccountToken(provider, {
          token: changed,
          audiences: ['istio-ca'],
          issuers: [issuer],
          now: new Date(nowMs),
        });
        expect(verdict.error).toBe('go-jose/go-jose: error in cryptographic primitive');
      }
    });
  });

  it('publish RSA keys in the order in which Kubernetes writes them', async () => {
    const issuer = await createServiceAccountIssuer(provider, { issuer: ISSUER });
    const [key] = issuer.jwks().keys;
    expect(Object.keys(key ?? {})).toEqual(['use', 'kty', 'kid', 'alg', 'n', 'e']);
    expect(key).toMatchObject({ use: 'sig', kty: 'RSA', alg: 'RS256', e: 'AQAB', kid: issuer.kid });
  });
});

it('both providers make the same RS256 token from the same key', async () => {
  const issuer = await createServiceAccountIssuer(nativeCrypto, { issuer: ISSUER });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', issuer.keyPair.privateKey);
  const tokens = await Promise.all(
    providers.map(async (provider) => {
      const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
      const privateKey = await provider.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
      return signServiceAccountToken(
        provider,
        { ...issuer, keyPair: { ...issuer.keyPair, privateKey } },
        claims,
      );
    }),
  );
  expect(new Set(tokens).size).toBe(1);
});
