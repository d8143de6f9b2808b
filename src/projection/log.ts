import type { ArtefactId } from '../trace/artefact.ts';
import type { Entry, EntryData, EntryKind, EntryOf, PodRef } from '../trace/entry.ts';
import type { TlsFlight } from '../trace/tls-entry.ts';
import { actorOf, splitPodRef } from './actor.ts';
import { trustTellers } from './log-trust.ts';
import { refusalReason } from './refusal.ts';

type Tone = 'plain' | 'good' | 'warn' | 'bad';

/** One line of the event log: a message key and what to put into it, so that every language says it its own way. */
export interface LogRow {
  readonly seq: number;
  readonly atMs: number;
  readonly actor: string;
  readonly kind: EntryKind;
  /** Stable key of the sentence, for example `certificate_issued` or `pod_addressed_again`. */
  readonly id: string;
  readonly params: Readonly<Record<string, string>>;
  readonly tone: Tone;
  readonly artefact: ArtefactId | null;
  readonly pod: PodRef | null;
}

interface Told {
  readonly id: string;
  readonly params?: Readonly<Record<string, string>>;
  readonly tone?: Tone;
  readonly artefact?: ArtefactId;
}

/** How each kind of entry is told. */
export type Tellers = { readonly [K in EntryKind]: (data: EntryData[K], entry: EntryOf<K>) => Told };

/** Describes one entry for a reader. */
export function describeEntry(entry: Entry): LogRow {
  const tell = tellers[entry.kind] as (data: unknown, entry: Entry) => Told;
  const told = tell(entry.data, entry);
  return {
    seq: entry.seq,
    atMs: entry.atMs,
    actor: entry.actor,
    kind: entry.kind,
    id: told.id,
    params: told.params ?? {},
    tone: told.tone ?? 'plain',
    artefact: told.artefact ?? null,
    pod: podOf(entry),
  };
}

/** The pod an entry is about: the one it names, or the one its actor lives in. */
function podOf(entry: Entry): PodRef | null {
  const { data } = entry;
  if ('pod' in data && data.pod !== null) return data.pod;
  const { pod } = actorOf(entry.actor);
  if (pod !== null) return pod;
  return 'from' in data ? (actorOf(data.from).pod ?? (data.from.includes('/') ? data.from : null)) : null;
}

/** An actor or pod as a reader knows it: `order-7d9c5f68b4-x2k7q`, `istiod`, `Envoy of order-…`. */
function nameOf(systemId: string): string {
  const { role, pod, node } = actorOf(systemId);
  if (pod !== null) {
    const { name } = splitPodRef(pod);
    return role === 'envoy' ? `${name} (Envoy)` : role === 'pod' ? name : `${name} (${role})`;
  }
  return node ?? splitPodRef(systemId).name;
}

const pod = (ref: PodRef): string => splitPodRef(ref).name;

/** What a flight carries: its handshake messages, or the content of its records. */
function contentOf({ messages, records }: TlsFlight): string {
  const names = messages.map(({ type }) => type);
  const others = records.map(({ innerType }) => innerType).filter((type) => type !== 'handshake');
  return [...new Set([...names, ...others.filter((type) => type !== 'change_cipher_spec')])].join(', ');
}

const tellers: Tellers = {
  ...trustTellers,
  'world.started': ({ trustDomain, cluster }) => ({ id: 'world_started', params: { trustDomain, cluster } }),
  'root.created': ({ subject, artefact }) => ({ id: 'root_created', params: { subject }, artefact }),
  'node.added': ({ node, podCidr }) => ({ id: 'node_added', params: { node, podCidr } }),
  'resource.applied': ({ resourceKind, namespace, name, change }) => ({
    id: `resource_${change}`,
    params: { resourceKind, name: namespace === null ? name : `${namespace}/${name}` },
  }),
  'pod.scheduled': (data) => ({
    id: data.injected ? 'pod_scheduled' : 'pod_scheduled_outside',
    params: {
      pod: pod(data.pod),
      node: data.node,
      serviceAccount: data.serviceAccount,
      reason: data.injection,
    },
  }),
  'pod.addressed': (data) =>
    data.previousPod === null
      ? { id: 'pod_addressed', params: { pod: pod(data.pod), ip: data.ip } }
      : {
          id: 'pod_addressed_again',
          params: { pod: pod(data.pod), ip: data.ip, previous: pod(data.previousPod) },
          tone: 'warn',
        },
  'pod.rejected': ({ workload, reason, message }) => ({
    id: 'pod_rejected',
    params: { workload, reason, message },
    tone: 'bad',
  }),
  'pod.ready': (data) => ({ id: 'pod_ready', params: { pod: pod(data.pod) }, tone: 'good' }),
  'pod.unready': (data) => ({
    id: 'pod_unready',
    params: { pod: pod(data.pod), reason: data.reason },
    tone: 'warn',
  }),
  'pod.terminating': (data) => ({ id: 'pod_terminating', params: { pod: pod(data.pod) } }),
  'pod.deleted': (data) => ({ id: 'pod_deleted', params: { pod: pod(data.pod), ip: data.ip } }),
  'token.projected': (data) => ({
    id: data.renewal ? 'token_renewed' : 'token_projected',
    params: { pod: pod(data.pod), audience: data.audience },
    artefact: data.artefact,
  }),
  'token.reviewed': (data) => ({
    id: data.authenticated ? 'token_accepted' : 'token_refused',
    params: { username: data.username ?? '', error: data.error ?? '' },
    tone: data.authenticated ? 'good' : 'bad',
  }),
  'key.generated': (data) => ({
    id: 'key_generated',
    params: { pod: pod(data.pod), algorithm: data.algorithm },
    artefact: data.artefact,
  }),
  'csr.created': (data) => ({
    id: 'csr_created',
    params: { pod: pod(data.pod), san: data.san },
    artefact: data.artefact,
  }),
  'message.sent': (data) => ({
    id: 'message_sent',
    params: {
      label: data.label,
      from: nameOf(data.from),
      to: nameOf(data.to),
      protocol: data.protocol,
    },
    artefact: data.artefact,
  }),
  'message.delivered': (data) => ({
    id: 'message_delivered',
    params: { from: nameOf(data.from), to: nameOf(data.to) },
  }),
  'message.dropped': (data) => ({
    id: 'message_dropped',
    params: { from: nameOf(data.from), to: nameOf(data.to), reason: data.reason },
    tone: 'bad',
  }),
  'certificate.issued': (data) => {
    const ignored = data.requestedSan !== null && data.requestedSan !== data.spiffeId;
    return {
      id: ignored ? 'certificate_issued_ignoring' : 'certificate_issued',
      params: { spiffeId: data.spiffeId, requestedSan: data.requestedSan ?? '' },
      tone: ignored ? 'warn' : 'good',
      artefact: data.artefact,
    };
  },
  'csr.refused': ({ status }) => ({
    id: 'csr_refused',
    params: { code: status.name, message: status.message },
    tone: 'bad',
  }),
  'svid.received': (data) => ({
    id: 'svid_received',
    params: { pod: pod(data.pod), spiffeId: data.spiffeId, generation: String(data.generation) },
    artefact: data.artefact,
  }),
  'rotation.scheduled': (data) => ({
    id: 'rotation_scheduled',
    params: { pod: pod(data.pod), share: `${(data.ratio * 100).toFixed(1)} %` },
  }),
  'rotation.started': (data) => ({ id: 'rotation_started', params: { pod: pod(data.pod) } }),
  'renewal.failed': (data) => ({
    id: data.retryInMs === null ? 'renewal_failed' : 'renewal_retried',
    params: { pod: pod(data.pod), attempt: String(data.attempt), code: data.status.name },
    tone: 'bad',
  }),
  'secret.pushed': (data) => ({
    id: 'secret_pushed',
    params: { pod: pod(data.pod), resource: data.resource },
    artefact: data.artefact,
  }),
  'secret.accepted': (data) => ({
    id: 'secret_accepted',
    params: { pod: pod(data.pod), resource: data.resource },
    tone: 'good',
    ...(data.certificate === null ? {} : { artefact: data.certificate }),
  }),
  'certificate.expired': (data) => ({
    id: 'certificate_expired',
    params: { pod: pod(data.pod) },
    tone: 'bad',
    artefact: data.artefact,
  }),
  'istiod.stopped': ({ reason }) => ({ id: 'istiod_stopped', params: { reason }, tone: 'bad' }),
  'istiod.started': ({ reason }) => ({ id: 'istiod_started', params: { reason }, tone: 'good' }),
  'connection.opened': (data) => ({
    id: data.security === 'mtls' ? 'connection_mtls' : 'connection_plaintext',
    params: { from: pod(data.from), to: pod(data.to), peer: data.peer ?? '' },
    tone: data.security === 'mtls' ? 'good' : 'warn',
  }),
  'connection.refused': (data) => ({
    id: 'connection_refused',
    params: { from: pod(data.from), to: pod(data.to), by: data.by, reason: refusalReason(data) },
    tone: 'bad',
  }),
  'connection.closed': ({ reason }) => ({ id: 'connection_closed', params: { reason } }),
  'policy.decided': (data) => ({
    id: `policy_${data.verdict}${data.policy === null ? '_by_default' : ''}`,
    params: { layer: data.layer, policy: data.policy ?? '', pod: pod(data.pod) },
    tone: data.verdict === 'denied' ? 'bad' : 'plain',
  }),
  'request.sent': (data) => ({
    id: 'request_sent',
    params: { from: pod(data.from), to: data.to, method: data.method, path: data.path },
  }),
  'request.answered': (data) => ({
    id: `request_${data.outcome}`,
    params: {
      from: pod(data.from),
      to: nameOf(data.to),
      status: data.status === 0 ? '—' : String(data.status),
      reason: data.reason,
    },
    tone: data.outcome === 'allowed' ? 'good' : 'bad',
  }),
  'tls.started': (data) => ({
    id: `tls_started_${data.side}`,
    params: { local: nameOf(data.local), remote: nameOf(data.remote), serverName: data.serverName ?? '—' },
  }),
  'tls.sent': (data, { actor }) => ({
    id: 'tls_sent',
    params: { actor: nameOf(actor), content: contentOf(data) },
    artefact: data.artefact,
  }),
  'tls.received': (data, { actor }) => ({
    id: 'tls_received',
    params: { actor: nameOf(actor), content: contentOf(data) },
    artefact: data.artefact,
  }),
  'tls.secret': (data, { actor }) => ({
    id: 'tls_secret',
    params: { actor: nameOf(actor), name: data.name },
  }),
  'tls.keyed': (data, { actor }) => ({
    id: `tls_keyed_${data.direction}`,
    params: { actor: nameOf(actor), epoch: data.epoch },
  }),
  'tls.verified': (data, { actor }) => ({
    id: data.ok ? 'tls_verified' : 'tls_not_verified',
    params: { actor: nameOf(actor), of: data.of, identity: data.identity ?? '', text: data.text ?? '' },
    tone: data.ok ? 'good' : 'bad',
  }),
  'tls.established': (data, { actor }) => ({
    id: data.resumed ? 'tls_resumed' : 'tls_established',
    params: { actor: nameOf(actor), peer: data.peer ?? '—', cipherSuite: data.cipherSuite },
    tone: 'good',
  }),
  'tls.alert': (data, { actor }) => ({
    id: `tls_alert_${data.direction}`,
    params: { actor: nameOf(actor), description: data.description, code: String(data.code) },
    tone: data.description === 'close_notify' ? 'plain' : 'bad',
  }),
  'tls.ticket': (data, { actor }) => ({
    id: `tls_ticket_${data.direction}`,
    params: { actor: nameOf(actor) },
  }),
  'tls.resumption': (data, { actor }) => ({
    id: data.accepted ? 'tls_resumption_accepted' : 'tls_resumption_declined',
    params: { actor: nameOf(actor), reason: data.reason ?? '' },
  }),
  'tls.early-data': (data, { actor }) => ({
    id: data.accepted ? 'tls_early_data_accepted' : 'tls_early_data_rejected',
    params: { actor: nameOf(actor), reason: data.reason ?? '' },
    tone: data.accepted ? 'warn' : 'plain',
  }),
  'tls.keys-updated': (data, { actor }) => ({
    id: 'tls_keys_updated',
    params: { actor: nameOf(actor), generation: String(data.generation) },
  }),
  'tls.closed': (data, { actor }) => ({
    id: `tls_closed_${data.how}`,
    params: { actor: nameOf(actor) },
    tone: data.how === 'clean' ? 'plain' : 'bad',
  }),
  'tls.tampered': (data) => ({
    id: `tls_tampered_${data.action}`,
    params: { by: nameOf(data.by), offset: String(data.offset ?? '') },
    tone: 'warn',
  }),
  'access.logged': (data) => ({
    id: `access_logged_${data.direction}`,
    params: { pod: pod(data.pod), status: String(data.status), flags: data.flags, details: data.details },
    tone: data.flags === '-' ? 'plain' : 'bad',
  }),
  'connection.logged': (data) => ({
    id: 'connection_logged',
    params: { pod: pod(data.pod), line: data.line },
    tone: 'warn',
  }),
  'stats.counted': (data) => ({
    id: 'stats_counted',
    params: { pod: pod(data.pod), stat: data.stat, value: String(data.value) },
  }),
  'command.done': ({ text, by }) => ({ id: `command_${by}`, params: { text } }),
  'actor.unexpected': ({ event, state }, { actor }) => ({
    id: 'actor_unexpected',
    params: { event, state, actor },
    tone: 'warn',
  }),
};
