import { untrack } from 'svelte';

/** An attachment: focus goes in while the element is there, and back to where it came from. */
export function takeFocus(element: HTMLElement): () => void {
  const before = document.activeElement;
  element.focus({ preventScroll: true });
  return () => {
    if (before instanceof HTMLElement || before instanceof SVGElement) before.focus({ preventScroll: true });
  };
}

/** The same where it is wanted as the element comes: what opens by itself leaves the keyboard where it is. */
export function takeFocusIf(isWanted: () => boolean): (element: HTMLElement) => (() => void) | undefined {
  return (element) => (untrack(isWanted) ? takeFocus(element) : undefined);
}
