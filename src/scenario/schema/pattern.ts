import * as v from 'valibot';
import { entryKinds } from '../entryFields.ts';
import { encodeProblem } from '../problem.ts';
import { DurationSchema, oneOf, plainOrMapping, strict } from './parts.ts';

const range = strict('a range', { min: v.exactOptional(v.number()), max: v.exactOptional(v.number()) });

const plain = v.union(
  [v.string(), v.number(), v.boolean(), v.null()],
  encodeProblem({ rule: 'type', message: 'a value to match is a text, a number, true, false or null' }),
);

export const WhereValueSchema = plainOrMapping(plain, range);

/** What the fields of an entry must be: equal to a value, or a number within `{min, max}`. */
export const WhereSchema = v.pipe(
  v.record(v.pipe(v.string(), v.maxLength(60)), WhereValueSchema),
  v.check(
    (where) => Object.keys(where).length <= 20,
    encodeProblem({ rule: 'size', message: 'where takes at most 20 fields' }),
  ),
  v.description(
    'Fields of the entry and what they must be: an equal text, number, true, false or null, or {min, max}. ' +
      'A dot reaches inside (`status.name`); `actor` is the actor. A pod given as namespace/workload matches each of its pods.',
  ),
);

export type Where = v.InferOutput<typeof WhereSchema>;

export const EntryKindSchema = v.pipe(oneOf('entry kind', entryKinds), v.description('Kind of trace entry.'));

/** Entries to wait for. */
export const PatternSchema = strict('a pattern', {
  kind: EntryKindSchema,
  where: v.exactOptional(WhereSchema),
  count: v.exactOptional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(100_000),
      v.description('How many. Default 1.'),
    ),
  ),
  within: v.exactOptional(
    v.pipe(DurationSchema, v.description('Virtual time after which waiting fails. Default 1h.')),
  ),
});

export type Pattern = v.InferOutput<typeof PatternSchema>;
