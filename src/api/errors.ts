import type { ErrorBody } from './types';

/** An answer of the server that says no, and why. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    body: Partial<ErrorBody>
  ) {
    super(body.message || `The server answered ${status}.`);
    this.name = 'ApiError';
    this.code = body.code ?? '';
    this.details = body.details ?? {};
  }

  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  /** The field of the request that the server refused, if it named one. */
  get field(): string | null {
    const field = this.details.field;
    return typeof field === 'string' ? field : null;
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
