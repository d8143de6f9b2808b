import { targetKey, type Target } from './target.ts';

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

/** The view that is open, and the one that a step would like to show. */
export class OpenView {
  #current: View | null = $state.raw(null);
  #offered: View | null = $state.raw(null);
  #isAskedFor = $state(false);
  /** It closes with the step that is about it. */
  #isOfStep = false;

  get current(): View | null {
    return this.#current;
  }

  /** What the step on display is about; open or not. */
  get offered(): View | null {
    return this.#offered;
  }

  /** Whether the reader asked for it. What a step opens must not take the place of its story, nor the keyboard. */
  get isAskedFor(): boolean {
    return this.#isAskedFor;
  }

  /** The TLS connection that is open as a ladder. */
  get handshake(): string | null {
    return this.#current?.type === 'handshake' ? this.#current.connection : null;
  }

  /** Where there is room for it beside the story; on a small page it waits until the reader asks for it. */
  isOpen(isNarrow: boolean): boolean {
    return this.#current !== null && (this.#isAskedFor || !isNarrow);
  }

  /** Opens one for the reader, who asked for it. */
  ask(view: View): void {
    this.#current = view;
    this.#isAskedFor = true;
    this.#isOfStep = isSame(view, this.#offered);
  }

  /** Opens the one that a step is about. Null closes what a step has opened, and leaves what the reader asked for. */
  offer(view: View | null): void {
    this.#offered = view;
    if (view === null) {
      if (this.#isOfStep) this.close();
      return;
    }
    if (!isSame(view, this.#current)) this.#isAskedFor = false;
    this.#current = view;
    this.#isOfStep = true;
  }

  close(): void {
    this.#current = null;
    this.#isAskedFor = false;
    this.#isOfStep = false;
  }

  clear(): void {
    this.close();
    this.#offered = null;
  }
}

export function isSame(one: View | null, other: View | null): boolean {
  if (one === null || other === null) return one === other;
  return one.type === other.type && targetKey(one) === targetKey(other);
}
