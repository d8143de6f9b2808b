const typing = 'input, textarea, select, [contenteditable="true"], [role="textbox"]';
const ownArrows =
  '[role="slider"], [role="tab"], [role="radio"], [role="tree"], [role="treeitem"], [role="grid"], [role="listbox"], [role="menu"], [role="application"]';
const activated = 'button, a[href], summary, [role="button"]';

/** Whether a key press is free to mean something to the page: nobody else has taken it, and nobody is typing. */
function isFree(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return false;
  // An editor in a shadow root shows only its host as the target.
  const target = event.composedPath()[0];
  if (!(target instanceof Element)) return true;
  if (target.closest('dialog[open]') || target.closest(typing)) return false;
  if (event.key === ' ' || event.key === 'Enter') return target.closest(activated) === null;
  return !(event.key.startsWith('Arrow') && target.closest(ownArrows) !== null);
}

/** A handler for the window that makes keys do things, where they are free. */
export function pageKeys(moves: Readonly<Record<string, () => void>>): (event: KeyboardEvent) => void {
  return (event) => {
    const move = moves[event.key];
    if (!move || !isFree(event)) return;
    event.preventDefault();
    move();
  };
}
