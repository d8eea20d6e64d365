import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Link } from '../model/state.ts';
import { systems } from '../model/system.ts';
import type { Canonical } from '../model/value.ts';
import { type FieldDecision, settle } from './flow.ts';
import { formOfLink, formOfRecord } from './forms.ts';
import { type FieldState, sightOf } from './merge-view.ts';

/** What a latch sends. */
export const yes = { kind: 'value', key: 'true', text: true } as const;

/** Whether a value of a latch says yes. What cannot be read says nothing. */
export const isSet = (value: Canonical): boolean => value.kind === 'value' && value.text === true;

/** The fields of consent. */
export const latchesOf = (pair: Pick<PairMapping, 'fields'>): readonly FieldMapping[] =>
  pair.fields.filter(({ latch }) => latch === true);

/** The latches, by the mapping's names, to which a record says yes; `pair` is the form that the record is of. */
export const saysYes = (
  pair: Pick<PairMapping, 'fields'>,
  { ref, fields }: Pick<RecordSnapshot, 'ref' | 'fields'>,
): ReadonlySet<string> =>
  new Set(
    latchesOf(pair).flatMap(({ name, codecs, fields: names }) =>
      isSet(codecs[ref.system].decode(fields[names[ref.system]] ?? null)) ? [name] : [],
    ),
  );

/** Whether a follower says yes where its link, as it was settled last, does not on both sides. */
export const bringsConsent = (
  pair: PairMapping,
  link: Link,
  follower: Pick<RecordSnapshot, 'ref' | 'fields'>,
): boolean => {
  const said = saysYes(formOfRecord(pair, follower.ref), follower);
  return latchesOf(formOfLink(pair, link)).some(
    ({ name, codecs }) =>
      said.has(name) &&
      systems.some((system) => !isSet(codecs[system].decode(link.base[name]?.[system] ?? null))),
  );
};

/**
 * Consent: true on either side is true on both, whoever was newer and whatever the other side says; `said`: another record of the person
 * says yes. Only ever yes is sent. A no on both sides, or a no against a blank, is settled as it stands. One that the other side does not
 * keep is sent again at the next look: nobody but the person can take it back, and they do that in both systems. Pure.
 */
export const mergeLatch = (field: FieldMapping, state: FieldState, said = false): FieldDecision => {
  const sight = sightOf(field, state);
  if (!sight) return { kind: 'skip' };
  const { raw, canonical } = sight;
  const isYes = said || systems.some((system) => isSet(canonical[system]));
  const targets = isYes ? systems.filter((system) => !isSet(canonical[system])) : [];
  if (targets.length > 0) {
    const flows = targets.map((target) => {
      const sent = field.codecs[target].encode(yes);
      return { target, sent, rule: 'latch', clock: null, overwrites: false };
    });
    return { kind: 'flow', flows, needsHistory: [] };
  }
  const { base } = state;
  const isKnown = base && base.hubspot === raw.hubspot && base.salesforce === raw.salesforce;
  return isKnown ? { kind: 'same' } : settle('latch');
};
