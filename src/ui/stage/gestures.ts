import { select } from 'd3-selection';
import { zoom as d3Zoom, zoomIdentity, type D3ZoomEvent } from 'd3-zoom';
import type { Sheet, View } from './zoom.svelte.ts';

/** Pointer, wheel and fingers on a stage that zooms. A module of its own: it weighs more than the rest of the stage's logic. */
export interface Gestures {
  /** Shows a view that was chosen elsewhere. */
  show(view: View): void;
  /** Zooms about the middle of the container, within the limits. */
  scaleBy(factor: number): void;
  limit(sheet: Sheet, fitScale: number): void;
  stop(): void;
}

interface Options {
  readonly accepts: (event: Event) => boolean;
  /** A view that a gesture or a button has come to. */
  readonly onview: (view: View, byGesture: boolean) => void;
}

/** How far beyond the sheet one may pan. */
const margin = 80;

export function readGestures(svg: SVGSVGElement, { accepts, onview }: Options): Gestures {
  const selection = select(svg);
  let middle: [number, number] = [0, 0];
  const behaviour = d3Zoom<SVGSVGElement, unknown>()
    .filter(accepts)
    .clickDistance(4)
    .on('zoom', ({ transform: { k, x, y }, sourceEvent }: D3ZoomEvent<SVGSVGElement, unknown>) => {
      onview({ k, x, y }, sourceEvent !== null);
    });
  selection.call(behaviour).on('dblclick.zoom', null);
  return {
    show: ({ k, x, y }) => behaviour.transform(selection, zoomIdentity.translate(x, y).scale(k)),
    scaleBy: (factor) => behaviour.scaleBy(selection, factor, middle),
    limit: ({ width, height, containerWidth, containerHeight }, fitScale) => {
      middle = [containerWidth / 2, containerHeight / 2];
      behaviour.scaleExtent([fitScale * 0.8, 6]).translateExtent([
        [-margin, -margin],
        [width + margin, height + margin],
      ]);
    },
    stop: () => selection.on('.zoom', null),
  };
}
