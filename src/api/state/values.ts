/** The bytes beside a value: their MIME type, their size, their SHA-256, and what their writer says of them. */
export type StateContent = {
  type: string;
  size: number;
  digest: string;
  meta: Record<string, unknown>;
};

/** A value that all share. Of one that does not exist the version is 0. */
export type StateValue = {
  key: string;
  value: unknown;
  version: number;
  updated: string | null;
  by: string;
  session: string;
  notified: number;
  expires: string | null;
  read: string;
  write: string;
  content: StateContent | null;
};
