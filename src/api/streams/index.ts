export * from './streams';
export type * from './types';
