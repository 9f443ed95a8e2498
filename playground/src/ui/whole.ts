/** The whole number that a field for numbers has. Null if it is empty. */
export function whole(text: string): number | null {
  return text.trim() === '' ? null : Math.trunc(Number(text));
}
