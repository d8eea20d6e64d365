import { type Html, html, type Part } from './html.ts';

/** A list of records behind a figure. */
export interface Drill {
  readonly id: string;
  readonly title: string;
  readonly kind: 'leads' | 'deals';
  /** Keys of leads (`journey/turn`), or ids of deals. */
  readonly records: readonly string[];
}

/** The lists that the page's figures lead to, in the order in which they were first asked for. */
export interface Drills {
  /** The figure as it is clicked: a link to its list; a figure without records is no link. */
  link(figure: Part, title: string, records: readonly string[], kind?: Drill['kind']): Html;
  readonly all: readonly Drill[];
}

export const makeDrills = (): Drills => {
  const byName = new Map<string, Drill>();
  return {
    get all() {
      return [...byName.values()];
    },
    link: (figure, title, records, kind = 'leads') => {
      if (records.length === 0) return html`<span class="none">${figure}</span>`;
      // Two sources of the company's may read alike: the same title is the same list only of the same records.
      const name = [kind, title, records.length, records[0]].join('/');
      const drill = byName.get(name) ?? { id: `list-${byName.size + 1}`, title, kind, records };
      byName.set(name, drill);
      return html`<a class="figure" href="#${drill.id}">${figure}</a>`;
    },
  };
};
