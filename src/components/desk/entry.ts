/** A page in the menu, as the Python side tells it. */
export interface IEntry {
  /** Its name in the address. */
  readonly slug: string;
  readonly name: string;
  readonly icon: string;
  /** The heading that it stands under; empty for none. */
  readonly group: string;
  readonly state: '' | 'running' | 'done' | 'failed';
  /** Whether its widgets were made. */
  readonly built: boolean;
  /** Why they could not be made; empty when nothing is wrong. */
  readonly trouble: string;
}

/** Who looks. */
export interface IVisitor {
  readonly name: string;
  readonly role: string;
}

/** Pages that stand under one heading. */
export interface IGroup {
  readonly name: string;
  readonly entries: readonly IEntry[];
}

/** The pages with those beside each other that stand under the same heading. */
export function groupsOf(entries: readonly IEntry[]): IGroup[] {
  const groups: { name: string; entries: IEntry[] }[] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last?.name === entry.group) {
      last.entries.push(entry);
    } else {
      groups.push({ name: entry.group, entries: [entry] });
    }
  }
  return groups;
}
