/** Many keyboards give a decimal comma; the schema wants a point. */
export function decimal(text: string): string {
  const trimmed = text.trim();
  return /^-?\d+,\d{1,2}$/.test(trimmed) ? trimmed.replace(',', '.') : trimmed;
}

/** Of texts by the path of their field, the paths of those that are no decimals: of these, the server can name no field. */
export function notDecimals(texts: Record<string, string>): string[] {
  return Object.keys(texts).filter((path) => !/^-?\d+(\.\d+)?$/.test(decimal(texts[path] ?? '')));
}
