/** Whether a key press on a focused drawing means what a click means; keeps the page from scrolling on Space. */
export function isPress(event: KeyboardEvent): boolean {
  if (event.key !== 'Enter' && event.key !== ' ') return false;
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  event.preventDefault();
  return true;
}
