import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import { format, resolveConfig } from 'prettier';
import { AdvanceSchema, CommandSchema, MomentSchema } from '../../src/scenario/schema/command.ts';
import { CountSchema, ExpectationSchema } from '../../src/scenario/schema/expectation.ts';
import { LessonSchema } from '../../src/scenario/schema/lesson.ts';
import { WhereValueSchema } from '../../src/scenario/schema/pattern.ts';

/** The JSON Schema by which editors complete and check lesson files. */
export const schemaPath = fileURLToPath(new URL('../../scenarios/schema.json', import.meta.url));

/** Schemas used in many places: they stand once in the file, by name. */
const named = {
  command: CommandSchema,
  expectation: ExpectationSchema,
  advance: AdvanceSchema,
  moment: MomentSchema,
  value: WhereValueSchema,
  count: CountSchema,
};

/** The text `scenarios/schema.json` must have. Rules JSON Schema cannot say are left to the loader. */
export async function lessonJsonSchema(): Promise<string> {
  const { $schema, ...schema } = toJsonSchema(LessonSchema, {
    typeMode: 'input',
    target: 'draft-07',
    ignoreActions: ['check'],
    errorMode: 'throw',
    definitions: Object.fromEntries(
      Object.entries(named).map(([name, lazy]) => [name, lazy.getter(undefined)]),
    ),
  });
  const config = await resolveConfig(schemaPath);
  return format(JSON.stringify({ $schema, ...schema }), { ...config, parser: 'json' });
}

export function currentSchema(): string {
  return readFileSync(schemaPath, 'utf8');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(schemaPath, await lessonJsonSchema());
}
