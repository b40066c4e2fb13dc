export * from './client';
export * from './coordinator';
export * from './folds';
export type { Period } from './frames';
export type { LiveState } from './socket';
