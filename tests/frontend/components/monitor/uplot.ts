/** A uPlot without a canvas: a test says what it is asked, and reads what it was given. */
export interface IFakePlot {
  options: {
    axes: { values: (plot: unknown, ticks: number[]) => string[] }[];
    scales: { value: { range: (plot: unknown, low: number, high: number) => number[] } };
    hooks: { draw: [(plot: unknown) => void]; setCursor: [() => void] };
  };
  data: Float64Array[];
  drawn: number;
  scales: { x: { min?: number; max?: number } };
  cursor: { left?: number };
  width: number;
  height: number;
  over: HTMLElement;
  isDestroyed: boolean;
  draw: () => void;
}

export const made: IFakePlot[] = [];

/** Pixels of the plot, which shows `scales.x` over its width. */
export const WIDTH = 100;

class FakeContext {
  calls: string[] = [];
  fillStyle = '';
  strokeStyle = '';
  lineWidth = 0;
  globalAlpha = 1;
  save(): void {}
  restore(): void {}
  beginPath(): void {}
  rect(): void {}
  clip(): void {}
  setLineDash(): void {}
  moveTo(x: number, y: number): void {
    this.calls.push(`move ${x} ${y}`);
  }
  lineTo(x: number, y: number): void {
    this.calls.push(`line ${x} ${y}`);
  }
  stroke(): void {
    this.calls.push(`stroke ${this.strokeStyle} ${this.globalAlpha}`);
  }
  arc(x: number, y: number): void {
    this.calls.push(`point ${Math.round(x)} ${y}`);
  }
  fill(): void {
    this.calls.push(`fill ${this.fillStyle}`);
  }
}

export default class {
  ctx = new FakeContext();
  bbox = { left: 0, top: 0, width: WIDTH, height: 50 };
  scales = { x: { min: 0, max: 0 } };
  cursor: { left?: number } = {};
  drawn = 0;
  isDestroyed = false;
  over = document.createElement('div');
  width: number;
  height: number;

  constructor(
    readonly options: IFakePlot['options'] & { width: number; height: number },
    public data: unknown,
    host: HTMLElement
  ) {
    this.width = options.width;
    this.height = options.height;
    Object.defineProperty(this.over, 'clientWidth', { value: WIDTH });
    host.append(this.over);
    made.push(this as unknown as IFakePlot);
  }
  batch(change: () => void): void {
    change();
    this.drawn++;
  }
  setData(data: unknown): void {
    this.data = data;
  }
  setScale(_: string, range: { min: number; max: number }): void {
    this.scales.x = range;
  }
  setSize({ width, height }: { width: number; height: number }): void {
    this.width = width;
    this.height = height;
  }
  valToPos(value: number, scale: string): number {
    const { min, max } = this.scales.x;
    return scale === 'x' ? (WIDTH * (value - min)) / (max - min) : Math.round(100 * (1 - value));
  }
  posToVal(left: number): number {
    const { min, max } = this.scales.x;
    return min + (left / WIDTH) * (max - min);
  }
  draw(): void {
    this.options.hooks.draw[0](this);
  }
  destroy(): void {
    this.isDestroyed = true;
  }
}
