import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Link } from '../model/state.ts';
import { systems } from '../model/system.ts';
import { blank, type Canonical } from '../model/value.ts';
import { type FieldDecision, settle } from './flow.ts';
import { formOfLink, formOfRecord } from './forms.ts';
import { type FieldState, mayFlowTo, sightOf } from './merge-view.ts';

/** What a latch sends. */
export const yes = { kind: 'value', key: 'true', text: true } as const;

/** Whether a value of a latch says yes: true, or any text (why mail bounced). What cannot be read says nothing. */
export const isSet = (value: Canonical): boolean => value.kind === 'value' && value.text !== false;

/** The latches: what flows whether or not a record takes part. */
export const latchesOf = (pair: Pick<PairMapping, 'fields'>): readonly FieldMapping[] =>
  pair.fields.filter(({ latch }) => latch === true);

/** Whether a latch is a text; it is about an address, not the person, and cannot be given at creation (Lead.EmailBouncedReason). */
export const isTextLatch = ({ latch, kind }: Pick<FieldMapping, 'latch' | 'kind'>): boolean =>
  latch === true && kind !== 'boolean';

/** Consent: latches that hold for a person, whichever record says so. */
export const consentsOf = (pair: Pick<PairMapping, 'fields'>): readonly FieldMapping[] =>
  latchesOf(pair).filter((field) => !isTextLatch(field));

/** The consents, by the mapping's names, to which a record says yes; `pair` is the form that the record is of. */
export const saysYes = (
  pair: Pick<PairMapping, 'fields'>,
  { ref, fields }: Pick<RecordSnapshot, 'ref' | 'fields'>,
): ReadonlySet<string> =>
  new Set(
    consentsOf(pair).flatMap(({ name, codecs, fields: names }) =>
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
  return consentsOf(formOfLink(pair, link)).some(
    ({ name, codecs }) =>
      said.has(name) &&
      systems.some((system) => !isSet(codecs[system].decode(link.base[name]?.[system] ?? null))),
  );
};

/**
 * Consent: true on either side is true on both, whoever was newer and whatever the other side says; `said`: another record of the person
 * says yes. A text goes the way it may, and only to where none is. Only ever yes is sent. A no on both sides, or a no against a blank, is settled as it stands. One that the other side does not
 * keep is sent again at the next look: nobody but the person can take it back, and they do that in both systems. Pure.
 */
export const mergeLatch = (field: FieldMapping, state: FieldState, said = false): FieldDecision => {
  const sight = sightOf(field, state);
  if (!sight) return { kind: 'skip' };
  const { raw, canonical } = sight;
  const source = systems.find((system) => isSet(canonical[system]));
  const value = source ? canonical[source] : said ? yes : blank;
  const targets = systems.filter((system) => !isSet(canonical[system]) && mayFlowTo(field, system));
  if (value.kind === 'value' && targets.length > 0) {
    const flows = targets.map((target) => {
      const sent = field.codecs[target].encode(value);
      return { target, sent, rule: 'latch', clock: null, overwrites: false };
    });
    return { kind: 'flow', flows, needsHistory: [] };
  }
  const { base } = state;
  const isKnown = base && base.hubspot === raw.hubspot && base.salesforce === raw.salesforce;
  return isKnown ? { kind: 'same' } : settle('latch');
};
