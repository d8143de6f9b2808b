import { expect, it } from 'vitest';
import { Announcer } from '../../src/ui/shared/announcer.svelte.ts';

it('says together what is said at the same moment', async () => {
  const announcer = new Announcer();
  announcer.say('Step 2');
  announcer.say('You predicted it.');
  await Promise.resolve();
  expect(announcer.text).toBe('Step 2\nYou predicted it.');
  announcer.say('Link copied');
  await Promise.resolve();
  expect(announcer.text).toBe('Link copied');
});

it('says the same once more in a way that is heard', async () => {
  const announcer = new Announcer();
  announcer.say('Link copied');
  await Promise.resolve();
  const before = announcer.text;
  announcer.say('Link copied');
  await Promise.resolve();
  expect(announcer.text).not.toBe(before);
  expect(announcer.text.trim()).toBe('Link copied');
});
