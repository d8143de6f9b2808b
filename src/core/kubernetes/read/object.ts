import { readAuthorizationPolicy } from '../istio/read-authorization-policy.ts';
import type { Fields } from '../fields.ts';
import type { KindRule } from '../kinds.ts';
import { toPlain } from '../located.ts';
import type { Metadata, Resource } from '../resources.ts';
import { readConfigData, readSecretData } from './data.ts';
import { namespaced } from './metadata.ts';
import { noteNamespaceLabels } from './namespace.ts';
import { readNetworkPolicySpec } from './network-policy.ts';
import { checkPodMetadata, readPodSpec } from './pod-template.ts';
import { readServiceSpec } from './service.ts';
import { readWorkloadSpec } from './workload.ts';

/** What the loader found out about an object before its own fields are read. */
export interface ObjectHead {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
  readonly known: KindRule;
  /** False for kinds of groups that are not known here. */
  readonly isKnown: boolean;
}

/** Reads the fields of one object by its kind; null where something required is missing (and reported). */
export function readObject(fields: Fields, head: ObjectHead): Resource | null {
  const noticesBefore = fields.findings.notices.length;
  const body = head.isKnown ? readBody(fields, head) : other(head);
  if (body === null) return null;
  const noted = fields.findings.notices.length > noticesBefore;
  const understood = body.kind === 'Other' ? 'kept' : noted ? 'partly' : 'full';
  const source = { ...fields.at, endLine: fields.map.endLine };
  return { ...body, apiVersion: head.apiVersion, source, understood, raw: toPlain(fields.map) };
}

type Common = 'apiVersion' | 'source' | 'understood' | 'raw';
type Body = Resource extends infer R ? (R extends Resource ? Omit<R, Common> : never) : never;

function readBody(fields: Fields, head: ObjectHead): Body | null {
  const closed = CLOSED_FIELDS[head.kind];
  if (closed !== undefined) fields.closed(['apiVersion', 'kind', 'metadata', ...closed]);
  const metadata = namespaced(head.metadata);
  switch (head.kind) {
    case 'Namespace':
      noteNamespaceLabels(fields, head.metadata.labels);
      return { kind: 'Namespace', metadata: head.metadata };
    case 'ServiceAccount': {
      const automount = fields.boolean('automountServiceAccountToken');
      const extra = automount === undefined ? {} : { automountServiceAccountToken: automount };
      return { kind: 'ServiceAccount', metadata, ...extra };
    }
    case 'Pod': {
      const at = fields.fields('metadata');
      if (at !== undefined) checkPodMetadata(at, metadata.labels, metadata.annotations);
      const spec = readPodSpec(fields);
      return spec === null ? null : { kind: 'Pod', metadata, spec };
    }
    case 'Deployment':
    case 'ReplicaSet': {
      const spec = readWorkloadSpec(fields, head.kind);
      return spec === null ? null : { kind: head.kind, metadata, spec };
    }
    case 'StatefulSet': {
      const spec = readWorkloadSpec(fields, 'StatefulSet');
      const serviceName = fields.fields('spec')?.string('serviceName') ?? '';
      return spec === null ? null : { kind: 'StatefulSet', metadata, spec: { ...spec, serviceName } };
    }
    case 'Service': {
      const spec = readServiceSpec(fields);
      return spec === null ? null : { kind: 'Service', metadata, spec };
    }
    case 'Secret':
      return {
        kind: 'Secret',
        metadata,
        type: fields.string('type') ?? 'Opaque',
        data: readSecretData(fields),
      };
    case 'ConfigMap':
      return { kind: 'ConfigMap', metadata, data: readConfigData(fields) };
    case 'NetworkPolicy': {
      const spec = readNetworkPolicySpec(fields);
      return spec === null ? null : { kind: 'NetworkPolicy', metadata, spec };
    }
    case 'AuthorizationPolicy':
      return { kind: 'AuthorizationPolicy', metadata, spec: readAuthorizationPolicy(fields, metadata) };
    default:
      if (head.known.keptBecause !== undefined) fields.notice('kind', 'kind.kept', head.known.keptBecause);
      return other(head);
  }
}

function other(head: ObjectHead): Body {
  return { kind: 'Other', resourceKind: head.kind, metadata: head.metadata };
}

/** Top-level fields beside apiVersion, kind and metadata, for kinds whose fields are all known. */
const CLOSED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Namespace: ['spec', 'status'],
  ServiceAccount: ['automountServiceAccountToken', 'imagePullSecrets', 'secrets'],
  Pod: ['spec', 'status'],
  Deployment: ['spec', 'status'],
  ReplicaSet: ['spec', 'status'],
  StatefulSet: ['spec', 'status'],
  Service: ['spec', 'status'],
  Secret: ['data', 'stringData', 'type', 'immutable'],
  ConfigMap: ['data', 'binaryData', 'immutable'],
  NetworkPolicy: ['spec', 'status'],
  AuthorizationPolicy: ['spec', 'status'],
};
