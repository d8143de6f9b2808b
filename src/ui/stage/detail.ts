import type { Detail, PodSize } from './layout.ts';

/** How a pod is drawn at a zoom: zooming in shows more of it, not only the same larger. */
export interface PodDetail {
  readonly detail: Detail;
  /** Whether app, Envoy and agent can be drawn large enough to be read. */
  readonly inside: boolean;
  readonly captionLines: 0 | 1 | 2;
  /** Scale of texts below the ring: they keep their size on the screen while the stage is zoomed in. */
  readonly textScale: number;
  /** Room for a line of text below the ring, in units of text size. */
  readonly textWidth: number;
}

const fullFrom = 76;

export function detailAt(size: PodSize, zoom: number): PodDetail {
  const r = size.r * zoom;
  const textScale = zoom > 1 ? 1 / zoom : 1;
  const textWidth = (size.cellWidth - 6) / textScale;
  const room = (size.cellHeight - 2 * size.r) / textScale;
  if (size.detail === 'full' || r >= fullFrom) {
    return {
      detail: 'full',
      inside: true,
      captionLines: 2,
      textScale: size.detail === 'full' ? 1 : textScale,
      textWidth,
    };
  }
  if (size.detail === 'medium' || (r >= 46 && textWidth >= 130 && room >= 70)) {
    return {
      detail: 'medium',
      inside: r >= 54,
      captionLines: size.detail === 'medium' && size.captionLines === 1 && room < 85 ? 1 : 2,
      textScale,
      textWidth,
    };
  }
  if (size.detail === 'small' || (r >= 14 && textWidth >= 58)) {
    return {
      detail: 'small',
      inside: false,
      captionLines: size.captionLines === 1 || (room >= 46 && textWidth >= 100) ? 1 : 0,
      textScale,
      textWidth,
    };
  }
  return { detail: 'ring', inside: false, captionLines: 0, textScale, textWidth };
}
