import { select } from 'd3-selection';
import {
  zoom as d3Zoom,
  zoomIdentity,
  type D3ZoomEvent,
  type ZoomBehavior,
  type ZoomTransform,
} from 'd3-zoom';

export interface Sheet {
  readonly width: number;
  readonly height: number;
  readonly containerWidth: number;
  readonly containerHeight: number;
}

const step = 1.4;

/** Zoom and pan of one stage: d3 reads the gestures, the transform is plain state that the drawing follows. */
export class StageZoom {
  transform = $state.raw<ZoomTransform>(zoomIdentity);
  /** Whether the reader has chosen a view; until then the stage keeps itself fitted. */
  chosen = $state(false);

  #sheet: () => Sheet;
  #svg: SVGSVGElement | null = null;
  #behaviour: ZoomBehavior<SVGSVGElement, unknown>;

  constructor(sheet: () => Sheet) {
    this.#sheet = sheet;
    this.#behaviour = d3Zoom<SVGSVGElement, unknown>()
      .filter((event: Event) => this.#accepts(event))
      .clickDistance(4)
      .on('zoom', (event: D3ZoomEvent<SVGSVGElement, unknown>) => {
        this.transform = event.transform;
        if (event.sourceEvent !== null) this.chosen = true;
      });
  }

  /** The scale at which the whole sheet fits its container. */
  get fitScale(): number {
    const { width, containerWidth } = this.#sheet();
    return width === 0 ? 1 : Math.min(1, containerWidth / width);
  }

  readonly attach = (svg: SVGSVGElement): (() => void) => {
    this.#svg = svg;
    const selection = select(svg);
    selection.call(this.#behaviour).on('dblclick.zoom', null);
    return () => {
      selection.on('.zoom', null);
      this.#svg = null;
    };
  };

  /** Brings limits, and the view where none was chosen, in line with the sheet. */
  follow(): void {
    const { width, height } = this.#sheet();
    const margin = 80;
    this.#behaviour.scaleExtent([this.fitScale * 0.8, 6]).translateExtent([
      [-margin, -margin],
      [width + margin, height + margin],
    ]);
    if (!this.chosen) this.#apply(this.#fitted());
  }

  zoomIn(): void {
    this.#scaleBy(step);
  }

  zoomOut(): void {
    this.#scaleBy(1 / step);
  }

  fit(): void {
    this.chosen = false;
    this.#apply(this.#fitted());
  }

  #scaleBy(factor: number): void {
    if (this.#svg === null) return;
    const { containerWidth, containerHeight } = this.#sheet();
    this.chosen = true;
    this.#behaviour.scaleBy(select(this.#svg), factor, [containerWidth / 2, containerHeight / 2]);
  }

  #fitted(): ZoomTransform {
    const { width, height, containerWidth, containerHeight } = this.#sheet();
    const scale = this.fitScale;
    return zoomIdentity
      .translate((containerWidth - width * scale) / 2, (containerHeight - height * scale) / 2)
      .scale(scale);
  }

  #apply(transform: ZoomTransform): void {
    if (this.#svg !== null) this.#behaviour.transform(select(this.#svg), transform);
  }

  /** The wheel scrolls the page unless a key says it means the stage; one finger pans only what is zoomed in. */
  #accepts(event: Event): boolean {
    if (event instanceof WheelEvent) return event.ctrlKey || event.metaKey;
    if (typeof TouchEvent !== 'undefined' && event instanceof TouchEvent) {
      return event.touches.length > 1 || this.transform.k > this.fitScale * 1.01;
    }
    return !(event instanceof MouseEvent) || event.button === 0;
  }
}
