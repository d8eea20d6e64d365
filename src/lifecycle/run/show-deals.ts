import type { RawFields } from '../../model/value.ts';
import { dealValues } from '../deals/deals.ts';
import { feedbackProperties } from '../feedback/feedback.ts';
import { callFor, type LifecycleContext } from './context.ts';

/** Tandem's properties of the outcome, as a contact has them. */
const shownFields = [...Object.keys(dealValues([])), ...feedbackProperties];

/** Shows the outcome on contacts of HubSpot where it is another than they show; a property without a value in `wanted` stays. @throws Error where it is not known whether it landed */
export const showDeals = async (
  context: LifecycleContext,
  wanted: ReadonlyMap<string, RawFields>,
): Promise<void> => {
  const { hubspot } = context.systems;
  const type = context.pair.types.hubspot;
  const writable = context.writable.get(type);
  const names = shownFields.filter((name) => writable?.has(name) ?? true);
  if (wanted.size === 0 || names.length === 0) return;
  const now = await hubspot.readMany(type, [...wanted.keys()], names, callFor(context, 'read'));
  const rows = [...wanted].flatMap(([id, values]) => {
    const record = now.get(id);
    if (record === undefined || record.deleted) return [];
    const changed = names.filter(
      (name) =>
        Object.hasOwn(values, name) && String(record.fields[name] ?? '') !== String(values[name] ?? ''),
    );
    const fields = Object.fromEntries(changed.map((name) => [name, values[name] ?? null]));
    return changed.length === 0
      ? []
      : [{ op: 'update' as const, key: context.makeId(), id: record.ref.id, fields }];
  });
  if (rows.length === 0) return;
  const outcomes = await hubspot.writeMany(type, rows, callFor(context, 'write'));
  const refused = outcomes.filter(({ kind }) => kind === 'refused').length;
  if (refused > 0) context.events.emit('outcome-refused', { contacts: refused });
  const unknown = outcomes.filter(({ kind }) => kind === 'unknown').length;
  if (unknown > 0)
    throw new Error(`what became of the outcome on ${unknown} contacts is not known: looked at again`);
};
