import type { Locator, Page } from 'playwright-core';

/** What has the keyboard's focus. */
export interface Focused {
  /** Tells one element from another. */
  readonly key: string;
  /** Whether it can be told from the same thing without the focus. */
  readonly visible: boolean;
  /** Whether something takes the Tab key for itself. */
  readonly editor: boolean;
}

/** What has the focus; null where nothing has it. */
export async function focused(page: Page): Promise<Focused | null> {
  const found = await page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    if (!element || element === document.body) return null;
    const outlined = [undefined, '::before', '::after'].some((pseudo) => {
      const { outlineStyle, outlineWidth } = getComputedStyle(element, pseudo);
      return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1;
    });
    const { x, y, width, height } = element.getBoundingClientRect();
    const named = element.getAttribute('aria-label') ?? element.textContent.trim().replaceAll(/\s+/g, ' ');
    const editor = element.classList.contains('cm-content');
    return {
      key: `${element.tagName} ${named.slice(0, 60)} @${Math.round(x)},${Math.round(y)}`,
      outlined,
      x,
      y,
      width,
      height,
      editor,
    };
  });
  if (!found) return null;
  const { key, editor, outlined } = found;
  return { key, editor, visible: outlined || (await looksFocused(page, found)) };
}

/** Whether the place looks another when the focus has gone. */
async function looksFocused(
  page: Page,
  box: { x: number; y: number; width: number; height: number },
): Promise<boolean> {
  const size = page.viewportSize() ?? { width: 0, height: 0 };
  const [x, y] = [Math.max(0, box.x - 12), Math.max(0, box.y - 12)];
  const clip = {
    x,
    y,
    width: Math.min(size.width, box.x + box.width + 12) - x,
    height: Math.min(size.height, box.y + box.height + 12) - y,
  };
  if (clip.width <= 0 || clip.height <= 0) return false;
  const withFocus = await page.screenshot({ clip });
  const element = await page.evaluateHandle(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    (active as HTMLElement).blur();
    return active as HTMLElement;
  });
  const without = await page.screenshot({ clip });
  await element.evaluate((active) => {
    active.focus({ preventScroll: true });
  });
  return !withFocus.equals(without);
}

/** Goes through everything that Tab reaches, once round. */
export async function tabStops(page: Page): Promise<readonly Focused[]> {
  const stops = new Map<string, Focused>();
  let last: Focused | null = null;
  for (let presses = 0; presses < 300; presses++) {
    if (last?.editor) await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    last = await focused(page);
    // After the last stop comes the browser itself, and then the first.
    if (last === null) continue;
    if (stops.has(last.key)) return [...stops.values()];
    stops.set(last.key, last);
  }
  throw new Error(`Tab does not come round: ${[...stops.keys()].slice(-5).join(', ')}`);
}

/** Presses Tab until something has the focus. */
export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let presses = 0; presses < 200; presses++) {
    if (await isFocused(wanted)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${String(wanted)}`);
}

export function isFocused(element: Locator): Promise<boolean> {
  return element.evaluate((one) => one === (one.getRootNode() as Document).activeElement);
}
