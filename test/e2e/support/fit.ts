import type { Page } from 'playwright-core';

/** What stands out of the page to the right, though nothing there scrolls; one line each. */
export function overhanging(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const found: string[] = [];
    if (document.documentElement.scrollWidth > width) {
      found.push(`the page scrolls sideways: ${document.documentElement.scrollWidth} > ${width}`);
    }
    for (const element of document.querySelectorAll(
      'button, a, input, select, textarea, h1, h2, h3, p, li, label',
    )) {
      const { right, width: own, height } = element.getBoundingClientRect();
      if (right <= width + 1 || own <= 1 || height <= 1 || !element.checkVisibility()) continue;
      if (!isInScroller(element))
        found.push(
          `${element.tagName} “${element.textContent.trim().slice(0, 60)}” ends at ${Math.round(right)} of ${width}`,
        );
    }
    return found;

    function isInScroller(element: Element): boolean {
      for (let each = element.parentElement; each; each = each.parentElement) {
        const { overflowX } = getComputedStyle(each);
        if ((overflowX === 'auto' || overflowX === 'scroll') && each.scrollWidth > each.clientWidth)
          return true;
        if (each.matches('.visually-hidden, svg')) return true;
      }
      return false;
    }
  });
}
