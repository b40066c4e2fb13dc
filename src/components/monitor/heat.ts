const STEPS = 24;
type Rgb = readonly [number, number, number];
/** From barely over a threshold to certain: amber, orange, red, deep red. Each is seen on light and on dark ground. */
const STOPS: readonly Rgb[] = [
  [240, 170, 20],
  [240, 110, 30],
  [221, 45, 45],
  [160, 20, 80]
];

const COLOURS = Array.from({ length: STEPS }, (_, step) => mixed(step / (STEPS - 1)));

/** The colour of a probability, 0 to 1. */
export function heatOf(probability: number): string {
  const step = Math.round(Math.min(1, Math.max(0, probability)) * (STEPS - 1));
  return COLOURS[step];
}

/** The same colours as a picture, from left to right. */
export const HEAT_GRADIENT = `linear-gradient(to right, ${STOPS.map(css).join(', ')})`;

function mixed(share: number): string {
  const place = share * (STOPS.length - 1);
  const at = Math.min(STOPS.length - 2, Math.floor(place));
  const part = place - at;
  const [from, to] = [STOPS[at], STOPS[at + 1]];
  return css([0, 1, 2].map(one => from[one] + part * (to[one] - from[one])) as unknown as Rgb);
}

function css([red, green, blue]: Rgb): string {
  return `rgb(${Math.round(red)}, ${Math.round(green)}, ${Math.round(blue)})`;
}
