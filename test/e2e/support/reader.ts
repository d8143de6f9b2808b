import type { JSHandle, Locator, Page } from 'playwright-core';
import { type Language, type LessonFile, type LessonStep, textOf } from './texts.ts';

/** What a reader does in a lesson, in the words of the page. */
export class Reader {
  readonly page: Page;
  readonly language: Language;
  #heard: JSHandle<string[]> | null = null;

  constructor(page: Page, language: Language) {
    this.page = page;
    this.language = language;
  }

  text(key: string, values?: Readonly<Record<string, unknown>>): string {
    return textOf(this.language, key, values);
  }

  button(key: string, values?: Readonly<Record<string, unknown>>): Locator {
    return this.page.getByRole('button', { name: this.text(key, values), exact: true });
  }

  async open(address: string, lesson: LessonFile, step?: string): Promise<void> {
    const place = step === undefined ? lesson.id : `${lesson.id}/${step}`;
    await this.page.goto(`${address}#/lesson/${place}?lang=${this.language}`);
  }

  /** Waits until a step is on display. */
  async arriveAt(step: LessonStep): Promise<void> {
    await this.page
      .getByRole('heading', { level: 1, name: step.title[this.language], exact: true })
      .waitFor();
  }

  /** From here on keeps what the page says to those who cannot see it. */
  async listen(): Promise<void> {
    this.#heard = await this.page.locator('#app > [role="status"]').evaluateHandle((region) => {
      const heard = [region.textContent];
      const note = () => heard.push(region.textContent);
      new MutationObserver(note).observe(region, { childList: true, characterData: true, subtree: true });
      return heard;
    });
  }

  /** What was said since this was last asked. */
  async heard(): Promise<string> {
    if (!this.#heard) throw new Error('nobody listened');
    return (await this.#heard.evaluate((heard) => heard.splice(0))).join('\n\n');
  }

  /** Does what the step asks for: predicts rightly, lets the goal be reached. */
  async complete(step: LessonStep): Promise<void> {
    await this.arriveAt(step);
    if (step.ask) await this.predict(step.ask.options.findIndex(({ correct }) => correct === true));
    if (step.goal) await this.solve(step.goal.hints.length);
  }

  async predict(option: number): Promise<void> {
    await this.page.getByRole('radio').nth(option).check();
    await this.button('ask_see').click();
    await this.page.getByText(this.text('ask_right'), { exact: true }).waitFor();
  }

  async solve(hints: number): Promise<void> {
    for (let left = hints; left > 0; left--) await this.button('goal_hint', { left }).click();
    await this.button('goal_solution').click();
    await this.button('goal_solve').click();
    await this.page.getByRole('heading', { name: this.text('goal_reached'), exact: true }).waitFor();
  }

  async next(step: LessonStep): Promise<void> {
    await this.button('step_next', { title: step.title[this.language] }).click();
  }

  async back(step: LessonStep): Promise<void> {
    await this.button('step_back', { title: step.title[this.language] }).click();
  }
}
