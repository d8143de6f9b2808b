import * as v from 'valibot';
import type { ReferenceName } from '../../core/pki/index.ts';
import type { VerifyCase } from '../../projection/verify/evidence.ts';
import { type PemContent, readCertificates, readCrls } from './read-pem.ts';

/** A line that is no case; the code says what of it cannot be used. */
export class UnusableCase extends Error {
  override readonly name = 'UnusableCase';
  readonly code: 'bad-case' | 'unreadable-certificate' | 'unreadable-crl';

  constructor(code: UnusableCase['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const optional = <T extends v.GenericSchema>(schema: T) => v.optional(v.nullable(schema));

const pems = optional(v.array(v.string()));

const OID = v.pipe(v.string(), v.regex(/^([0-2](\.\d+)+|anyPolicy)$/, 'is no object identifier'));

/** One line of `--batch`, as its help says; null is as good as absent. */
const caseSchema = v.object({
  leaf: v.string(),
  intermediates: pems,
  roots: pems,
  crls: pems,
  at: optional(
    v.pipe(
      v.string(),
      v.check((text) => !Number.isNaN(Date.parse(text)), 'is no instant'),
    ),
  ),
  purpose: optional(v.picklist(['server', 'client', 'any'])),
  name: optional(
    v.pipe(
      v.record(v.picklist(['dns', 'ip', 'uri', 'email']), v.optional(v.string())),
      v.check((name) => Object.keys(name).length === 1, 'has to be one of dns, ip, uri and email'),
    ),
  ),
  policy: optional(
    v.object({
      initial: optional(v.array(OID)),
      explicit: optional(v.boolean()),
      inhibitMapping: optional(v.boolean()),
      inhibitAny: optional(v.boolean()),
    }),
  ),
  maxDepth: optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
  revocation: optional(v.picklist(['hard', 'soft', 'off'])),
});

type BatchCase = v.InferOutput<typeof caseSchema>;

/** A case, and certificates of it that could not be read and may not be needed. */
export interface ReadCase {
  readonly input: VerifyCase;
  readonly faults: readonly string[];
}

/**
 * Reads one line's object.
 *
 * @param now when a case without `at` is judged
 * @throws UnusableCase where it has another shape, or where leaf, all roots or a list that decides cannot be read
 */
export function readCase(value: unknown, profile: VerifyCase['profile'], now: Date): ReadCase {
  const parsed = v.safeParse(caseSchema, value);
  if (!parsed.success) throw new UnusableCase('bad-case', issueText(parsed.issues[0]));
  const { output } = parsed;
  const leaf = readCertificates(output.leaf);
  if (leaf.items.length === 0) throw unreadable('leaf', leaf.faults);
  const others = readAll(output.intermediates ?? [], readCertificates, 'intermediates');
  const roots = readAll(output.roots ?? [], readCertificates, 'roots');
  const crls = readAll(output.crls ?? [], readCrls, 'crls');
  // A list at hand that cannot be read may be the one that revokes.
  const revocation = output.revocation ?? 'at-hand';
  if (revocation === 'at-hand' && crls.faults.length > 0)
    throw new UnusableCase('unreadable-crl', crls.faults.join('; '));
  const policies = policiesOf(output.policy);
  const name = nameOf(output.name);
  const input: VerifyCase = {
    chain: [...leaf.items, ...others.items],
    roots: roots.items,
    crls: crls.items,
    staple: null,
    at: typeof output.at === 'string' ? new Date(output.at) : now,
    purpose: PURPOSES[output.purpose ?? 'any'],
    profile,
    revocation,
    ...(name === undefined ? {} : { name }),
    ...(policies === undefined ? {} : { policies }),
    ...(typeof output.maxDepth === 'number' ? { maxDepth: output.maxDepth } : {}),
  };
  return { input, faults: [...others.faults, ...roots.faults] };
}

export const PURPOSES = { server: 'serverAuth', client: 'clientAuth', any: 'any' } as const;

function readAll<T>(
  texts: readonly string[],
  read: (text: string) => PemContent<T>,
  field: string,
): PemContent<T> {
  const items: T[] = [];
  const faults: string[] = [];
  for (const [index, text] of texts.entries()) {
    const content = read(text);
    items.push(...content.items);
    faults.push(...content.faults.map((fault) => `${field}[${index}]: ${fault}`));
  }
  return { items, faults };
}

function unreadable(field: string, faults: readonly string[]): UnusableCase {
  return new UnusableCase('unreadable-certificate', `${field}: ${faults.join('; ')}`);
}

function policiesOf(policy: BatchCase['policy']): VerifyCase['policies'] {
  if (policy === null || policy === undefined) return undefined;
  const initial = (policy.initial ?? []).map((oid) => (oid === 'anyPolicy' ? '2.5.29.32.0' : oid));
  return {
    ...(initial.length === 0 ? {} : { initial }),
    explicit: policy.explicit ?? false,
    inhibitMapping: policy.inhibitMapping ?? false,
    inhibitAny: policy.inhibitAny ?? false,
  };
}

function nameOf(name: BatchCase['name']): ReferenceName | undefined {
  const [entry] = Object.entries(name ?? {});
  return entry === undefined ? undefined : { type: entry[0] as ReferenceName['type'], value: entry[1] ?? '' };
}

function issueText(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue);
  return where === null ? issue.message : `${where}: ${issue.message}`;
}
