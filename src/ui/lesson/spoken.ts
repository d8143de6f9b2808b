import { plainText } from '../../scenario/markdown/walk.ts';
import type { StepView } from '../../scenario/view.ts';
import type { I18n } from '../i18n/i18n.svelte.ts';

/** What a step says, for those who listen. */
export function stepText(view: StepView, step: number, count: number, i18n: I18n): string {
  const title = i18n.m.step_label({ number: step + 1, count, title: view.title[i18n.language] });
  const question = view.ask ? plainText(view.ask.question[i18n.language]) : '';
  return [title, plainText(view.say[i18n.language]), question].filter((part) => part !== '').join('\n');
}

/** How a step came out: the verdict on the prediction, and what the step reveals. */
export function outcomeText(view: StepView, answer: number | null, i18n: I18n): string {
  const option = answer === null ? undefined : view.ask?.options[answer];
  const verdict = option ? (option.correct ? i18n.m.ask_right() : i18n.m.ask_wrong()) : '';
  const explanation = option ? plainText(option.answer[i18n.language]) : '';
  const revealed = view.then ? plainText(view.then[i18n.language]) : '';
  return [verdict, explanation, revealed].filter((part) => part !== '').join('\n');
}
