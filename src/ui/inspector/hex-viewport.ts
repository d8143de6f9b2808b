/** What of a hex view is in sight, and how large its letters are; in CSS pixels. */
export interface Viewport {
  readonly letterPx: number;
  readonly rowPx: number;
  readonly widthPx: number;
  /** First and last pixel in sight, counted from the upper edge of the first row. */
  readonly topPx: number;
  readonly bottomPx: number;
}

/** Tells how an element stands within what scrolls it, now and whenever that changes. */
export function watchViewport(element: HTMLElement, tell: (viewport: Viewport) => void): () => void {
  const scroller = scrollerOf(element);
  let frame = 0;
  const measure = (): void => {
    const style = getComputedStyle(element);
    const [own, outer] = [element.getBoundingClientRect(), scroller.getBoundingClientRect()];
    const top =
      own.top +
      element.clientTop +
      parseFloat(style.paddingTop) -
      (scroller === element ? element.scrollTop : 0);
    tell({
      letterPx: letterWidth(style),
      rowPx: parseFloat(style.lineHeight),
      widthPx: element.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight),
      topPx: outer.top - top,
      bottomPx: outer.bottom - top,
    });
  };
  const later = (): void => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(measure);
  };
  const observer = new ResizeObserver(later);
  observer.observe(element);
  observer.observe(scroller);
  scroller.addEventListener('scroll', later, { passive: true });
  measure();
  return () => {
    cancelAnimationFrame(frame);
    observer.disconnect();
    scroller.removeEventListener('scroll', later);
  };
}

/** Scrolls so that a stretch of an element, counted from its upper edge, is in sight. */
export function bringIntoSight(element: HTMLElement, fromPx: number, toPx: number, marginPx: number): void {
  const scroller = scrollerOf(element);
  const [own, outer] = [element.getBoundingClientRect(), scroller.getBoundingClientRect()];
  const origin = scroller === element ? own.top - element.scrollTop : own.top;
  const above = origin + fromPx - marginPx - outer.top;
  const below = origin + toPx + marginPx - outer.bottom;
  if (above < 0) scroller.scrollTop += above;
  else if (below > 0) scroller.scrollTop += Math.min(above, below);
}

function scrollerOf(element: HTMLElement): HTMLElement {
  for (let at: HTMLElement | null = element; at; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return document.documentElement;
}

const sample = '0123456789abcdef';

function letterWidth({ fontSize, fontFamily }: CSSStyleDeclaration): number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return parseFloat(fontSize) * 0.6;
  context.font = `${fontSize} ${fontFamily}`;
  return context.measureText(sample).width / sample.length;
}
