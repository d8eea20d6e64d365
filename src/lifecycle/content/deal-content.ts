import { oneStepLine } from '../digest/next-step.ts';
import { foreign } from '../digest/plain-text.ts';
import { kindWords, wholeParts } from './content-text.ts';
import type { Catalogue } from './model.ts';
import { type ContentFacts, type Recommended, recommend } from './recommend.ts';

const nameMax = 80;
const titleMax = 120;
const sayMax = 400;
const whyMax = 400;

/** Somebody who takes part in a deal. */
export interface DealReader {
  readonly journeyId: string;
  readonly turn: number;
  /** Null: not known. */
  readonly name: string | null;
  readonly contact: ContentFacts['contact'];
  readonly lead: ContentFacts['lead'];
  readonly activities: ContentFacts['activities'];
}

/** A piece for a deal, and for which of its people it is. */
export interface DealPiece extends Recommended {
  readonly readers: readonly DealReader[];
}

/**
 * What fits a deal: for each of its people what fits them at its stage, put together, best first. Pure. A piece that one of them has already is still for
 * the others, and says for whom.
 */
export const recommendForDeal = (
  dealStage: string,
  readers: readonly DealReader[],
  catalogue: Catalogue,
  now: number,
): readonly DealPiece[] => {
  const all = readers.flatMap((reader) => {
    const { contact, lead, activities } = reader;
    const facts = { stage: 'opportunity', dealStage, contact, lead, activities } as const;
    // All that fits: what is second for one may be first for the deal.
    const { recommended } = recommend(facts, { ...catalogue, max: catalogue.pieces.length }, now);
    return recommended.map((each) => ({ ...each, reader }));
  });
  const byPiece = Map.groupBy(all, ({ piece }) => piece);
  return [...byPiece]
    .map(([piece, own]): DealPiece => {
      const points = Math.max(...own.map((each) => each.points));
      const best = own.filter((each) => each.points === points);
      return { piece, points, why: best[0]?.why ?? [], readers: own.map(({ reader }) => reader) };
    })
    .sort(
      (a, b) =>
        b.points - a.points ||
        b.readers.length - a.readers.length ||
        a.piece.stages.size - b.piece.stages.size ||
        catalogue.pieces.indexOf(a.piece) - catalogue.pieces.indexOf(b.piece),
    )
    .slice(0, catalogue.max);
};

const namesOf = (readers: readonly DealReader[]): string =>
  readers
    .flatMap(({ name }) => (name === null ? [] : [foreign(name, nameMax)]))
    .filter((name) => name !== '')
    .join(', ');

const partOf = ({ piece, why, readers }: DealPiece, index: number, people: number): string => {
  const names = namesOf(readers);
  return [
    `${index + 1}. ${foreign(piece.title, titleMax)} (${kindWords(piece.kind)})`,
    piece.url,
    ...(people > 1 && names !== '' ? [`For: ${names}`] : []),
    `Why: ${foreign(why.join('; '), whyMax)}`,
    ...(piece.say === null ? [] : [`Say: ${foreign(piece.say, sayMax)}`]),
  ].join('\n');
};

/** What an opportunity shows: `Tandem_Content__c` and `Tandem_Next_Step__c`; null empties a field. Pure. */
export const dealContentValues = (
  pieces: readonly DealPiece[],
  people: number,
): { readonly Tandem_Content__c: string | null; readonly Tandem_Next_Step__c: string | null } => {
  const [best] = pieces;
  if (best === undefined) return { Tandem_Content__c: null, Tandem_Next_Step__c: null };
  const names = namesOf(best.readers);
  const { title, url, say } = best.piece;
  return {
    Tandem_Content__c: wholeParts(pieces.map((piece, index) => partOf(piece, index, people))),
    Tandem_Next_Step__c: oneStepLine([
      `Send${names === '' ? '' : ` to ${names}`}: ${foreign(title, titleMax)}`,
      url,
      ...(say === null ? [] : [`Say: ${foreign(say, sayMax)}`]),
    ]),
  };
};
