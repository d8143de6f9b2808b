import { pemEncode, utf8Encode } from '../../../src/core/bytes/index.ts';
import { nativeCrypto } from '../../../src/core/crypto/index.ts';
import {
  encodeCertificateRequest,
  encodeCertificateResponse,
  encodeDiscoveryRequest,
  encodeDiscoveryResponse,
  encodeSecret,
  grpcFrame,
  inlineBytes,
  SECRET_TYPE_URL,
} from '../../../src/core/grpc/index.ts';
import { createServiceAccountIssuer, signServiceAccountToken } from '../../../src/core/jwt/index.ts';
import { boundTokenClaims } from '../../../src/core/kubernetes/token-claims.ts';
import {
  createCsr,
  createIntermediateCa,
  createSelfSignedRoot,
  exportPrivateKey,
  generateKeyPair,
  issueWorkloadCertificate,
  type KeyType,
  parseCsr,
  privateKeyPem,
} from '../../../src/core/pki/index.ts';
import type { Artefact, ArtefactId, ArtefactKind } from '../../../src/trace/index.ts';

export const epochMs = Date.parse('2026-03-02T09:00:00Z');
export const spiffeId = 'spiffe://cluster.local/ns/shop/sa/order';

/** The artefacts of one pod's issuance, made by the same code as in a run. */
export interface World {
  get(id: ArtefactId): Artefact;
  lookup(id: ArtefactId): Artefact | undefined;
  readonly all: readonly Artefact[];
}

const serial = (first: number): Uint8Array => Uint8Array.from({ length: 16 }, (_, at) => first + at);

/** @param requestedId the SAN of the CSR, which may be someone else's */
export async function makeWorld(keyType: KeyType = 'ecdsa-p256', requestedId = spiffeId): Promise<World> {
  const provider = nativeCrypto;
  const now = new Date(epochMs);
  const root = await createSelfSignedRoot(provider, {
    organization: 'cluster.local',
    keyType,
    now,
    serial: serial(1),
  });
  const ca = await createIntermediateCa(provider, root, {
    subject: [
      ['O', 'cluster.local'],
      ['CN', 'istiod'],
    ],
    keyType,
    now,
    ttlMs: 365 * 86_400_000,
    serial: serial(2),
    permittedUriHosts: ['cluster.local'],
  });
  const pair = await generateKeyPair(provider, keyType);
  const key = await exportPrivateKey(provider, pair);
  const csr = await createCsr(provider, pair, { spiffeId: requestedId });
  const certificate = await issueWorkloadCertificate(provider, ca, {
    spki: parseCsr(csr).spki,
    spiffeId,
    now,
    ttlMs: 86_400_000,
    serial: serial(0x63),
  });
  const issuer = await createServiceAccountIssuer(provider, {
    issuer: 'https://kubernetes.default.svc.cluster.local',
    keyType: 'ecdsa-p256',
  });
  const claims = boundTokenClaims({
    issuer: issuer.issuer,
    audiences: ['istio-ca'],
    namespace: 'shop',
    serviceAccount: { name: 'order', uid: 'sa-uid' },
    pod: { name: 'order-7d9c5f68b4-x2k7q', uid: 'pod-uid' },
    node: { name: 'node-1', uid: 'node-uid' },
    nowMs: epochMs,
    ttlSeconds: 43_200,
    jti: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff',
  });
  const token = await signServiceAccountToken(provider, issuer, claims);
  const [leafPem, caPem, rootPem] = [certificate.pem(), ca.certificate.pem(), root.certificate.pem()];
  const keyPem = privateKeyPem(key, 'traditional');
  const secret = encodeSecret({
    name: 'default',
    tlsCertificate: {
      certificateChain: inlineBytes(leafPem + caPem + rootPem),
      privateKey: inlineBytes(keyPem),
    },
  });
  const rootSecret = encodeSecret({
    name: 'ROOTCA',
    validationContext: {
      trustedCa: inlineBytes(rootPem),
      crl: { kind: 'filename', filename: '/var/run/secrets/istio/crl/ca-crl.pem' },
    },
  });
  const response = (value: Uint8Array): Uint8Array =>
    grpcFrame(
      encodeDiscoveryResponse({
        versionInfo: '2026-03-02T09:00:01Z/1',
        resources: [{ typeUrl: SECRET_TYPE_URL, value }],
        typeUrl: SECRET_TYPE_URL,
        nonce: 'a3f1',
      }).bytes,
    );
  const request = (rest: Parameters<typeof encodeDiscoveryRequest>[0]): Uint8Array =>
    grpcFrame(
      encodeDiscoveryRequest({ resourceNames: ['default'], typeUrl: SECRET_TYPE_URL, ...rest }).bytes,
    );
  const node = {
    id: 'sidecar~10.244.1.5~order-7d9c5f68b4-x2k7q.shop~shop.svc.cluster.local',
    cluster: 'order.shop',
    metadata: { NAMESPACE: 'shop', SERVICE_ACCOUNT: 'order' },
    userAgentName: 'envoy',
  };
  const json = (value: unknown): Uint8Array => utf8Encode(JSON.stringify(value));
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview' };
  const user = {
    username: 'system:serviceaccount:shop:order',
    uid: 'sa-uid',
    groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
    extra: {
      'authentication.kubernetes.io/pod-name': ['order-7d9c5f68b4-x2k7q'],
      'authentication.kubernetes.io/pod-uid': ['pod-uid'],
      'authentication.kubernetes.io/node-name': ['node-1'],
      'authentication.kubernetes.io/credential-id': ['JTI=6f9619ff-8b86-4d01-b42d-00cf4fc964ff'],
    },
  };
  const certificateRequest = encodeCertificateRequest({
    csrPem: pemEncode('CERTIFICATE REQUEST', csr),
    validitySeconds: 86_400,
    metadata: { CertSigner: 'istiod' },
  });
  const certificateResponse = encodeCertificateResponse({ certChain: [leafPem, caPem, rootPem] });
  const tokenRequest = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' };
  const boundObjectRef = { kind: 'Pod', apiVersion: 'v1', name: 'order-7d9c5f68b4-x2k7q', uid: 'pod-uid' };
  return store([
    ['private-key', key],
    ['csr', csr, { key: 'private-key:1' }],
    ['certificate', certificate.der, { csr: 'csr:1' }],
    ['certificate', ca.certificate.der],
    ['certificate', root.certificate.der],
    ['chain', utf8Encode(leafPem + caPem + rootPem)],
    ['token', utf8Encode(token), { jwks: 'jwks:1' }],
    ['jwks', json(issuer.jwks())],
    [
      'token-request',
      json({ ...tokenRequest, spec: { audiences: ['istio-ca'], expirationSeconds: 43200, boundObjectRef } }),
    ],
    [
      'token-request',
      json({ ...tokenRequest, status: { token, expirationTimestamp: '2026-03-02T21:00:00Z' } }),
      { token: 'token:1' },
    ],
    ['token-request', json({ kind: 'Status', status: 'Failure', message: 'pods "x" not found', code: 404 })],
    ['token-review', json({ ...review, spec: { token, audiences: ['istio-ca'] } }), { token: 'token:1' }],
    ['token-review', json({ ...review, status: { authenticated: true, user, audiences: ['istio-ca'] } })],
    [
      'token-review',
      json({
        ...review,
        status: { authenticated: false, error: '[invalid bearer token, service account token has expired]' },
      }),
    ],
    ['create-certificate-request', grpcFrame(certificateRequest.bytes), { csr: 'csr:1', token: 'token:1' }],
    ['create-certificate-response', grpcFrame(certificateResponse.bytes), { certificate: 'certificate:1' }],
    ['grpc-trailers', utf8Encode('grpc-status: 16\r\ngrpc-message: request%20authenticate%20failure\r\n')],
    ['discovery-request', request({ node })],
    ['discovery-request', request({ versionInfo: '2026-03-02T09:00:01Z/1', responseNonce: 'a3f1' })],
    [
      'discovery-request',
      request({
        responseNonce: 'a3f1',
        errorDetail: { code: 13, message: 'Failed to load certificate chain' },
      }),
    ],
    ['discovery-response', response(secret.bytes), { certificate: 'certificate:1', key: 'private-key:1' }],
    ['discovery-response', response(rootSecret.bytes)],
    ['http', utf8Encode('GET /orders HTTP/1.1\r\nhost: order.shop\r\n\r\n')],
    ['http', utf8Encode('HTTP/1.1 403 Forbidden\r\ncontent-length: 19\r\n\r\nRBAC: access denied')],
  ]);
}

type Made = readonly [kind: ArtefactKind, bytes: Uint8Array, refs?: Readonly<Record<string, ArtefactId>>];

function store(made: readonly Made[]): World {
  const counts = new Map<ArtefactKind, number>();
  const artefacts = new Map<ArtefactId, Artefact>();
  for (const [kind, bytes, refs = {}] of made) {
    const ordinal = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, ordinal);
    const id = `${kind}:${ordinal}`;
    artefacts.set(id, { id, kind, owner: 'agent:shop/order', pod: 'shop/order', atMs: 0, bytes, refs });
  }
  return {
    all: [...artefacts.values()],
    lookup: (id) => artefacts.get(id),
    get(id) {
      const artefact = artefacts.get(id);
      if (!artefact) throw new Error(`no artefact ${id}`);
      return artefact;
    },
  };
}
