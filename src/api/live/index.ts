export * from './client';
export * from './coordinator';
export * from './folds';
export type { LiveState } from './socket';
