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
        await reader.open(address, lesson);
        for (const [i, step] of lesson.steps.entries()) {
          if (i > 0) await reader.next(step);
          await reader.complete(step);
          expect(await disagreement.count(), step.id).toBe(0);
        }
        await page
          .getByRole('link', { name: reader.text('lesson_finish'), exact: true })
          .first()
          .waitFor();
        for (const step of lesson.steps.slice(0, -1).reverse()) {
          await reader.back(step);
          await reader.arriveAt(step);
        }
        expect(await reader.button('step_first').isDisabled()).toBe(true);
      });
    },
  );
});
