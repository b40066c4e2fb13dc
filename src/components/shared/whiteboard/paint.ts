import type { IPiece } from './marks';
import { ERASER, ERASER_SCALE, INKS, SIZE } from './marks';

type Context = Pick<
  CanvasRenderingContext2D,
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'stroke'
  | 'lineWidth'
  | 'strokeStyle'
  | 'lineCap'
  | 'lineJoin'
  | 'globalCompositeOperation'
>;

/** Draw a piece in units of the board. */
export function paint(context: Context, { ink, width, points }: IPiece): void {
  const isErasing = ink === ERASER;
  context.globalCompositeOperation = isErasing ? 'destination-out' : 'source-over';
  context.strokeStyle = INKS[Math.max(0, ink)];
  context.lineWidth = isErasing ? width * ERASER_SCALE : width;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.beginPath();
  context.moveTo(points[0], points[1]);
  for (let at = points.length > 2 ? 2 : 0; at < points.length; at += 2) {
    context.lineTo(points[at], points[at + 1]);
  }
  context.stroke();
}

/** Draw everything on a canvas as wide as its place, in the pixels of the screen. */
export function paintAll(canvas: HTMLCanvasElement, pieces: Iterable<IPiece>, width: number): void {
  const scale = width / SIZE.width;
  canvas.width = Math.round(width);
  canvas.height = Math.round(SIZE.height * scale);
  const context = canvas.getContext('2d');
  if (context) {
    context.setTransform(scale, 0, 0, scale, 0, 0);
    for (const piece of pieces) {
      paint(context, piece);
    }
  }
}

/** The board as a picture on white paper; null where the browser can make none. */
export function pictureOf(pieces: Iterable<IPiece>): Promise<Blob | null> {
  const drawn = document.createElement('canvas');
  paintAll(drawn, pieces, SIZE.width);
  const paper = document.createElement('canvas');
  paper.width = SIZE.width;
  paper.height = SIZE.height;
  const context = paper.getContext('2d');
  if (!context) {
    return Promise.resolve(null);
  }
  context.fillStyle = '#fff';
  context.fillRect(0, 0, SIZE.width, SIZE.height);
  context.drawImage(drawn, 0, 0);
  return new Promise(resolve => paper.toBlob(resolve, 'image/png'));
}
