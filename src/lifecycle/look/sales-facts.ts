import type { RawFields, RawValue } from '../../model/value.ts';
import type { Fact } from '../stage/facts.ts';
import { salesStages } from '../stage/stages.ts';
import { meansNo, meansWork, type StatusWords } from './lead-status.ts';
import type { KeptRecord, SeenRecord } from './person.ts';
import type { StoredJourney } from './stored.ts';

const text = (raw: RawValue | undefined): string => (typeof raw === 'string' ? raw : '');

/** The start of a date's day, by UTC: the rep means a day and no hour. */
export const dayOf = (raw: RawValue | undefined): number | undefined => {
  const at =
    typeof raw === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(raw) ? Date.parse(`${raw}T00:00:00Z`) : Number.NaN;
  return Number.isFinite(at) ? at : undefined;
};

/** A rep's word about the person, which a hand-over to somebody else takes away. */
export const wordFields = ['Tandem_Disposition__c', 'Tandem_Reason__c', 'Tandem_Recontact_On__c'] as const;

/**
 * The record as it was kept, without the word that a hand-over took away since, by fields or by the status: the same word there is one that the next
 * rep said, who was quicker than the look.
 */
const withoutWord = (kept: KeptRecord, wrote: RawFields, words: StatusWords): KeptRecord => {
  const taken = wordFields.filter((field) => wrote[field] === null);
  const isOpened = meansNo(text(kept.fields.Status), words) && words.opening.has(text(wrote.Status));
  return {
    ...kept,
    fields: {
      ...kept.fields,
      ...Object.fromEntries(taken.map((field) => [field, null])),
      ...(isOpened ? { Status: wrote.Status ?? null } : {}),
    },
  };
};

interface Change {
  readonly now: RawFields;
  readonly before: RawFields;
  readonly changed: (field: string) => boolean;
  /** Whether sales has the person. Then a no stands on the lead by nobody but a rep, though Tandem may have written the same one after an earlier no. */
  readonly isWithSales: boolean;
}

const verdictKinds: Readonly<Record<string, 'accepted' | 'rejected' | 'sent-back'>> = {
  Accepted: 'accepted',
  Rejected: 'rejected',
  'Return to nurture': 'sent-back',
};

/** The words that are verdicts. */
export const verdictWords: readonly string[] = Object.keys(verdictKinds);

const detail = ({ now }: Change, owner: string): Partial<Fact> => {
  const reason = text(now.Tandem_Reason__c);
  const recontactAt = dayOf(now.Tandem_Recontact_On__c);
  return {
    ...(reason === '' ? {} : { reason }),
    ...(recontactAt === undefined ? {} : { recontactAt }),
    ...(owner === '' ? {} : { owner }),
  };
};

/** The rep's word by the lead's status, where it is new. */
const wordByStatus = (
  { now, before, changed, isWithSales }: Change,
  words: StatusWords,
): 'rejected' | 'disqualified' | 'touched' | null => {
  const status = text(now.Status);
  const isNo = meansNo(status, words);
  const isOther = Object.hasOwn(now, 'Status') && status !== text(before.Status);
  if (!changed('Status') && !(isNo && isOther && isWithSales)) return null;
  if (words.disqualified.has(status)) return 'disqualified';
  if (isNo) return 'rejected';
  return meansWork(status, words) ? 'touched' : null;
};

/** The rep's word, where it is new; also where only its reason came now. */
const verdict = (change: Change, words: StatusWords): Fact['kind'] | null => {
  const { now, changed } = change;
  const said = verdictKinds[text(now.Tandem_Disposition__c)];
  if (changed('Tandem_Disposition__c') && said !== undefined) return said;
  const byStatus = wordByStatus(change, words);
  if (byStatus !== null && byStatus !== 'touched') return byStatus;
  const status = text(now.Status);
  const isReasonLate = changed('Tandem_Reason__c') && text(now.Tandem_Reason__c) !== '';
  if (isReasonLate && said !== undefined && said !== 'accepted') return said;
  const isNo = meansNo(status, words) && !words.disqualified.has(status);
  return isReasonLate && isNo ? 'rejected' : byStatus;
};

/** How far the clocks of Salesforce and of the store may differ. */
const clocksDifferMs = 60_000;

/**
 * What the record said before this look. A lead that this turn made, or that came while it began, said nothing: a rep who answers before anybody
 * has looked at it is heard. Null: it was there before, and what it says may be long past.
 */
export const saidBefore = (
  {
    sales: kept,
    journey: { stage, turnAt },
    facts,
    shown,
  }: Pick<StoredJourney, 'sales' | 'journey' | 'facts' | 'shown'>,
  { ref, createdAt }: SeenRecord,
  words: StatusWords,
): KeptRecord | null => {
  const isHanded = facts.some(({ kind }) => kind === 'handed');
  if (kept !== null && isHanded) return withoutWord(kept, shown.salesforce, words);
  if (kept !== null || !salesStages.has(stage) || turnAt === null) return kept;
  return createdAt + clocksDifferMs < turnAt ? null : { type: ref.type, id: ref.id, fields: {} };
};

/**
 * What a change of the lead in Salesforce says of the journey: a touch, a yes or a no, a conversion. Pure. What Tandem itself wrote (`wrote`)
 * says nothing, nor does a status that means work and that an automation gave; a lead that is seen for the first time says nothing of the past but that somebody works on it. Times are the record's own stamp.
 */
export const salesFacts = (
  record: SeenRecord,
  kept: KeptRecord | null,
  wrote: RawFields,
  words: StatusWords,
  isWithSales = false,
): readonly Fact[] => {
  const { ref, fields, stamp } = record;
  const owner = text(fields.OwnerId);
  const key = (what: string): string => `salesforce:${ref.id}/${what}/${stamp}`;
  const fact = (kind: Fact['kind'], more: Partial<Fact> = {}): Fact => ({
    kind,
    key: key(kind),
    at: stamp,
    by: record.changedBy ?? 'salesforce',
    ...more,
  });
  const owned = owner === '' ? {} : { owner };
  if (kept === null) {
    return meansWork(text(fields.Status), words) ? [fact('touched', owned)] : [];
  }
  const isConversion = kept.type === 'Lead' && ref.type === 'Contact';
  if (isConversion) return [fact('accepted', owned)];
  if (kept.id !== ref.id) return [];
  const change: Change = {
    now: fields,
    before: kept.fields,
    isWithSales,
    changed: (field) => {
      if (!Object.hasOwn(fields, field)) return false;
      const now = fields[field] ?? null;
      return now !== (kept.fields[field] ?? null) && !(Object.hasOwn(wrote, field) && wrote[field] === now);
    },
  };
  const kind = verdict(change, words);
  if (kind === null) return [];
  if (kind === 'touched') return record.isStatusAutomatic === true ? [] : [fact(kind, owned)];
  const said = detail(change, owner);
  // A stamp is a whole second: the word and the reason for it may come in the same one, and are two facts.
  return [fact(kind, said.reason === undefined ? said : { ...said, key: key(`${kind}/${said.reason}`) })];
};
