export * from './presence';
export * from './values';
