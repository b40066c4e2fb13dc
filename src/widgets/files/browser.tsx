import type { ReactElement } from 'react';
import React from 'react';
import { FileBrowser } from '../../components/files/browser';
import type { IPlace } from '../../components/files/browsing/browsing';
import { Browsing } from '../../components/files/browsing/browsing';
import type { IChoice } from '../../components/files/browsing/choice';
import { readKept } from '../../components/files/browsing/kept';
import { IFiles, IUploads } from '../../tokens/files';
import type { IWorkbench } from '../../tokens/workbench';
import { ReactView } from '../basics/react';

/** So many marked files are told to the kernel; Python refuses more. */
const MOST_TOLD = 1000;

/** The files of the server, in a notebook or dashboard. */
export class FileBrowserView extends ReactView {
  override remove(): unknown {
    this._browsing?.moved.disconnect(this._onMoved, this);
    this._browsing?.dispose();
    this._browsing = null;
    return super.remove();
  }

  protected body(workbench: IWorkbench): ReactElement {
    return (
      <FileBrowser
        browsing={this._current(workbench.get(IFiles))}
        uploads={workbench.get(IUploads)}
        value={valuesIn(this.value('value'))}
        height={this.value('height')}
        onChoose={paths => this._choose(paths)}
      />
    );
  }

  /** What is browsed, where the model says; another choice begins anew. */
  private _current(files: IFiles): Browsing {
    const choice: IChoice = { pick: this.value('pick'), multiple: this.value('multiple') };
    const place = this._place();
    const known = this._browsing;
    if (known && known.choice.pick === choice.pick && known.choice.multiple === choice.multiple) {
      if (!isSame(place, this._told)) {
        this._told = place;
        known.take(place);
      }
      return known;
    }
    known?.moved.disconnect(this._onMoved, this);
    known?.dispose();
    this._told = place;
    this._browsing = new Browsing(files, choice, place);
    this._browsing.moved.connect(this._onMoved, this);
    return this._browsing;
  }

  private _place(): IPlace {
    return {
      path: this.value('path'),
      selected: this.value('selected'),
      kept: readKept(this.value('state'))
    };
  }

  private _onMoved(_: Browsing, { path, selected, kept }: IPlace): void {
    const told = { path, selected: selected.slice(0, MOST_TOLD), kept };
    if (!isSame(told, this._told)) {
      this._told = told;
      this.set({ path, selected: told.selected, state: kept });
    }
  }

  private _choose(paths: readonly string[]): void {
    const told = paths.slice(0, MOST_TOLD);
    this.set({ value: this.value('multiple') ? told : (told[0] ?? '') });
  }

  private _browsing: Browsing | null = null;
  /** What the model was told, or told us, last. */
  private _told: IPlace | null = null;
}

function isSame(place: IPlace, other: IPlace | null): boolean {
  return JSON.stringify(place) === JSON.stringify(other);
}

/** What a form has got: one path, or several. */
function valuesIn(value: string | readonly string[]): readonly string[] {
  return typeof value === 'string' ? [value].filter(Boolean) : value;
}
