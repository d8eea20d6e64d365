import type { FieldMapping, PairMapping } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Link } from '../model/state.ts';
import { systems } from '../model/system.ts';
import { blank, type Canonical } from '../model/value.ts';
import { type FieldDecision, settle } from './flow.ts';
import { formOfLink, formOfRecord, refOfLink } from './forms.ts';
import { primaryKeysOf } from './match.ts';
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

type Speaker = Pick<RecordSnapshot, 'ref' | 'fields'>;

/** What a record says to a latch, in its own form; null where it says nothing. A text is about the address that the record has. */
const wordOf = (
  pair: PairMapping,
  name: string,
  speaker: Speaker,
): { readonly value: Canonical; readonly address: string | undefined } | null => {
  const form = formOfRecord(pair, speaker.ref);
  const { system } = speaker.ref;
  const field = form.fields.find((each) => each.name === name);
  const value = field?.codecs[system].decode(speaker.fields[field.fields[system]] ?? null) ?? blank;
  return isSet(value) ? { value, address: primaryKeysOf(form, speaker)[0] } : null;
};

/**
 * What a record hears from others of its person, by the mapping's names: a yes from any of them, and why mail bounced from those that have the very
 * same address. `pair` is the whole one, whatever forms the records are of.
 */
export const heardBy = (
  pair: PairMapping,
  hearer: Speaker,
  speakers: readonly Speaker[],
): ReadonlyMap<string, Canonical> => {
  const form = formOfRecord(pair, hearer.ref);
  const [own] = primaryKeysOf(form, hearer);
  return new Map(
    latchesOf(form).flatMap((field): [string, Canonical][] => {
      const words = speakers.flatMap((speaker) => wordOf(pair, field.name, speaker) ?? []);
      if (!isTextLatch(field)) return words.length > 0 ? [[field.name, yes]] : [];
      const word = words.find(({ address }) => address !== undefined && address === own);
      return word && mayFlowTo(field, hearer.ref.system) ? [[field.name, word.value]] : [];
    }),
  );
};

/** Whether any of these records says something that others of its person may have to hear. */
export const saysAnything = (pair: PairMapping, speakers: readonly Speaker[]): boolean =>
  latchesOf(pair).some(({ name }) => speakers.some((speaker) => wordOf(pair, name, speaker) !== null));

/** Whether a record lacks what it hears. */
export const lacksAny = (
  pair: PairMapping,
  hearer: Speaker,
  heard: ReadonlyMap<string, Canonical>,
): boolean => [...heard.keys()].some((name) => wordOf(pair, name, hearer) === null);

/** The address that a link's records had when they were settled last. */
const settledAddress = (form: PairMapping, link: Link): string | undefined => {
  const fields = Object.fromEntries(
    form.fields.map(({ name, fields: names }) => [names.salesforce, link.base[name]?.salesforce ?? null]),
  );
  return primaryKeysOf(form, { ref: refOfLink(form, link, 'salesforce'), fields })[0];
};

/**
 * Whether a follower says yes where its link, as it was settled last, does not on both sides; or why mail to the link's address bounced, where the
 * link does not know. A signal need not tell the follower's address: then it may be that one.
 */
export const bringsConsent = (
  pair: PairMapping,
  link: Link,
  follower: Pick<RecordSnapshot, 'ref' | 'fields'>,
): boolean => {
  const form = formOfLink(pair, link);
  return latchesOf(form).some((field) => {
    const word = wordOf(pair, field.name, follower);
    if (word === null) return false;
    const { name, codecs } = field;
    const lacking = systems.filter(
      (system) =>
        !isSet(codecs[system].decode(link.base[name]?.[system] ?? null)) &&
        (!isTextLatch(field) || mayFlowTo(field, system)),
    );
    if (!isTextLatch(field) || lacking.length === 0) return lacking.length > 0;
    return word.address === undefined || word.address === settledAddress(form, link);
  });
};

/**
 * Consent: true on either side is true on both, whoever was newer and whatever the other side says; `said`: what another record of the
 * person says. A text goes the way it may, and only to where none is. Only ever yes is sent. A no on both sides, or a no against a blank, is settled as it stands. One that the other side does not
 * keep is sent again at the next look: nobody but the person can take it back, and they do that in both systems. Pure.
 */
export const mergeLatch = (
  field: FieldMapping,
  state: FieldState,
  said: Canonical = blank,
): FieldDecision => {
  const sight = sightOf(field, state);
  if (!sight) return { kind: 'skip' };
  const { raw, canonical } = sight;
  const source = systems.find((system) => isSet(canonical[system]));
  const value = source ? canonical[source] : said;
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
