import type { Locator } from 'playwright-core';
import { Reader } from './reader.ts';

/** A reader who looks into things. */
export class Examiner extends Reader {
  /** The inspector beside the stage, or in a sheet where there is no room for it. */
  get inspector(): Locator {
    const name = this.text('area_inspector');
    return this.page.getByRole('complementary', { name }).or(this.page.getByRole('dialog', { name }));
  }

  /** What a workload's pod holds, on the stage: `stage_envoy_secret`, `stage_holds_token` … */
  held(workload: string, what: string): Locator {
    const pod = this.page.locator('g.pod', { has: this.page.locator(`[data-pod*="/${workload}-"]`) });
    return pod.getByRole('button', { name: this.text(what), exact: true });
  }

  async tab(name: 'fields' | 'structure' | 'hex' | 'prove'): Promise<void> {
    await this.inspector.getByRole('tab', { name: this.text(`inspector_tab_${name}`), exact: true }).click();
  }

  field(label: string): Locator {
    const name = new RegExp(`^${label}\\b`);
    return this.inspector.locator('.row', { has: this.page.getByRole('button', { name }) }).first();
  }

  override async valueOf(label: string): Promise<string> {
    return this.field(label).locator('.value > span').last().innerText();
  }

  /** The bytes that are lit up, in hexadecimal. */
  async lit(): Promise<string> {
    return (await this.inspector.locator('.hex .lit').allInnerTexts()).join('').replaceAll(/\s/g, '');
  }

  /** Presses a button that copies; what is in the clipboard then. */
  async copied(button: string): Promise<string> {
    await this.inspector.getByRole('button', { name: this.text(button), exact: true }).click();
    await this.inspector
      .getByRole('button', { name: this.text('inspector_copied'), exact: true })
      .first()
      .waitFor();
    return this.page.evaluate(() => navigator.clipboard.readText());
  }
}
