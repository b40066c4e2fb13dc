const LONGEST = 60;

/**
 * A part of a key for a name that somebody chose: the same for the same name, another for another.
 *
 * Keys are of plain letters and digits; names are not. What is lost of a name stands as a number at the end.
 */
export function keyOf(name: string): string {
  const plain = name.trim().normalize('NFKC').toLowerCase();
  const kept = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
  const isWhole = kept === plain && kept.length > 0 && kept.length <= LONGEST;
  return isWhole ? kept : [kept.slice(0, LONGEST), numberOf(plain)].filter(Boolean).join('_');
}

/** A number for a text, by FNV-1a, twice with different beginnings: 64 bits. */
function numberOf(text: string): string {
  return [0x811c9dc5, 0x01234567].map(start => hashed(text, start)).join('');
}

function hashed(text: string, start: number): string {
  let hash = start;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
