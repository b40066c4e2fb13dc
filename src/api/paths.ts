import type { paths } from './generated';
import { own } from './own';
import type { Whole } from './types';

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

type Key<P extends string> = Extract<`/crispdm/api/${P}`, keyof paths>;
type Operation<M extends Method, P extends string> = paths[Key<P>][Lowercase<M>];
type Below<K> = K extends `/crispdm/api/${infer P}` ? P : never;
type Answering<M extends Method, P> = P extends string
  ? Operation<M, P> extends object
    ? P
    : never
  : never;

/** A path below the API's root that the server's table has for a method, placeholders in braces. */
export type PathOf<M extends Method> = Answering<M, Below<keyof paths>>;

type Names<P extends string> = P extends `${string}{${infer N}}${infer Rest}`
  ? N | Names<Rest>
  : never;

/** What stands for the placeholders of a path. */
export type Values<P extends string> = Record<Names<P>, string>;

/** What a call answers as JSON. */
export type Answer<M extends Method, P extends string> =
  Operation<M, P> extends { responses: infer R } ? Whole<Json<R[Extract<keyof R, number>]>> : never;

type Json<R> = R extends { content: { 'application/json': infer A } } ? A : never;

/** One call of the table: its method, and its path with everything in place. */
export interface IAddress<A = unknown> {
  readonly method: Method;
  readonly path: string;
  /** What the path is below, from the server's base; our API where nothing is said. */
  readonly root?: string;
  /** Only the type is there: what the call answers. */
  readonly answer?: A;
}

/**
 * The address of a call, its values quoted so that none can leave its place.
 *
 * Slashes stay in the value of `path` alone: there the server takes them.
 */
export function at<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  ...[values]: Names<P> extends never ? [] : [Values<P>]
): IAddress<Answer<M, P>> {
  const given: Record<string, string> = values ?? {};
  const filled = path.replace(/{(\w+)}/g, (_, name: string) => {
    const value = own(given, name) ?? '';
    return name === 'path' ? quoted(value) : encodeURIComponent(value);
  });
  return { method, path: filled };
}

/** A file or folder of Jupyter's Contents API. */
export function contentsAt<A>(method: Method, path: string): IAddress<A> {
  return { method, root: 'api/contents', path: quoted(path) };
}

function quoted(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
