import type { Gestures } from './gestures.ts';

export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly containerWidth: number;
  readonly containerHeight: number;
}

/** Where the sheet lies in its container: scaled by `k`, then moved. */
export interface View {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

const step = 1.4;

/** Zoom and pan of one stage: d3 reads the gestures, the view is plain state that the drawing follows. */
export class StageZoom {
  view: View = $state.raw({ k: 1, x: 0, y: 0 });
  /** Whether the reader has chosen a view; until then the stage keeps itself fitted. */
  chosen = $state(false);

  readonly #sheet: () => Sheet;
  #svg: SVGSVGElement | null = null;
  #gestures: Gestures | null = null;

  constructor(sheet: () => Sheet) {
    this.#sheet = sheet;
  }

  /** The scale at which the whole sheet fits its container. */
  get fitScale(): number {
    const { width, containerWidth } = this.#sheet();
    return width === 0 ? 1 : Math.min(1, containerWidth / width);
  }

  /** The view as SVG writes it. */
  get transform(): string {
    const { k, x, y } = this.view;
    return `translate(${x},${y}) scale(${k})`;
  }

  readonly attach = (svg: SVGSVGElement): (() => void) => {
    this.#svg = svg;
    // Who comes near the stage may be about to zoom; who only reads never loads what it takes.
    const near = () => void this.#read();
    const wheel = (event: WheelEvent) => {
      // A wheel that means the stage must not zoom the page while the gestures are under way.
      if (this.#gestures === null && this.#accepts(event)) event.preventDefault();
      near();
    };
    svg.addEventListener('pointerenter', near);
    svg.addEventListener('touchstart', near, { passive: true });
    svg.addEventListener('wheel', wheel, { passive: false });
    return () => {
      svg.removeEventListener('pointerenter', near);
      svg.removeEventListener('touchstart', near);
      svg.removeEventListener('wheel', wheel);
      this.#gestures?.stop();
      this.#gestures = null;
      this.#svg = null;
    };
  };

  /** Brings limits, and the view where none was chosen, in line with the sheet. */
  follow(): void {
    this.#gestures?.limit(this.#sheet(), this.fitScale);
    if (!this.chosen) this.#show(this.#fitted());
  }

  zoomIn(): void {
    void this.#scaleBy(step);
  }

  zoomOut(): void {
    void this.#scaleBy(1 / step);
  }

  fit(): void {
    this.chosen = false;
    this.#show(this.#fitted());
  }

  async #scaleBy(factor: number): Promise<void> {
    const gestures = await this.#read();
    if (gestures === null) return;
    this.chosen = true;
    gestures.scaleBy(factor);
  }

  /** Loads what reads gestures; null where the stage is gone, or it cannot be fetched and the next one tries again. */
  async #read(): Promise<Gestures | null> {
    if (this.#gestures !== null) return this.#gestures;
    const { readGestures } = await import('./gestures.ts').catch(() => ({ readGestures: null }));
    if (this.#gestures !== null || this.#svg === null || readGestures === null) return this.#gestures;
    const gestures = readGestures(this.#svg, {
      accepts: (event) => this.#accepts(event),
      onview: (view, byGesture) => {
        this.view = view;
        if (byGesture) this.chosen = true;
      },
    });
    gestures.limit(this.#sheet(), this.fitScale);
    gestures.show(this.view);
    this.#gestures = gestures;
    return gestures;
  }

  #fitted(): View {
    const { width, height, containerWidth, containerHeight } = this.#sheet();
    const k = this.fitScale;
    return { k, x: (containerWidth - width * k) / 2, y: (containerHeight - height * k) / 2 };
  }

  #show(view: View): void {
    this.view = view;
    this.#gestures?.show(view);
  }

  /** The wheel scrolls the page unless a key says it means the stage; one finger pans only what is zoomed in. */
  #accepts(event: Event): boolean {
    if (event instanceof WheelEvent) return event.ctrlKey || event.metaKey;
    if (typeof TouchEvent !== 'undefined' && event instanceof TouchEvent) {
      return event.touches.length > 1 || this.view.k > this.fitScale * 1.01;
    }
    return !(event instanceof MouseEvent) || event.button === 0;
  }
}
