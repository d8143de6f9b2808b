import type { Target } from './target.ts';

/** What takes the place of the stage: the ladder of a TLS connection, or the CAs and what hangs on them. */
export type View = Extract<Target, { type: 'handshake' | 'trust' | 'rollout' }>;

export function isView(target: Target): target is View {
  return ['handshake', 'trust', 'rollout'].includes(target.type);
}

/** What the inspector shows of something: nothing of a view, but the CA that it is opened for. */
export function inspected(target: Target): Exclude<Target, View> | null {
  if (!isView(target)) return target;
  if (target.type !== 'trust' || target.authority === null) return null;
  return { type: 'authority', authority: target.authority };
}

/** The view that is open, and whether a step opened it or the reader did. */
export class OpenView {
  #view: View | null = $state.raw(null);
  #suggested = false;

  get current(): View | null {
    return this.#view;
  }

  /** Opens a view for the reader, who asked for it. */
  open(view: View): void {
    this.#view = view;
    this.#suggested = false;
  }

  /** Opens a view that a step is about. Null closes what a step before had opened. */
  suggest(view: View | null): void {
    if (view === null && !this.#suggested) return;
    this.#view = view;
    this.#suggested = view !== null;
  }

  close(): void {
    this.#view = null;
  }
}
