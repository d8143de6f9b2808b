import { didYouMean } from '../core/kubernetes/suggest.ts';
import type { ArtefactKind } from '../trace/artefact.ts';
import type { MessageProtocol } from '../trace/entry.ts';
import type { Problem } from './problem.ts';

/**
 * Something on stage that a text points at. `pod` is `namespace/workload` (its newest pod) or an exact
 * `namespace/pod-name`; `of` is such a pod or an actor (`istiod`), and means the latest artefact or message of it.
 */
export type Reference =
  | { readonly type: 'pod'; readonly pod: string }
  /** `of` is the pod of an `agent`, `envoy` or `app`; null for `istiod` and `api-server`. */
  | { readonly type: 'actor'; readonly actor: ActorRole; readonly of: string | null }
  | { readonly type: 'node'; readonly node: string }
  | { readonly type: 'artefact'; readonly kind: ArtefactKind; readonly of: string }
  | { readonly type: 'message'; readonly protocol: MessageProtocol; readonly of: string }
  | { readonly type: 'connection'; readonly from: string; readonly to: string }
  /** The latest TLS connection between two ends, as a ladder; `to` may be `istiod`. */
  | { readonly type: 'handshake'; readonly from: string; readonly to: string }
  /** The CAs as a tree; one of them is lit where it is named. */
  | { readonly type: 'trust'; readonly authority: string | null }
  /** How trust and issuance move through the fleet. */
  | { readonly type: 'rollout' }
  | { readonly type: 'policy'; readonly policy: string };

type ActorRole = 'istiod' | 'api-server' | 'agent' | 'envoy' | 'app';

export type ReferenceResult =
  { readonly ok: true; readonly reference: Reference } | { readonly ok: false; readonly problem: Problem };

const artefactKinds: Readonly<Record<ArtefactKind, true>> = {
  'private-key': true,
  certificate: true,
  chain: true,
  csr: true,
  crl: true,
  token: true,
  jwks: true,
  'create-certificate-request': true,
  'create-certificate-response': true,
  'discovery-request': true,
  'discovery-response': true,
  'token-request': true,
  'token-review': true,
  'grpc-trailers': true,
  'tls-flight': true,
  'tls-message': true,
  http: true,
  http2: true,
};

const protocols: Readonly<Record<MessageProtocol, true>> = {
  CreateCertificate: true,
  StreamSecrets: true,
  TokenRequest: true,
  TokenReview: true,
  TrustBundle: true,
  TLS: true,
  HTTP: true,
};

const types = [
  'pod',
  'actor',
  'node',
  'artefact',
  'message',
  'connection',
  'handshake',
  'trust',
  'rollout',
  'policy',
] as const;
const name = String.raw`[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?`;
const plainName = new RegExp(`^${name}$`);
const namespaced = new RegExp(`^${name}/${name}$`);

/** Reads `pod:shop/order`, `artefact:csr@shop/order`, `connection:shop/frontend>shop/order` and the like. */
export function parseReference(text: string): ReferenceResult {
  if (text === 'trust') return found({ type: text, authority: null });
  if (text === 'rollout') return found({ type: text });
  const colon = text.indexOf(':');
  const type = text.slice(0, Math.max(colon, 0));
  const rest = text.slice(colon + 1);
  switch (type) {
    case 'pod':
      return namespaced.test(rest) ? found({ type, pod: rest }) : malformed(text, 'pod:shop/order');
    case 'actor':
      return actor(text, rest);
    case 'node':
      return plainName.test(rest) ? found({ type, node: rest }) : malformed(text, 'node:node-1');
    case 'policy':
      return namespaced.test(rest)
        ? found({ type, policy: rest })
        : malformed(text, 'policy:shop/allow-order');
    case 'connection':
      return connection(text, rest);
    case 'handshake':
      return handshake(text, rest);
    case 'trust':
      return plainName.test(rest) ? found({ type, authority: rest }) : malformed(text, 'trust or trust:prod');
    case 'artefact':
    case 'message':
      return ofSomething(type, text, rest);
    default:
      return unknownType(text, type);
  }
}

/** The text {@link parseReference} reads. */
export function formatReference(reference: Reference): string {
  switch (reference.type) {
    case 'pod':
      return `pod:${reference.pod}`;
    case 'actor':
      return `actor:${reference.actor}${reference.of === null ? '' : `@${reference.of}`}`;
    case 'node':
      return `node:${reference.node}`;
    case 'policy':
      return `policy:${reference.policy}`;
    case 'connection':
    case 'handshake':
      return `${reference.type}:${reference.from}>${reference.to}`;
    case 'trust':
      return reference.authority === null ? 'trust' : `trust:${reference.authority}`;
    case 'rollout':
      return 'rollout';
    case 'artefact':
      return `artefact:${reference.kind}@${reference.of}`;
    case 'message':
      return `message:${reference.protocol}@${reference.of}`;
  }
}

function actor(text: string, rest: string): ReferenceResult {
  const [role = '', of = null, ...more] = rest.split('@');
  const example = 'actor:istiod or actor:envoy@shop/order';
  if (more.length > 0) return malformed(text, example);
  if (role === 'istiod' || role === 'api-server') {
    return of === null ? found({ type: 'actor', actor: role, of }) : malformed(text, example);
  }
  if (role === 'agent' || role === 'envoy' || role === 'app') {
    return of !== null && namespaced.test(of)
      ? found({ type: 'actor', actor: role, of })
      : malformed(text, example);
  }
  return unknownKind('actor', role, ['istiod', 'api-server', 'agent', 'envoy', 'app']);
}

function connection(text: string, rest: string): ReferenceResult {
  const [from = '', to = '', ...more] = rest.split('>');
  const ok = more.length === 0 && namespaced.test(from) && namespaced.test(to);
  return ok
    ? found({ type: 'connection', from, to })
    : malformed(text, 'connection:shop/frontend>shop/order');
}

function handshake(text: string, rest: string): ReferenceResult {
  const [from = '', to = '', ...more] = rest.split('>');
  const ok = more.length === 0 && namespaced.test(from) && (to === 'istiod' || namespaced.test(to));
  return ok
    ? found({ type: 'handshake', from, to })
    : malformed(text, 'handshake:shop/frontend>shop/order or handshake:shop/order>istiod');
}

function ofSomething(type: 'artefact' | 'message', text: string, rest: string): ReferenceResult {
  const at = rest.indexOf('@');
  const kind = rest.slice(0, Math.max(at, 0));
  const of = rest.slice(at + 1);
  const example =
    type === 'artefact' ? 'artefact:certificate@shop/order' : 'message:CreateCertificate@shop/order';
  if (at < 0 || !(namespaced.test(of) || plainName.test(of))) return malformed(text, example);
  const known = type === 'artefact' ? artefactKinds : protocols;
  if (!Object.hasOwn(known, kind)) return unknownKind(type, kind, Object.keys(known));
  return type === 'artefact'
    ? found({ type, kind: kind as ArtefactKind, of })
    : found({ type, protocol: kind as MessageProtocol, of });
}

function found(reference: Reference): ReferenceResult {
  return { ok: true, reference };
}

function malformed(text: string, example: string): ReferenceResult {
  const problem = {
    rule: 'reference',
    message: `malformed reference "${text}"`,
    hint: `for example ${example}`,
  };
  return { ok: false, problem };
}

function unknownKind(type: Reference['type'], kind: string, known: readonly string[]): ReferenceResult {
  const hint = didYouMean(kind, known) ?? `known: ${known.join(', ')}`;
  return { ok: false, problem: { rule: 'reference', message: `unknown ${type} "${kind}"`, hint } };
}

function unknownType(text: string, type: string): ReferenceResult {
  const hint = didYouMean(type, types) ?? `a reference begins with ${types.join(':, ')}:`;
  return { ok: false, problem: { rule: 'reference', message: `unknown reference "${text}"`, hint } };
}
