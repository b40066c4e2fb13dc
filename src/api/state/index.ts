export * from './base64';
export * from './ids';
export * from './presence';
export * from './values';
