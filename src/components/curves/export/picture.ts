import { dashOf } from '../options';

/** One entry of the legend of a picture. */
export interface IEntry {
  name: string;
  colour: string;
  at: number;
}

/** What a picture of a chart shows beside the curves themselves. */
export interface IPicture {
  title: string;
  entries: readonly IEntry[];
  text: string;
  background: string;
}

const [PAD, LINE, FONT] = [12, 18, '12px sans-serif'];
/** Pixels of the stroke before a name. */
const MARK = 22;

/** A chart as it is drawn now, with its title and legend, as PNG. */
export async function pngOf(chart: HTMLCanvasElement, picture: IPicture): Promise<Blob> {
  const scale = window.devicePixelRatio || 1;
  const made = document.createElement('canvas');
  const context = made.getContext('2d');
  if (context === null) {
    throw new Error('The browser gives no canvas.');
  }
  const width = chart.width / scale;
  const top = PAD + LINE;
  const legend = layOut(picture.entries, width, name => measured(context, name));
  made.width = chart.width;
  made.height = chart.height + (top + legend.height + PAD) * scale;
  context.scale(scale, scale);
  context.fillStyle = picture.background;
  context.fillRect(0, 0, made.width, made.height);
  context.font = `bold ${FONT}`;
  context.fillStyle = picture.text;
  context.fillText(picture.title, PAD, PAD + LINE / 2, width - 2 * PAD);
  context.drawImage(chart, 0, top, width, chart.height / scale);
  context.font = FONT;
  context.lineWidth = 2;
  for (const { entry, x, y } of legend.places) {
    const line = top + chart.height / scale + y;
    context.strokeStyle = entry.colour;
    context.setLineDash(dashOf(entry.at) ?? []);
    context.beginPath();
    context.moveTo(x, line);
    context.lineTo(x + MARK - 6, line);
    context.stroke();
    context.fillText(entry.name, x + MARK, line + 4, width - MARK - 2 * PAD);
  }
  return await new Promise((done, fail) =>
    made.toBlob(
      blob => (blob ? done(blob) : fail(new Error('The picture is too large.'))),
      'image/png'
    )
  );
}

/** Where the entries of a legend stand, in lines of this width. */
export function layOut(
  entries: readonly IEntry[],
  width: number,
  measure: (name: string) => number
): { places: { entry: IEntry; x: number; y: number }[]; height: number } {
  let [x, y] = [PAD, LINE / 2];
  const places = entries.map(entry => {
    const wide = MARK + measure(entry.name) + PAD;
    if (x > PAD && x + wide > width) {
      [x, y] = [PAD, y + LINE];
    }
    const place = { entry, x, y };
    x += wide;
    return place;
  });
  return { places, height: entries.length > 0 ? y + LINE / 2 : 0 };
}

function measured(context: CanvasRenderingContext2D, name: string): number {
  context.font = FONT;
  return context.measureText(name).width;
}
