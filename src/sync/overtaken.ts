import type { WorkClass } from '../model/budget.ts';
import type { FieldMapping } from '../model/mapping.ts';
import type { FieldHistoryEntry } from '../model/record.ts';
import type { FieldWrite } from '../model/state.ts';
import type { System } from '../model/system.ts';
import type { RawValue } from '../model/value.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { byForm, formOfLink, typeOfLink } from './forms.ts';
import type { Found } from './found.ts';
import { landedWrites } from './landed.ts';
import { sameRaw } from './merge-view.ts';
import { canTell } from './unsettled.ts';

/** What stood in a field just before the value that stands there now, if that one is ours; undefined: nobody says. */
export const before = (entries: readonly FieldHistoryEntry[]): RawValue | undefined => {
  const [newest, previous] = entries;
  if (!newest?.byUs) return undefined;
  return newest.was !== undefined ? newest.was : previous?.value;
};

/** The edit that a write of ours, which stands there, came over; undefined where it replaced what it was to replace, and where nobody says. */
export const overtakenEdit = (
  field: FieldMapping,
  system: System,
  { replaced, sent }: Pick<FieldWrite, 'replaced' | 'sent'>,
  entries: readonly FieldHistoryEntry[],
): RawValue | undefined => {
  const value = before(entries);
  if (value === undefined || sameRaw(field, system, value, replaced)) return undefined;
  return sameRaw(field, system, value, sent) ? undefined : value;
};

interface Suspect {
  readonly each: Found;
  readonly id: string;
  readonly field: FieldMapping;
  readonly write: FieldWrite;
}

const suspectsIn = ({ pair }: EngineContext, system: System, each: Found): readonly Suspect[] => {
  const form = formOfLink(pair, each.link);
  const record = each.found[system];
  if (!record || record.deleted) return [];
  return each.draft.unit.intents
    .filter(({ target }) => target.system === system && target.id === record.ref.id)
    .flatMap((intent) => landedWrites(form, intent, record))
    .flatMap((write) => {
      const field = form.fields.find(({ name }) => name === write.field);
      return field && canTell(field) ? [{ each, id: record.ref.id, field, write }] : [];
    });
};

/** Writes of unknown outcome that came over somebody's edit, each with that edit. */
export type Overtaken = ReadonlyMap<FieldWrite, RawValue>;

/**
 * The writes of unknown outcome that stand in a record of these links over somebody's edit, as its history tells: for links that end, or go on
 * with another record, whose next look would not ask for it. One call for the records of an object that have any.
 */
export const overtakenIn = async (
  context: EngineContext,
  system: System,
  links: readonly Found[],
  workClass: WorkClass,
): Promise<Overtaken> => {
  const suspects = links.flatMap((each) => suspectsIn(context, system, each));
  const pages = await Promise.all(
    byForm(context.pair, suspects, ({ each }) => formOfLink(context.pair, each.link)).map(async ([, own]) => {
      const [first] = own;
      if (first === undefined) return [];
      const histories = await context.systems[system].history(
        typeOfLink(context.pair, first.each.link, system),
        [...new Set(own.map(({ id }) => id))],
        [...new Set(own.map(({ field }) => field.fields[system]))],
        contextFor(context, workClass, 'history'),
      );
      return own.flatMap(({ id, field, write }): [FieldWrite, RawValue][] => {
        const entries = histories.get(id)?.[field.fields[system]] ?? [];
        const edit = overtakenEdit(field, system, write, entries);
        return edit === undefined ? [] : [[write, edit]];
      });
    }),
  );
  return new Map(pages.flat());
};
