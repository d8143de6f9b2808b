import {
  decodeCertificateResponse,
  decodeDiscoveryRequest,
  encodeCertificateRequest,
  encodeDiscoveryResponse,
  encodeSecret,
  grpcFrame,
  grpcStatus,
  grpcUnframe,
  inlineBytes,
  SECRET_TYPE_URL,
  type GrpcStatus,
} from '../core/grpc/index.ts';
import { pemEncode } from '../core/bytes/index.ts';
import {
  createCsr,
  exportPrivateKey,
  generateKeyPair,
  privateKeyPem,
  type Certificate,
} from '../core/pki/index.ts';
import { SpiffeId } from '../core/spiffe/index.ts';
import { isoSeconds } from '../core/time/iso.ts';
import type { ArtefactId } from '../trace/index.ts';
import type { AgentSettings } from './agent-settings.ts';
import { CaChannel, callMetadata, type CaListener } from './ca/channel.ts';
import type { PodRecord } from './cluster.ts';
import type { AgentSecret, SecretName } from './runtime.ts';
import { certificateKey } from './tls/evidence.ts';
import { post, worldDate, type Incoming, type World } from './world.ts';

/**
 * Makes a new key and a CSR that names the pod's account (security/pkg/nodeagent/cache/secretcache.go).
 * `done` gets null, or what went wrong.
 */
export function prepareIdentity(
  world: World,
  record: PodRecord,
  settings: AgentSettings,
  done: (failure: string | null) => void,
): void {
  const runtime = world.runtimes.of(record.pod);
  if (runtime.pending !== null) {
    done(null);
    return;
  }
  const spiffeId = SpiffeId.forServiceAccount(
    settings.trustDomain,
    record.namespace,
    record.serviceAccount,
  ).toString();
  const { provider } = world;
  world.gate.run(
    'identity.prepare',
    async () => {
      const keyPair = await generateKeyPair(provider, settings.keyType);
      const [pkcs8, csr] = await Promise.all([
        exportPrivateKey(provider, keyPair),
        createCsr(provider, keyPair, { spiffeId }),
      ]);
      return { keyPair, pkcs8, csr };
    },
    (result) => {
      if (!result.ok) {
        done(`csr cert generation fails due to ${String(result.error)}`);
        return;
      }
      const { keyPair, pkcs8, csr } = result.value;
      const owner = record.actors.agent;
      const { pod } = record;
      const keyArtefact = world.artefacts.put({ kind: 'private-key', owner, pod, bytes: pkcs8, refs: {} });
      const csrArtefact = world.artefacts.put({
        kind: 'csr',
        owner,
        pod,
        bytes: csr,
        refs: { key: keyArtefact },
      });
      runtime.pending = {
        keyPair,
        keyPem: privateKeyPem(pkcs8, settings.pkcs8Key ? 'pkcs8' : 'traditional'),
        keyArtefact,
        csrPem: pemEncode('CERTIFICATE REQUEST', csr),
        csrArtefact,
      };
      world.trace.append(owner, 'key.generated', { pod, artefact: keyArtefact, algorithm: settings.keyType });
      world.trace.append(owner, 'csr.created', { pod, artefact: csrArtefact, san: spiffeId });
      done(null);
    },
  );
}

/** Sends CSR and token to istiod over the agent's connection, which is opened where there is none; false where nobody listens on 15012. */
export function callIstiod(
  world: World,
  record: PodRecord,
  settings: AgentSettings,
  listener: CaListener,
): boolean {
  const runtime = world.runtimes.of(record.pod);
  if (!record.controlPlane.running || runtime.pending === null) return false;
  const { token, pending } = runtime;
  const request = encodeCertificateRequest({
    csrPem: pending.csrPem,
    validitySeconds: Math.round(settings.secretTtlMs / 1000),
  });
  const owner = record.actors.agent;
  const payload = grpcFrame(request.bytes);
  const artefact = world.artefacts.put({
    kind: 'create-certificate-request',
    owner,
    pod: record.pod,
    bytes: payload,
    refs: { csr: pending.csrArtefact, ...(token === null ? {} : { token: token.artefact }) },
  });
  if (runtime.caChannel?.isUsable !== true) {
    runtime.caChannel?.abandon();
    runtime.caChannel = new CaChannel(
      world,
      {
        local: owner,
        pod: record.pod,
        node: record.node,
        sourceIp: record.ip ?? '',
        plane: record.controlPlane,
      },
      listener,
    );
  }
  // The token file is read again for every call, so kubelet's renewal is enough.
  const metadata = callMetadata(record.controlPlane, token?.jwt ?? null);
  runtime.caChannel.call({ payload, metadata, label: 'CSR + token', artefact });
  return true;
}

/** An issued chain as istiod's answer carries it. */
export interface IssuedChain {
  readonly chainPem: string;
  readonly rootPem: string;
  readonly leaf: Certificate;
  readonly certificateArtefact: ArtefactId;
}

/** istiod's answer to a call: the chain, or a status where it is a refusal or unusable. */
export function readAnswer(
  world: World,
  incoming: Incoming,
): { readonly ok: true; readonly chain: IssuedChain } | { readonly ok: false; readonly status: GrpcStatus } {
  const unusable = (message: string) => ({ ok: false, status: grpcStatus('Unknown', message) }) as const;
  const { artefact, status } = incoming.meta;
  if (status !== undefined) return { ok: false, status };
  const { certChain } = decodeCertificateResponse(grpcUnframe(incoming.payload)).message;
  const rootPem = certChain.at(-1);
  if (certChain.length <= 1 || rootPem === undefined) return unusable('invalid empty CertChain');
  const chainPem = certChain.join('');
  const [leaf] = world.certificates.parse(chainPem);
  if (leaf === undefined) return unusable('failed to parse the certificate chain');
  const certificateArtefact = world.artefacts.get(artefact)?.refs['certificate'] ?? artefact;
  return { ok: true, chain: { chainPem, rootPem, leaf, certificateArtefact } };
}

/** Keeps the issued chain beside its key. */
export function adoptCertificate(
  world: World,
  record: PodRecord,
  { chainPem, rootPem, leaf, certificateArtefact }: IssuedChain,
  generation: number,
): void {
  const runtime = world.runtimes.of(record.pod);
  const { pending } = runtime;
  if (pending === null) throw new Error(`${record.actors.agent} was issued a certificate without a key`);
  const createdAtMs = world.clock.now();
  const notAfterMs = leaf.notAfter.getTime() - world.epochMs;
  const spiffeId = leaf.uris[0] ?? '';
  runtime.agent = {
    keyPem: pending.keyPem,
    keyArtefact: pending.keyArtefact,
    csrPem: pending.csrPem,
    chainPem,
    rootPem,
    leaf,
    certificateArtefact,
    spiffeId,
    createdAtMs,
    notAfterMs,
    version: `${isoSeconds(worldDate(world))}/${generation}`,
  };
  runtime.pending = null;
  world.trace.append(record.actors.agent, 'svid.received', {
    pod: record.pod,
    artefact: certificateArtefact,
    key: pending.keyArtefact,
    spiffeId,
    notAfterMs,
    generation,
  });
}

/** Pushes a secret on the stream that asked for it; nothing where there is no stream or no secret. */
export function pushSecret(world: World, record: PodRecord, name: SecretName): void {
  const { agent: secret, subscriptions } = world.runtimes.of(record.pod);
  const stream = subscriptions[name];
  if (stream === null || secret === null) return;
  const resource = encodeSecret(
    name === 'default'
      ? {
          name,
          tlsCertificate: {
            certificateChain: inlineBytes(secret.chainPem),
            privateKey: inlineBytes(secret.keyPem),
          },
        }
      : { name, validationContext: validationContext(world, record, secret) },
  );
  const response = encodeDiscoveryResponse({
    versionInfo: secret.version,
    resources: [{ typeUrl: SECRET_TYPE_URL, value: resource.bytes }],
    typeUrl: SECRET_TYPE_URL,
    nonce: world.chance(record.actors.agent).uuid(),
  });
  const owner = record.actors.agent;
  const certificate = name === 'default' ? secret.certificateArtefact : null;
  const artefact = post(world, {
    from: owner,
    to: record.actors.envoy,
    protocol: 'StreamSecrets',
    label: `SDS ${name}`,
    kind: 'discovery-response',
    pod: record.pod,
    payload: grpcFrame(response.bytes),
    stream,
    refs: certificate === null ? rootRefs(world, record) : { certificate, key: secret.keyArtefact },
  });
  world.trace.append(owner, 'secret.pushed', {
    pod: record.pod,
    resource: name,
    version: secret.version,
    artefact,
    certificate,
  });
}

function validationContext(world: World, record: PodRecord, secret: AgentSecret) {
  const trustedCa = inlineBytes(trustedPem(world, record, secret));
  const { crls } = world.runtimes.of(record.pod);
  return { trustedCa, crl: crls.length === 0 ? null : ({ kind: 'filename', filename: crlFile } as const) };
}

/** Where the ConfigMap `istio-ca-crl` is mounted in a pod. */
const crlFile = '/var/run/secrets/istio/crl/ca-crl.pem';

/** What ROOTCA holds: the roots that came with the certificate, and those of the mesh configuration, each once. */
export function trustedPem(world: World, record: PodRecord, { rootPem }: AgentSecret): string {
  const { extraRootsPem } = world.runtimes.of(record.pod);
  if (extraRootsPem === null) return rootPem;
  const all = [...world.certificates.parse(rootPem), ...world.certificates.parse(extraRootsPem)];
  return [...new Set(all.map((each) => each.pem()))].join('');
}

function rootRefs(world: World, record: PodRecord): Readonly<Record<string, ArtefactId>> {
  const { agent } = world.runtimes.of(record.pod);
  if (agent === null) return {};
  const roots = world.certificates.parse(trustedPem(world, record, agent));
  const known = roots.flatMap((root) => world.knownCertificates.get(certificateKey(root)) ?? []);
  return Object.fromEntries(
    known.map((artefact, index) => [index === 0 ? 'root' : `root-${index + 1}`, artefact]),
  );
}

/** What a DiscoveryRequest asks for; `isAnswer` marks an ACK or NACK, which the agent does not answer. */
export function readSubscription(
  incoming: Incoming,
): { readonly resource: SecretName; readonly stream: string; readonly isAnswer: boolean } | null {
  if (incoming.protocol !== 'StreamSecrets') return null;
  const request = decodeDiscoveryRequest(grpcUnframe(incoming.payload)).message;
  const resource = request.resourceNames[0];
  if (resource !== 'default' && resource !== 'ROOTCA') return null;
  return { resource, stream: incoming.meta.stream, isAnswer: request.responseNonce !== '' };
}
