import { arrangeNodes, type NodeContent } from './arrange.ts';
import type { Circle, Rect } from './geometry.ts';

/** How much of a pod is drawn: everything inside it, its name below, or the ring alone. */
export type Detail = 'full' | 'medium' | 'small' | 'ring';

/** Sizes shared by all pods of a stage; they differ between stages, never within one. */
export interface PodSize {
  readonly detail: Detail;
  readonly r: number;
  /** Lines of caption below the name. */
  readonly captionLines: 0 | 1 | 2;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

export interface StageLayout {
  /** Size of what is drawn; larger than the container where its pods do not fit it. */
  readonly width: number;
  readonly height: number;
  /** Size of the container it was made for. */
  readonly containerWidth: number;
  readonly containerHeight: number;
  readonly compact: boolean;
  /** The control plane stands to the left of the nodes, where there is more width than height. */
  readonly beside: boolean;
  readonly size: PodSize;
  /** By systemId, that of the first cluster first. */
  readonly istiods: ReadonlyMap<string, Rect>;
  readonly apiServer: Rect;
  readonly nodes: ReadonlyMap<string, Rect>;
  readonly pods: ReadonlyMap<string, Circle>;
}

export interface LayoutInput {
  readonly width: number;
  readonly height: number;
  /** systemIds of the istiods; one unless given. */
  readonly istiods?: readonly string[];
  readonly nodes: readonly NodeContent[];
}

const compactBelow = 620;

/**
 * Places the control plane and the pods, grouped by node, in a container: as large as fits, and where even the
 * smallest does not fit, on a larger sheet that is then zoomed out.
 */
export function layoutStage({ width, height, istiods = ['istiod'], nodes }: LayoutInput): StageLayout {
  const beside = width >= 560 && height < 400;
  const compact = width < compactBelow || beside;
  let scale = 1;
  for (;;) {
    const sheet = { width: width * scale, height: height * scale };
    const control = beside
      ? controlColumn(istiods)
      : controlRow(sheet.width, compact || height < 420, istiods);
    const area = beside ? areaBeside(sheet, control.right) : areaBelow(sheet, control.bottom, compact);
    const found = arrangeNodes(area, nodes, scale === 1);
    if (found !== null || scale > 30) {
      return {
        width: sheet.width,
        height: sheet.height,
        containerWidth: width,
        containerHeight: height,
        compact,
        beside,
        size: found?.size ?? ringOnly,
        istiods: control.istiods,
        apiServer: control.apiServer,
        nodes: found?.boxes ?? new Map(),
        pods: found?.pods ?? new Map(),
      };
    }
    scale *= 1.12;
  }
}

interface ControlPlane {
  readonly istiods: ReadonlyMap<string, Rect>;
  readonly apiServer: Rect;
  readonly right: number;
  readonly bottom: number;
}

const ringOnly: PodSize = { detail: 'ring', r: 9, captionLines: 0, cellWidth: 26, cellHeight: 26 };

/** Between istiods, which exchange nothing, there is less room than between istiod and API server. */
const istiodGap = 14;

function controlRow(width: number, compact: boolean, istiods: readonly string[]): ControlPlane {
  const several = istiods.length > 1;
  const margin = compact ? 12 : 24;
  const gap = several ? (compact ? 16 : 48) : compact ? 28 : 112;
  const top = compact ? 12 : 24;
  const height = compact ? 78 : 112;
  // A container that is just being laid out may have no width yet.
  const room = Math.max(0, width - 2 * margin - gap - (istiods.length - 1) * istiodGap);
  const share = several ? (room * 0.76) / istiods.length : room * 0.58;
  const istiodWidth = Math.min(compact ? 300 : 276, share);
  const apiWidth = Math.min(compact ? 240 : 204, room - istiodWidth * istiods.length);
  const istiodsWidth = istiodWidth * istiods.length + istiodGap * (istiods.length - 1);
  const left = (width - istiodsWidth - gap - apiWidth) / 2;
  return {
    istiods: new Map(
      istiods.map((systemId, index) => {
        const x = left + index * (istiodWidth + istiodGap);
        return [systemId, { x, y: top, width: istiodWidth, height }];
      }),
    ),
    apiServer: { x: left + istiodsWidth + gap, y: top, width: apiWidth, height },
    right: left + istiodsWidth + gap + apiWidth,
    bottom: top + height,
  };
}

function controlColumn(istiods: readonly string[]): ControlPlane {
  const rect: Rect = { x: 12, y: 12, width: 216, height: 78 };
  const pitch = rect.height + istiodGap;
  const below = (istiods.length - 1) * pitch;
  return {
    istiods: new Map(istiods.map((systemId, index) => [systemId, { ...rect, y: rect.y + index * pitch }])),
    apiServer: { ...rect, y: 144 + below },
    right: 228,
    bottom: 222 + below,
  };
}

function areaBelow(sheet: { width: number; height: number }, controlBottom: number, compact: boolean): Rect {
  const margin = compact ? 8 : 24;
  const top = controlBottom + (compact ? 38 : 76);
  return {
    x: margin,
    y: top,
    width: sheet.width - 2 * margin,
    // The tools stand below the nodes, not on them.
    height: sheet.height - top - (compact ? 44 : 54),
  };
}

function areaBeside(sheet: { width: number; height: number }, right: number): Rect {
  const left = right + 92;
  return { x: left, y: 10, width: sheet.width - left - 10, height: sheet.height - 56 };
}
