import {
  decodeDiscoveryResponse,
  decodeSecret,
  encodeDiscoveryRequest,
  grpcFrame,
  grpcUnframe,
  inlineText,
  SECRET_TYPE_URL,
} from '../core/grpc/index.ts';
import type { PodRecord } from './cluster.ts';
import type { SecretName } from './runtime.ts';
import { certificateKey } from './tls/evidence.ts';
import { post, type Incoming, type World } from './world.ts';

export interface AcceptedSecret {
  readonly resource: SecretName;
  readonly notAfterMs: number;
}

/** Opens a stream for one secret: the first DiscoveryRequest, with the node and without a nonce. */
export function requestSecret(world: World, record: PodRecord, name: SecretName, generation: number): void {
  const request = encodeDiscoveryRequest({
    node: {
      id: `sidecar~${record.ip ?? ''}~${record.name}.${record.namespace}~${record.namespace}.svc.cluster.local`,
      cluster: `${record.workload.name}.${record.namespace}`,
      metadata: null,
      userAgentName: 'envoy',
    },
    resourceNames: [name],
    typeUrl: SECRET_TYPE_URL,
  });
  postRequest(world, record, `SDS request ${name}`, request.bytes, `sds:${record.pod}:${name}:${generation}`);
}

/** Takes a pushed secret into use and acknowledges it; null where it was refused with a NACK. */
export function receiveSecret(world: World, record: PodRecord, incoming: Incoming): AcceptedSecret | null {
  const response = decodeDiscoveryResponse(grpcUnframe(incoming.payload)).message;
  const resource = response.resources[0];
  if (resource === undefined) return null;
  const secret = decodeSecret(resource.value).message;
  const refs = world.artefacts.get(incoming.meta.artefact)?.refs ?? {};
  const problem = adopt(world, record, secret, refs['certificate'] ?? incoming.meta.artefact);
  const name: SecretName = secret.name === 'ROOTCA' ? 'ROOTCA' : 'default';
  answer(world, record, name, incoming, response, problem);
  if (problem !== null) return null;
  const { envoy } = world.runtimes.of(record.pod);
  const serving = name === 'default' ? envoy : null;
  world.trace.append(record.actors.envoy, 'secret.accepted', {
    pod: record.pod,
    resource: name,
    version: response.versionInfo,
    certificate: serving?.certificateArtefact ?? null,
    spiffeId: serving?.spiffeId ?? null,
    notBeforeMs: serving?.notBeforeMs ?? null,
    notAfterMs: serving?.notAfterMs ?? null,
  });
  return { resource: name, notAfterMs: serving?.notAfterMs ?? 0 };
}

/** Replaces the TLS context; sockets made before keep theirs. Returns what is wrong with the secret, if anything. */
function adopt(
  world: World,
  record: PodRecord,
  secret: ReturnType<typeof decodeSecret>['message'],
  certificateArtefact: string,
): string | null {
  const runtime = world.runtimes.of(record.pod);
  if (secret.validationContext !== null) {
    const rootPem = inlineText(secret.validationContext.trustedCa);
    if (rootPem === null) return 'Failed to load trusted CA certificates';
    runtime.envoyRootPem = rootPem;
    runtime.envoyRoots = world.certificates.parse(rootPem);
    // The list is a file in the pod, which Envoy reads when the secret that names it comes.
    const hasList = secret.validationContext.crl?.kind === 'filename';
    if (hasList) runtime.envoyCrls = [...runtime.crls];
    world.trace.append(record.actors.envoy, 'anchors.adopted', {
      pod: record.pod,
      cluster: record.controlPlane.cluster,
      roots: runtime.envoyRoots.flatMap((root) => world.knownCertificates.get(certificateKey(root)) ?? []),
      crls: hasList ? runtime.crls.map(({ artefact }) => artefact) : [],
    });
    return null;
  }
  const chainPem = inlineText(secret.tlsCertificate?.certificateChain ?? null);
  const keyPem = inlineText(secret.tlsCertificate?.privateKey ?? null);
  if (chainPem === null || keyPem === null) return 'Failed to load certificate chain from <inline>';
  const chain = world.certificates.parse(chainPem);
  const leaf = chain[0];
  if (leaf === undefined) return 'Failed to load certificate chain from <inline>';
  runtime.envoy = {
    chain,
    chainPem,
    keyPem,
    certificateArtefact,
    spiffeId: leaf.uris[0] ?? '',
    notBeforeMs: leaf.notBefore.getTime() - world.epochMs,
    notAfterMs: leaf.notAfter.getTime() - world.epochMs,
    keyPair: null,
  };
  return null;
}

function answer(
  world: World,
  record: PodRecord,
  name: SecretName,
  incoming: Incoming,
  response: { readonly versionInfo: string; readonly nonce: string },
  problem: string | null,
): void {
  const request = encodeDiscoveryRequest({
    resourceNames: [name],
    typeUrl: SECRET_TYPE_URL,
    responseNonce: response.nonce,
    ...(problem === null
      ? { versionInfo: response.versionInfo }
      : { errorDetail: { code: 13, message: problem } }),
  });
  const label = problem === null ? `SDS ACK ${name}` : `SDS NACK ${name}`;
  postRequest(world, record, label, request.bytes, incoming.meta.stream);
}

function postRequest(
  world: World,
  record: PodRecord,
  label: string,
  message: Uint8Array,
  stream: string,
): void {
  post(world, {
    from: record.actors.envoy,
    to: record.actors.agent,
    protocol: 'StreamSecrets',
    label,
    kind: 'discovery-request',
    pod: record.pod,
    payload: grpcFrame(message),
    stream,
  });
}
