import type { Fields } from '../fields.ts';
import { formatSelector, selects, type LabelSelector } from '../labels.ts';
import type { WorkloadSpec } from '../resources.ts';
import { readLabelSelector } from './metadata.ts';
import { readPodTemplate } from './pod-template.ts';

const WORKLOAD_FIELDS = {
  Deployment:
    'replicas selector template strategy minReadySeconds revisionHistoryLimit paused progressDeadlineSeconds',
  ReplicaSet: 'replicas selector template minReadySeconds',
  StatefulSet:
    'replicas selector template serviceName podManagementPolicy updateStrategy revisionHistoryLimit minReadySeconds ' +
    'volumeClaimTemplates persistentVolumeClaimRetentionPolicy ordinals',
} as const;

/** Reads `spec` of a Deployment, ReplicaSet or StatefulSet (apps/v1); null where it cannot be used. */
export function readWorkloadSpec(object: Fields, kind: keyof typeof WORKLOAD_FIELDS): WorkloadSpec | null {
  const fields = object.fields('spec');
  if (fields === undefined) {
    if (!object.has('spec')) object.required('spec');
    return null;
  }
  fields.closed(WORKLOAD_FIELDS[kind].split(' '));
  const replicas = readReplicas(fields);
  const selector = readSelector(fields, kind);
  const template = readPodTemplate(fields);
  if (selector === null || template === null) return null;
  if (!selects(selector, template.metadata.labels))
    reportMismatch(fields, selector, template.metadata.labels);
  return { replicas, selector, template };
}

function readReplicas(fields: Fields): number {
  const replicas = fields.integer('replicas') ?? 1;
  if (replicas < 0) {
    const message = `spec.replicas: Invalid value: ${replicas}: must be greater than or equal to 0`;
    fields.error('replicas', 'replicas.range', message, { value: String(replicas) });
  }
  if (replicas > MOST_REPLICAS) {
    const message = `spec.replicas: ${replicas} is more than this simulator runs (${MOST_REPLICAS})`;
    fields.error('replicas', 'replicas.range', message, { value: String(replicas) });
  }
  return replicas;
}

const MOST_REPLICAS = 20_000;

function readSelector(fields: Fields, kind: string): LabelSelector | null {
  const selector = fields.fields('selector');
  if (selector === undefined) {
    if (!fields.has('selector')) fields.required('selector', 'it must match the labels of the template');
    return null;
  }
  const read = readLabelSelector(selector);
  if (formatSelector(read) === '<none>') {
    const message = `spec.selector: Invalid value: empty selector is invalid for ${kind.toLowerCase()}`;
    fields.error('selector', 'selector.empty', message);
    return null;
  }
  return read;
}

function reportMismatch(fields: Fields, selector: LabelSelector, labels: Readonly<Record<string, string>>) {
  const at = fields.fields('template')?.fields('metadata') ?? fields.fields('template') ?? fields;
  const found = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const message = 'spec.template.metadata.labels: Invalid value: `selector` does not match template `labels`';
  at.error('labels', 'selector.mismatch', message, {
    value: found.join(',') || '<none>',
    hint: `the selector asks for ${formatSelector(selector)}`,
  });
}
