/** Labels of an object, or pairs that are asked for. */
export type Labels = Readonly<Record<string, string>>;

/** A label selector as workloads and network policies use it; an empty one selects everything. */
export interface LabelSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly LabelExpression[];
}

/** One requirement of `matchExpressions`. */
export interface LabelExpression {
  readonly key: string;
  readonly operator: LabelOperator;
  readonly values: readonly string[];
}

/** Operators of a requirement (meta/v1 LabelSelectorOperator). */
export const LABEL_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const;
export type LabelOperator = (typeof LABEL_OPERATORS)[number];

/**
 * Whether a selector selects labels: every entry of `matchLabels` and every expression must hold (Kubernetes API,
 * meta/v1 LabelSelector). `NotIn` and `DoesNotExist` also hold where the key is missing.
 */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return (
    matchesLabels(selector.matchLabels, labels) &&
    selector.matchExpressions.every((each) => holds(each, labels))
  );
}

/** Whether `labels` carry every wanted pair; an empty set of wanted pairs matches everything. */
export function matchesLabels(wanted: Labels, labels: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labelOf(labels, key) === value);
}

function holds({ key, operator, values }: LabelExpression, labels: Labels): boolean {
  const value = labelOf(labels, key);
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
  }
}

function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** A selector as kubectl prints it: `app=order,tier in (a,b),!legacy`; `<none>` for one that selects everything. */
export function formatSelector(selector: LabelSelector): string {
  const parts = [
    ...Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${value}`),
    ...selector.matchExpressions.map(formatExpression),
  ];
  return parts.length === 0 ? '<none>' : parts.join(',');
}

function formatExpression({ key, operator, values }: LabelExpression): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
}
