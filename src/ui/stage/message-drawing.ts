import { actorOf } from '../../projection/actor.ts';
import type { TravellingMessage } from '../../projection/stage-view.ts';
import { messageCurve } from './anchors.ts';
import { detailAt } from './detail.ts';
import { fitText, textWidth } from './fit-text.ts';
import { pointAt, type Curve, type Rect } from './geometry.ts';
import { separate } from './labels.ts';
import type { StageLayout } from './layout.ts';

export interface DrawnMessage {
  readonly message: TravellingMessage;
  readonly curve: Curve;
  readonly pill: Rect;
  readonly text: string;
  /** Drawn without words: among many, or beside a pod that is smaller than its words. */
  readonly dot: boolean;
}

/** More messages than this at once are drawn as dots: their words would only cover each other. */
const mostPills = 7;

/**
 * Where messages stand on their lines.
 *
 * @param playing whether things move; where nothing does, a message that has just left is shown well on its way
 */
export function drawMessages(
  messages: readonly TravellingMessage[],
  layout: StageLayout,
  zoom: number,
  playing: boolean,
): DrawnMessage[] {
  const crowded = messages.length > mostPills;
  const scale = zoom > 1 ? 1 / zoom : 1;
  const drawn: DrawnMessage[] = [];
  for (const message of messages) {
    const curve = messageCurve(layout, message.from, message.to);
    if (curve === null) continue;
    const dot = crowded || coversItsPod(message, layout, zoom);
    const text = fitText(message.label, 170, 13, true);
    const { x, y } = pointAt(curve, wayOf(message, playing));
    const width = (dot ? 12 : textWidth(text, 13, true) + 30) * scale;
    const height = (dot ? 12 : 30) * scale;
    const left = Math.max(4, Math.min(layout.width - width - 4, x - width / 2));
    drawn.push({ message, curve, text, dot, pill: { x: left, y: y - height / 2, width, height } });
  }
  if (crowded) return drawn;
  const pills = separate(drawn.map(({ pill }) => pill));
  return drawn.map((each, index) => ({ ...each, pill: pills[index] ?? each.pill }));
}

/** Whether a message stays within a pod that is drawn smaller than the message's words. */
function coversItsPod({ from, to }: TravellingMessage, { size }: StageLayout, zoom: number): boolean {
  const { pod } = actorOf(from);
  const { detail } = detailAt(size, zoom);
  return pod !== null && pod === actorOf(to).pod && (detail === 'small' || detail === 'ring');
}

/** A pill stays clear of both ends, so that it hides neither. */
function wayOf({ progress }: TravellingMessage, playing: boolean): number {
  const way = 0.1 + 0.8 * progress;
  return playing ? way : Math.max(0.45, way);
}
