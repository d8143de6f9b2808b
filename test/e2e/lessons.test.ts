import { describe, expect, test } from 'vitest';
import { Reader } from './support/reader.ts';
import { address, visiting, withChromium } from './support/suite.ts';
import { languages, lessons } from './support/texts.ts';

withChromium();

describe.each(languages)('in %s', (language) => {
  test.each(lessons.map((lesson) => [lesson.id, lesson] as const))(
    '%s goes to its end and back to its beginning without a complaint',
    async (_id, lesson) => {
      await visiting({}, async ({ page }) => {
        const reader = new Reader(page, language);
        const disagreement = page.getByText(reader.text('disagreements_heading', { count: '' }).trim());
        const count = lesson.steps.length;
        const isAt = async (index: number): Promise<void> => {
          const { id, title } = lesson.steps[index]!;
          expect(page.url(), id).toMatch(new RegExp(`#/lesson/${lesson.id}/${id}\\?lang=${language}$`));
          const label = { number: index + 1, count, title: title[language] };
          expect(await reader.heard(), id).toContain(reader.text('step_label', label));
          expect(await disagreement.count(), id).toBe(0);
        };

        await reader.open(address, lesson);
        await reader.arriveAt(lesson.steps[0]!);
        await reader.listen();
        for (const [i, step] of lesson.steps.entries()) {
          if (i > 0) await reader.next(step);
          await reader.complete(step);
          await isAt(i);
        }
        const onward = page.getByRole('main').getByRole('link').last();
        expect(await onward.getAttribute('href')).toMatch(/^#\/(lesson\/[a-z-]+)?\?lang=/);
        for (const [i, step] of [...lesson.steps.entries()].slice(0, -1).reverse()) {
          await reader.back(step);
          await reader.arriveAt(step);
          await isAt(i);
        }
        await expect.poll(() => reader.button('step_first').isDisabled()).toBe(true);
      });
    },
  );
});
