import { own } from '../../api/own';

/** A number as it was typed, and its unit. */
export interface IQuantity {
  amount: string;
  unit: string;
}

/** What one of each unit is, in the unit of the wire. */
export type Units = Readonly<Record<string, number>>;

export const SIZES: Units = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** A number in the largest unit that holds it without a fraction; nothing, which zero means too, in the `usual`. */
export function quantityOf(value: number | null, units: Units, usual: string): IQuantity {
  if (value === null || value === 0) {
    return { amount: '', unit: usual };
  }
  const all = Object.entries(units);
  const [unit, size] = all.filter(([, size]) => value % size === 0).at(-1) ?? all[0];
  return { amount: String(value / size), unit };
}

/** The number that was typed, in the unit of the wire; null for nothing, NaN for what is no number above zero. */
export function valueOf({ amount, unit }: IQuantity, units: Units): number | null {
  const text = amount.trim();
  const value = Number(text);
  if (text === '') {
    return null;
  }
  return value >= 0 && Number.isFinite(value) ? value * (own(units, unit) ?? NaN) : NaN;
}
