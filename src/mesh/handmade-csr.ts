import { pemEncode, utf8Encode } from '../core/bytes/index.ts';
import { encodeCertificateRequest, grpcFrame } from '../core/grpc/index.ts';
import { createServiceAccountIssuer, signServiceAccountToken } from '../core/jwt/index.ts';
import { boundTokenClaims } from '../core/kubernetes/index.ts';
import { createCsr, exportPrivateKey, generateKeyPair } from '../core/pki/index.ts';
import { SpiffeId } from '../core/spiffe/index.ts';
import { CaChannel, callMetadata } from './ca/channel.ts';
import type { CsrCommand } from './command.ts';
import type { PodRecord } from './cluster.ts';
import type { World } from './world.ts';

const hourMs = 3_600_000;

/**
 * A CreateCertificate call made by hand inside a pod, as somebody with a shell there could: any SAN, any lifetime, and
 * whichever token they hold. Simplified: an expired or foreign token is signed on the spot with the times and audience
 * it would have, instead of having been kept since.
 */
export function sendHandmadeCsr(world: World, record: PodRecord, command: CsrCommand): void {
  const { provider, settings } = world;
  const owner = `app:${record.pod}`;
  const { pod } = record;
  const own = SpiffeId.forServiceAccount(
    record.controlPlane.trustDomain,
    record.namespace,
    record.serviceAccount,
  ).toString();
  const san = command.san ?? own;
  const signToken = tokenSigner(world, record, command.token ?? 'own');
  world.gate.run(
    'identity.handmade',
    async () => {
      const keyPair = await generateKeyPair(provider, settings.keyType);
      const [pkcs8, csr, token] = await Promise.all([
        exportPrivateKey(provider, keyPair),
        createCsr(provider, keyPair, { spiffeId: san }),
        signToken(),
      ]);
      return { pkcs8, csr: command.badSignature === true ? flipLastBit(csr) : csr, token };
    },
    (result) => {
      if (!result.ok) throw result.error;
      const { pkcs8, csr, token } = result.value;
      const key = world.artefacts.put({ kind: 'private-key', owner, pod, bytes: pkcs8, refs: {} });
      const csrArtefact = world.artefacts.put({ kind: 'csr', owner, pod, bytes: csr, refs: { key } });
      world.trace.append(owner, 'key.generated', { pod, artefact: key, algorithm: settings.keyType });
      world.trace.append(owner, 'csr.created', { pod, artefact: csrArtefact, san });
      const tokenArtefact =
        token === null
          ? null
          : world.artefacts.put({
              kind: 'token',
              owner,
              pod,
              bytes: utf8Encode(token),
              refs: { jwks: world.jwksArtefact },
            });
      const payload = grpcFrame(
        encodeCertificateRequest({
          csrPem: pemEncode('CERTIFICATE REQUEST', csr),
          validitySeconds: Math.round((command.ttlMs ?? settings.secretTtlMs) / 1000),
        }).bytes,
      );
      const artefact = world.artefacts.put({
        kind: 'create-certificate-request',
        owner,
        pod,
        bytes: payload,
        refs: { csr: csrArtefact, ...(tokenArtefact === null ? {} : { token: tokenArtefact }) },
      });
      const nobody = { answered: () => channel.close(), lost: () => undefined };
      const channel = new CaChannel(
        world,
        {
          local: owner,
          pod,
          node: record.node,
          sourceIp: record.ip ?? '',
          plane: record.controlPlane,
        },
        nobody,
      );
      channel.call({
        payload,
        metadata: callMetadata(record.controlPlane, token),
        label: 'handmade CSR',
        artefact,
      });
    },
  );
}

/** Chooses the token now, so that the later signing depends on nothing that may change meanwhile. */
function tokenSigner(
  world: World,
  record: PodRecord,
  choice: NonNullable<CsrCommand['token']>,
): () => Promise<string | null> {
  const { settings, issuer, provider } = world;
  const nowMs = world.epochMs + world.clock.now();
  const jti = world.chance(`app:${record.pod}`).uuid();
  const claims = (changes: { audience?: string; issuedMs?: number; podUid?: string }) =>
    boundTokenClaims({
      issuer: issuer.issuer,
      audiences: [changes.audience ?? settings.tokenAudience],
      namespace: record.namespace,
      serviceAccount: { name: record.serviceAccount, uid: record.serviceAccountUid },
      pod: { name: record.name, uid: changes.podUid ?? record.uid },
      node: { name: record.node, uid: world.cluster.nodes.get(record.node)?.uid ?? '' },
      nowMs: changes.issuedMs ?? nowMs,
      ttlSeconds: settings.tokenTtlSeconds,
      jti,
    });
  const own = world.runtimes.of(record.pod).token?.jwt ?? null;
  switch (choice) {
    case 'none':
      return async () => null;
    case 'own':
      return async () => own;
    case 'wrong-audience':
      return () => signServiceAccountToken(provider, issuer, claims({ audience: issuer.issuer }));
    case 'expired':
      return () =>
        signServiceAccountToken(
          provider,
          issuer,
          claims({ issuedMs: nowMs - settings.tokenTtlSeconds * 1000 - hourMs }),
        );
    case 'deleted-pod': {
      const kept = world.cluster.lastDeletedPodToken;
      if (kept !== null) return async () => kept;
      const gone = boundToPodThatIsGone(claims({}), jti);
      return () => signServiceAccountToken(provider, issuer, gone);
    }
    case 'forged':
      return async () => {
        const forger = await createServiceAccountIssuer(provider, {
          issuer: issuer.issuer,
          keyType: settings.apiServerKeyType,
        });
        return signServiceAccountToken(provider, forger, claims({}));
      };
  }
}

function boundToPodThatIsGone(
  claims: ReturnType<typeof boundTokenClaims>,
  uid: string,
): ReturnType<typeof boundTokenClaims> {
  const block = claims['kubernetes.io'];
  return { ...claims, 'kubernetes.io': { ...block, pod: { name: `${block.pod?.name ?? 'pod'}-gone`, uid } } };
}

function flipLastBit(der: Uint8Array): Uint8Array {
  const copy = der.slice();
  const last = copy.length - 1;
  copy[last] = (copy[last] ?? 0) ^ 1;
  return copy;
}
