/** No section that is open is lower, so that there is something of it to see. */
const LEAST = 48;

/**
 * How high each section becomes: as high as its content, and where all of them together are too high, the long
 * ones share what the short ones leave. What is left over goes to the last one.
 */
export function fitHeights(wanted: readonly number[], room: number): readonly number[] {
  const asked = wanted.map(height => Math.max(LEAST, height));
  const most = shareOf(asked, room);
  const heights = asked.map(height => Math.min(height, most));
  const left = room - heights.reduce((sum, height) => sum + height, 0);
  return heights.map((height, at) =>
    at === heights.length - 1 ? height + Math.max(0, left) : height
  );
}

/** The height that none needs to exceed so that all fit. */
function shareOf(heights: readonly number[], room: number): number {
  const rising = [...heights].sort((a, b) => a - b);
  let left = room;
  for (const [at, height] of rising.entries()) {
    const share = left / (rising.length - at);
    if (height > share) {
      return Math.max(LEAST, Math.floor(share));
    }
    left -= height;
  }
  return Infinity;
}
