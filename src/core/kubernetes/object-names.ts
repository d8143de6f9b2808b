/** Which rule a kind's name follows (Kubernetes documentation, concepts/overview/working-with-objects/names). */
export type NameRule = 'subdomain' | 'label' | 'label-1035' | 'path';

/**
 * Why a name is not allowed, in the API server's words; null if it is.
 *
 * @param name - the object name
 * @param rule - `subdomain` (≤ 253) for most kinds, `label` (≤ 63) for namespaces, `label-1035` (begins with a letter)
 *   for services, `path` (no `/` or `%`) for kinds such as roles
 */
export function nameProblem(name: string, rule: NameRule): string | null {
  const { longest, pattern, text } = RULES[rule];
  if (name.length > longest) return `must be no more than ${longest} characters`;
  return pattern.test(name) ? null : text;
}

/** A name close to `name` that the rule allows, or null. */
export function suggestName(name: string, rule: NameRule): string | null {
  const close = name
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  const candidate = rule === 'subdomain' ? close : close.replaceAll('.', '-');
  return candidate !== name && nameProblem(candidate, rule) === null ? candidate : null;
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';

const RULES: Readonly<Record<NameRule, { longest: number; pattern: RegExp; text: string }>> = {
  subdomain: {
    longest: 253,
    pattern: new RegExp(`^${LABEL}(\\.${LABEL})*$`),
    text:
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
      'and must start and end with an alphanumeric character',
  },
  label: {
    longest: 63,
    pattern: new RegExp(`^${LABEL}$`),
    text:
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', " +
      'and must start and end with an alphanumeric character',
  },
  'label-1035': {
    longest: 63,
    pattern: /^[a-z]([-a-z0-9]*[a-z0-9])?$/,
    text:
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', " +
      'start with an alphabetic character, and end with an alphanumeric character',
  },
  path: { longest: 253, pattern: /^(?!\.{1,2}$)[^/%]+$/, text: "may not contain '/' or '%'" },
};

const QUALIFIED_NAME = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

/** Why a label or annotation key is not allowed; null if it is. */
export function labelKeyProblem(key: string): string | null {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? null : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (prefix !== null && nameProblem(prefix, 'subdomain') !== null)
    return `prefix part must be a DNS subdomain`;
  if (name.length > 63) return 'name part must be no more than 63 characters';
  return QUALIFIED_NAME.test(name) ? null : NAME_PART;
}

/** Why a label value is not allowed; null if it is. */
export function labelValueProblem(value: string): string | null {
  if (value === '') return null;
  if (value.length > 63) return 'must be no more than 63 characters';
  return QUALIFIED_NAME.test(value) ? null : LABEL_VALUE;
}

const CHARACTERS =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const NAME_PART = `name part ${CHARACTERS}`;
const LABEL_VALUE = `a valid label must be an empty string or ${CHARACTERS.replace('must consist', 'consist')}`;
