/** A piece of HTML that is safe to put into a page: only `html` and `trusted` make one. */
export interface Html {
  readonly markup: string;
}

export type Part = Html | string | number | null | readonly Part[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands between tags or in a quoted attribute. */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (char) => entities[char] ?? char);

const markupOf = (part: Part): string => {
  if (part === null) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
};

/** Markup of our own making, as a chart's. Never of anything that came from a record. */
export const trusted = (markup: string): Html => ({ markup });

/** A template in which everything that is put in is escaped, but for what is HTML already. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html =>
  trusted(strings.reduce((all, text, index) => `${all}${markupOf(parts[index - 1] ?? null)}${text}`));
