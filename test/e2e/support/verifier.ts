import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { root } from './dist.ts';
import { type Language, textOf } from './texts.ts';

const texts = new Map<string, Readonly<Record<string, string>>>();

/** A text that comes with the page on verification alone. */
function late(language: Language, key: string): string {
  for (const part of ['walk', 'page']) {
    const path = `${root}src/ui/verify/${part}.${language}.json`;
    const known = texts.get(path) ?? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>);
    texts.set(path, known);
    if (known[key] !== undefined) return known[key];
  }
  throw new Error(`no text ${key} in ${language}`);
}

/** Somebody with a chain they want to have judged. */
export class Verifier {
  readonly page: Page;
  readonly language: Language;

  constructor(page: Page, language: Language) {
    this.page = page;
    this.language = language;
  }

  async open(address: string): Promise<void> {
    await this.page.goto(`${address}#/verify?lang=${this.language}`);
    await this.page.getByRole('heading', { level: 1, name: this.text('title') }).waitFor();
  }

  text(key: string, values: Readonly<Record<string, string | number>> = {}): string {
    return late(this.language, key).replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name]));
  }

  /** A text that every page has. */
  common(key: string): string {
    return textOf(this.language, key);
  }

  field(name: 'chain' | 'roots'): Locator {
    return this.page.getByRole('textbox', { name: this.text(`${name}_label`) });
  }

  button(key: string, values: Readonly<Record<string, string | number>> = {}): Locator {
    return this.page.getByRole('button', { name: this.text(key, values), exact: true });
  }

  choice(key: string): Locator {
    return this.page.getByRole('combobox', { name: this.text(key), exact: true });
  }

  async example(name: string): Promise<void> {
    await this.page.getByRole('button', { name: this.text(`example_${name}`) }).click();
  }

  /** Waits for a verdict: `valid`, or the code of a refusal. */
  async verdict(code: string): Promise<void> {
    const verdict = this.page.locator('.verdict');
    if (code === 'valid') await verdict.getByText(this.text('verdict_valid'), { exact: true }).waitFor();
    else await verdict.getByText(code, { exact: true }).waitFor();
  }

  /** Each path that was tried: whether it is open, and what came of it. */
  async paths(): Promise<readonly (readonly [open: boolean, summary: string])[]> {
    return this.page.locator('details.path').evaluateAll((all) =>
      all.map((path) => {
        const summary = path.querySelector('summary')?.textContent.replaceAll(/\s+/g, ' ').trim() ?? '';
        return [(path as HTMLDetailsElement).open, summary] as const;
      }),
    );
  }

  async drop(files: Readonly<Record<string, Buffer>>, on: Locator): Promise<void> {
    const transfer = await this.page.evaluateHandle(
      (all) => {
        const made = new DataTransfer();
        for (const [name, bytes] of all) made.items.add(new File([new Uint8Array(bytes)], name));
        return made;
      },
      Object.entries(files).map(([name, bytes]) => [name, [...bytes]] as const),
    );
    await on.dispatchEvent('drop', { dataTransfer: transfer });
  }
}
