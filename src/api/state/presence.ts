/** Somebody who is here. `page` is empty where it is not for everybody to know. */
export type Visitor = {
  session: string;
  user: string;
  page: string;
  title: string;
  tab: string;
  scroll: number;
  cursor: readonly [number, number] | null;
  selection: unknown;
  /** One of eight colors. */
  color: number;
  since: string;
};
