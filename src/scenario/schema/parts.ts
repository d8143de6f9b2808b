import * as v from 'valibot';
import { didYouMean } from '../../core/kubernetes/suggest.ts';
import { durationPattern, parseDuration } from '../../core/time/duration.ts';
import { languages } from '../language.ts';
import { encodeProblem } from '../problem.ts';

/** An object that takes only the keys it names; a mistyped key gets a hint. `what` names it in errors. */
export function strict<const E extends v.ObjectEntries>(what: string, entries: E) {
  const keys = Object.keys(entries);
  return v.strictObject(entries, (issue) => objectProblem(what, keys, issue));
}

function objectProblem(what: string, keys: readonly string[], issue: v.StrictObjectIssue): string {
  const key = String(issue.path?.at(-1)?.key ?? '');
  // A list is an object to the schema library, and its indices are keys.
  if (Array.isArray(issue.path?.at(-1)?.input)) {
    return encodeProblem({ rule: 'type', message: `${what} must be a mapping, found a list` });
  }
  if (issue.expected === 'never') {
    const hint = didYouMean(key, keys) ?? `${what} takes ${keys.join(', ')}`;
    return encodeProblem({ rule: 'unknown-key', message: `unknown key "${key}" in ${what}`, hint });
  }
  if (issue.expected === 'Object') {
    return encodeProblem({ rule: 'type', message: `${what} must be a mapping, found ${issue.received}` });
  }
  return encodeProblem({ rule: 'missing-key', message: `${what} lacks "${key}"` });
}

/**
 * A mapping with exactly one of several keys (`- advance: 12h`). The key picks the schema, so that an error
 * speaks of that form alone and not of every form it could have been.
 */
export function oneOfForms<const F extends Readonly<Record<string, v.GenericSchema>>>(
  what: string,
  forms: F,
) {
  const union = v.union(Object.values(forms)) as v.GenericSchema<unknown, v.InferOutput<F[keyof F]>>;
  return v.lazy((input) => (input === undefined ? union : pickForm(what, forms, input)));
}

function pickForm<F extends Readonly<Record<string, v.GenericSchema>>>(
  what: string,
  forms: F,
  input: unknown,
) {
  type Form = v.GenericSchema<unknown, v.InferOutput<F[keyof F]>>;
  const keys = typeof input === 'object' && input !== null ? Object.keys(input) : [];
  const known = keys.find((key) => Object.hasOwn(forms, key));
  if (known !== undefined) return forms[known] as unknown as Form;
  return v.custom<v.InferOutput<F[keyof F]>>(
    () => false,
    () => formProblem(what, Object.keys(forms), keys[0]),
  ) as Form;
}

function formProblem(what: string, forms: readonly string[], key: string | undefined): string {
  const hint = key === undefined ? undefined : didYouMean(key, forms);
  const known = `known: ${forms.join(', ')}`;
  if (key === undefined) {
    return encodeProblem({ rule: 'type', message: `${what} must be a mapping with one key`, hint: known });
  }
  return encodeProblem({ rule: `unknown-${what}`, message: `unknown ${what} "${key}"`, hint: hint ?? known });
}

/** Either a plain value or a mapping; the shape of the input picks, so that an error speaks of that form alone. */
export function plainOrMapping<const P extends v.GenericSchema, const M extends v.GenericSchema>(
  plain: P,
  mapping: M,
) {
  type Either = v.GenericSchema<unknown, v.InferOutput<P> | v.InferOutput<M>>;
  const union = v.union([plain, mapping]) as unknown as Either;
  return v.lazy((input) => {
    if (input === undefined) return union;
    return (typeof input === 'object' && input !== null ? mapping : plain) as unknown as Either;
  });
}

/** One of a list of words; a mistyped one gets a hint. */
export function oneOf<const O extends readonly string[]>(what: string, options: O) {
  return v.picklist(options, (issue) => {
    const value = issue.received.replace(/^"|"$/g, '');
    const hint = didYouMean(value, options) ?? `known: ${options.join(', ')}`;
    return encodeProblem({ rule: 'unknown-value', message: `unknown ${what} ${issue.received}`, hint });
  });
}

/** A text of a given form. */
export function matching(what: string, form: RegExp, example: string) {
  const message = (issue: { received: string }) =>
    encodeProblem({
      rule: 'form',
      message: `${issue.received} is not ${what}`,
      hint: `for example ${example}`,
    });
  return v.pipe(v.string(), v.maxLength(256), v.regex(form, message));
}

export const PodSelectorSchema = v.pipe(
  matching(
    'a pod or workload',
    /^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/,
    'shop/order',
  ),
  v.description('A pod: `namespace/workload` for its newest pod, or the exact `namespace/pod-name`.'),
);

export const WorkloadSchema = v.pipe(
  matching('a workload', /^[a-z0-9]([-a-z0-9]*[a-z0-9])?\/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'shop/order'),
  v.description('A workload: `namespace/name` of a Deployment.'),
);

export const DurationSchema = v.pipe(
  v.string(),
  v.regex(durationPattern, (issue) =>
    encodeProblem({
      rule: 'duration',
      message: `${issue.received} is not a duration`,
      hint: 'for example 90s, 12h, 1h30m, 2d',
    }),
  ),
  v.check(
    (text) => (parseDuration(text) ?? 0) <= 20 * 366 * 86_400_000,
    encodeProblem({ rule: 'duration', message: 'a duration is at most twenty years' }),
  ),
  v.description('A duration as Go writes it, plus `d` for days: 500ms, 90s, 1h30m, 12h, 2d.'),
);

/** Identifiers that stand in links: they must survive an address bar unchanged. */
export const IdSchema = v.pipe(
  matching('an identifier', /^[a-z0-9]+(-[a-z0-9]+)*$/, 'two-envoys'),
  v.maxLength(60),
  v.description('Lower-case letters, digits and single hyphens; used in links.'),
);

/** A text in every language. */
export function localized(what: string, maxLength: number, description: string) {
  const text = v.pipe(
    v.string(),
    v.check(
      (value) => value.trim() !== '',
      encodeProblem({ rule: 'empty-text', message: `${what} is empty in this language` }),
    ),
    v.maxLength(
      maxLength,
      encodeProblem({ rule: 'size', message: `${what} is longer than ${maxLength} characters` }),
    ),
  );
  const entries = Object.fromEntries(languages.map((language) => [language, text])) as Record<
    (typeof languages)[number],
    typeof text
  >;
  return v.pipe(strict(what, entries), v.description(description));
}

const markdownNote = 'Markdown subset: paragraphs, **bold**, *emphasis*, `code`, - lists, [text](reference).';

export function localizedMarkdown(what: string, description: string) {
  return localized(what, 6_000, `${description} ${markdownNote}`);
}

/** A list with a bound; every list of a lesson has one, since a lesson is untrusted input. */
export function listOf<const S extends v.GenericSchema>(what: string, item: S, max: number, min = 0) {
  const few = encodeProblem({ rule: 'size', message: `${what} needs at least ${min}` });
  const many = encodeProblem({ rule: 'size', message: `${what} takes at most ${max}` });
  return v.pipe(v.array(item), v.minLength(min, few), v.maxLength(max, many));
}
