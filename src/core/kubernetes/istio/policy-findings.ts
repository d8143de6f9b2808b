import type { Fields } from '../fields.ts';
import type { SourcePosition } from '../input.ts';
import type { Metadata } from '../resources.ts';
import type { AuthorizationAction } from './authorization-policy.ts';

/** A condition that is not decided here: the field that asks for it, and its path below the rule. */
export interface UnknownCondition {
  readonly fields: Fields;
  readonly key: string;
  readonly path: string;
}

/** Says what is wrong with a policy in the words of istiod's validation webhook. */
export class PolicyFindings {
  readonly #policy: string;

  constructor({ name, namespace }: Metadata) {
    this.#policy = `${name}.${namespace ?? ''}`;
  }

  /** An error at a field. */
  error(fields: Fields, key: string, rule: string, message: string, value?: string) {
    this.errorAt(fields, fields.atOf(key), rule, message, value);
  }

  /** An error at a place of its own, such as an item of a list. */
  errorAt(fields: Fields, at: SourcePosition, rule: string, message: string, value?: string) {
    const more = value === undefined ? {} : { value };
    fields.findings.error(at, rule, fields.named(this.invalid(message)), more);
  }

  /** The message as the webhook prefixes it. */
  invalid(message: string): string {
    return `invalid policy ${this.#policy}: ${message}`;
  }

  /** A part of a rule that is there and says nothing. */
  emptyPart(fields: Fields, part: 'from.source' | 'to.operation', what: 'nil' | 'empty', rule: number) {
    const message = `\`${part}\` must not be ${what}, found at rule ${rule}`;
    this.errorAt(fields, fields.at, 'authorization.rule', message);
  }

  /** Names conditions that are not decided here, and what becomes of the part they stand in. */
  notUnderstood(
    part: Fields,
    unknown: readonly UnknownCondition[],
    action: AuthorizationAction,
    kind: 'rule' | 'source',
  ) {
    const effect = action === 'ALLOW' ? `this ${kind} allows nothing` : `this ${kind} is applied without it`;
    for (const { fields, key, path } of unknown) {
      const message = `${part.path}: ${path} is not decided here yet; ${effect}`;
      fields.notice(key, 'authorization.notUnderstood', message);
    }
  }
}

/** The part of a path below its rule: `to[0].operation.paths`. */
export function belowRule(path: string): string {
  return path.replace(/^spec\.rules\[\d+\]\./, '');
}
