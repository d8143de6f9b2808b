import { expect, test } from 'vitest';
import { currentSchema, lessonJsonSchema } from '../setup/generate-schema.ts';

test('scenarios/schema.json is what the format says (npx tsx test/setup/generate-schema.ts writes it)', async () => {
  expect(currentSchema()).toBe(await lessonJsonSchema());
});
