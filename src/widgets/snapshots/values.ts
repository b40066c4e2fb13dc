import type { ISerializers, WidgetModel } from '@jupyter-widgets/base';
import { own } from '../../api/own';

const LABELS = '_options_labels';

/** A trait of a widget that is kept. */
export interface IKeptTrait {
  readonly model: WidgetModel;
  readonly trait: string;
}

/**
 * What stands in a widget, as JSON.
 *
 * What is chosen of several options is told by its label, as the Python side puts it back.
 */
export function keptValue({ model, trait }: IKeptTrait): unknown {
  const value: unknown = model.get(trait);
  const labels = labelsOf(model, trait);
  if (labels) {
    return Array.isArray(value)
      ? value.map(place => labels[Number(place)])
      : (labels[Number(value ?? Number.NaN)] ?? null);
  }
  const serialize = serializerOf(model, trait)?.serialize;
  return serialize ? serialize(value, model) : value;
}

/** Put a kept value into a widget; its kernel hears of it. Answers whether it fits. */
export async function putValue({ model, trait }: IKeptTrait, value: unknown): Promise<boolean> {
  const labels = labelsOf(model, trait);
  const place = labels ? placesOf(labels, value) : value;
  if (place === undefined) {
    return false;
  }
  const deserialize = serializerOf(model, trait)?.deserialize;
  const read: unknown = await (deserialize ? deserialize(place, model.widget_manager) : place);
  model.set(trait, read);
  model.save_changes();
  return true;
}

function labelsOf(model: WidgetModel, trait: string): readonly string[] | null {
  const labels: unknown = trait === 'index' ? model.get(LABELS) : null;
  return Array.isArray(labels) ? (labels as string[]) : null;
}

/** Where labels stand; undefined where one is not there any more. */
function placesOf(labels: readonly string[], value: unknown): number | number[] | null | undefined {
  if (value === null) {
    return null;
  }
  const wanted = (Array.isArray(value) ? value : [value]) as string[];
  const places = wanted.map(label => labels.indexOf(label));
  if (places.includes(-1)) {
    return undefined;
  }
  return Array.isArray(value) ? places : places[0];
}

function serializerOf(model: WidgetModel, trait: string): ISerializers[string] | undefined {
  const { serializers } = model.constructor as typeof WidgetModel;
  return serializers && own(serializers, trait);
}
