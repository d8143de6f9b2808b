import type { Locator } from 'playwright-core';
import { Reader } from './reader.ts';

/** Somebody with a mesh of their own. */
export class Owner extends Reader {
  get panel(): Locator {
    return this.page.getByRole('main').getByRole('tabpanel');
  }

  get editor(): Locator {
    return this.page.getByRole('textbox', { name: /mesh|\.yaml/ });
  }

  /** How much of the run has arrived, and what time it is in it. */
  async state(): Promise<readonly (string | null)[]> {
    const slider = this.page.getByRole('slider', { name: this.text('timeline_playhead') });
    return Promise.all([
      slider.getAttribute('aria-valuemax'),
      this.page.getByTitle(this.text('progress_label')).textContent(),
    ]);
  }

  async openMesh(address: string): Promise<void> {
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await this.page.goto(`${address}#/mesh?lang=${this.language}`);
    await this.editor.waitFor();
  }

  /**
   * Puts a text where the cursor is, from the clipboard as a person does. The browser reads the clipboard after the keys
   * were pressed, and what is pressed next must not overtake it.
   */
  async paste(text: string): Promise<void> {
    await this.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
    const pasting = await this.page.evaluateHandle(() => ({
      done: new Promise<void>((resolve) => {
        const arrived = () => setTimeout(resolve);
        document.addEventListener('paste', arrived, { once: true, capture: true });
      }),
    }));
    await this.page.keyboard.press('ControlOrMeta+v');
    await pasting.evaluate(({ done }) => done);
  }

  /** Puts a text in the place of the one in the editor. */
  async write(text: string): Promise<void> {
    await this.editor.focus();
    await this.page.keyboard.press('ControlOrMeta+a');
    await this.paste(text);
  }

  async append(text: string): Promise<void> {
    await this.editor.focus();
    await this.page.keyboard.press('ControlOrMeta+End');
    await this.paste(text);
  }

  async goTo(tab: 'files' | 'pods' | 'resources' | 'act'): Promise<void> {
    const label = this.text(`mesh_tab_${tab}`);
    await this.page.getByRole('tab', { name: new RegExp(`^${label}(\\s\\d+)?$`) }).click();
  }

  /** Names and identities of the pods, once so many have their certificate. */
  async pods(certified: number): Promise<readonly string[]> {
    await this.goTo('pods');
    const rows = this.panel.getByRole('listitem');
    await rows
      .filter({ hasText: 'spiffe://' })
      .nth(certified - 1)
      .waitFor();
    const names = await rows.getByRole('button').allInnerTexts();
    await this.goTo('files');
    return names.map((name) => name.replaceAll(/\s+/g, ' ').trim());
  }
}
