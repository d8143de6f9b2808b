import type { Fields } from '../fields.ts';
import type { LabelExpression, LabelSelector, Labels } from '../labels.ts';
import { LABEL_OPERATORS } from '../labels.ts';
import {
  labelKeyProblem,
  labelValueProblem,
  nameProblem,
  suggestName,
  type NameRule,
} from '../object-names.ts';
import type { Metadata, NamespacedMetadata } from '../resources.ts';

const METADATA_FIELDS = [
  'name',
  'generateName',
  'namespace',
  'labels',
  'annotations',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'selfLink',
  'managedFields',
];

/** Reads `metadata` of a whole object; null (and an error) where it has no usable name. */
export function readMetadata(
  object: Fields,
  scope: 'Namespaced' | 'Cluster',
  rule: NameRule,
): Metadata | null {
  const fields = object.fields('metadata');
  if (fields === undefined) {
    if (!object.has('metadata')) object.required('metadata', 'every object needs metadata.name');
    return null;
  }
  fields.closed(METADATA_FIELDS);
  const name = readName(fields, rule);
  const namespace = scope === 'Cluster' ? null : readNamespace(fields);
  const { labels, annotations } = readLabelsAndAnnotations(fields);
  return name === null ? null : { name, namespace, labels, annotations };
}

/** Metadata of a kind that is always read as namespaced. */
export function namespaced(metadata: Metadata): NamespacedMetadata {
  return { ...metadata, namespace: metadata.namespace ?? DEFAULT_NAMESPACE };
}

const DEFAULT_NAMESPACE = 'default';

function readName(fields: Fields, rule: NameRule): string | null {
  const name = fields.string('name');
  if (name === undefined || name === '') {
    const generated = fields.has('generateName');
    if (name === '' || !fields.has('name')) {
      fields.required(
        'name',
        generated ? 'generateName works with kubectl create only; give it a name' : undefined,
      );
    }
    return null;
  }
  const problem = nameProblem(name, rule);
  if (problem === null) return name;
  const close = suggestName(name, rule);
  fields.error('name', RULE_KEYS[rule], `metadata.name: Invalid value: "${name}": ${problem}`, {
    value: name,
    hint: close === null ? null : `for example "${close}"`,
  });
  return null;
}

const RULE_KEYS = {
  subdomain: 'name.rfc1123',
  label: 'name.rfc1123',
  'label-1035': 'name.rfc1035',
  path: 'name.path',
} as const;

function readNamespace(fields: Fields): string {
  const namespace = fields.string('namespace');
  if (namespace === undefined || namespace === '') return DEFAULT_NAMESPACE;
  const problem = nameProblem(namespace, 'label');
  if (problem !== null) {
    fields.error(
      'namespace',
      'name.rfc1123',
      `metadata.namespace: Invalid value: "${namespace}": ${problem}`,
      {
        value: namespace,
        hint: suggestName(namespace, 'label'),
      },
    );
  }
  return namespace;
}

/** Reads `labels` and `annotations` of an object or a pod template. */
export function readLabelsAndAnnotations(fields: Fields | undefined): {
  labels: Labels;
  annotations: Labels;
} {
  if (fields === undefined) return { labels: {}, annotations: {} };
  return { labels: readLabels(fields, 'labels'), annotations: fields.stringMap('annotations') };
}

/** Reads a mapping of labels and checks keys and values. */
export function readLabels(fields: Fields, key: string): Labels {
  const labels = fields.stringMap(key);
  const at = fields.fields(key);
  for (const [name, value] of Object.entries(labels)) {
    const problem = labelKeyProblem(name) ?? labelValueProblem(value);
    if (problem === null) continue;
    const shown = labelKeyProblem(name) === null ? value : name;
    at?.error(name, 'label.form', `${fields.pathOf(key)}: Invalid value: "${shown}": ${problem}`, {
      value: shown,
    });
  }
  return labels;
}

/** Reads a LabelSelector; an empty one selects everything. */
export function readLabelSelector(fields: Fields): LabelSelector {
  fields.closed(['matchLabels', 'matchExpressions']);
  const expressions = fields.fieldsList('matchExpressions') ?? [];
  return {
    matchLabels: readLabels(fields, 'matchLabels'),
    matchExpressions: expressions.flatMap((each) => readExpression(each) ?? []),
  };
}

function readExpression(fields: Fields): LabelExpression | null {
  fields.closed(['key', 'operator', 'values']);
  const key = fields.string('key');
  const operator = fields.word('operator', LABEL_OPERATORS);
  const values = fields.strings('values')?.map((value) => value.text) ?? [];
  if (key === undefined && !fields.has('key')) fields.required('key');
  if (!fields.has('operator')) fields.required('operator');
  if (key === undefined || operator === undefined) return null;
  const wantsValues = operator === 'In' || operator === 'NotIn';
  if (wantsValues && values.length === 0) {
    fields.required('values', "must be specified when `operator` is 'In' or 'NotIn'");
    return null;
  }
  if (!wantsValues && values.length > 0) {
    const message = `${fields.pathOf('values')}: Forbidden: may not be specified when \`operator\` is 'Exists' or 'DoesNotExist'`;
    fields.error('values', 'selector.values', message);
    return null;
  }
  return { key, operator, values };
}
