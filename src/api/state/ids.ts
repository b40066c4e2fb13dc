/** A name that nobody else has: 32 random letters and digits. */
export function newId(): string {
  // `crypto.randomUUID` is missing in pages that came over plain HTTP.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
