import type { RawFields, RawValue } from '../../model/value.ts';
import type { Fact } from '../stage/facts.ts';
import { salesStages } from '../stage/stages.ts';
import type { KeptRecord, SeenRecord } from './person.ts';
import type { StoredJourney } from './stored.ts';

const text = (raw: RawValue | undefined): string => (typeof raw === 'string' ? raw : '');

/**
 * Lead statuses as Salesforce ships them: 'Open - Not Contacted', 'Working - Contacted', 'Closed - Converted', 'Closed - Not Converted'
 * (LeadStatus, Object Reference). A company that renamed them names its own in lifecycle.yaml (`salesforceStatus`).
 */
const meansWork = (status: string, own: ReadonlySet<string>): boolean =>
  own.has(status) || /^working\b/i.test(status);
/** Whether a lead's status is a rep's no. */
export const meansNo = (status: string): boolean => /^closed\b.*\bnot converted\b/i.test(status);

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
const withoutWord = (kept: KeptRecord, wrote: RawFields, opened: ReadonlySet<string>): KeptRecord => {
  const taken = wordFields.filter((field) => wrote[field] === null);
  const isOpened = meansNo(text(kept.fields.Status)) && opened.has(text(wrote.Status));
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
}

const verdictKinds: Readonly<Record<string, 'accepted' | 'rejected' | 'sent-back'>> = {
  Accepted: 'accepted',
  Rejected: 'rejected',
  'Return to nurture': 'sent-back',
};

const detail = ({ now }: Change, owner: string): Partial<Fact> => {
  const reason = text(now.Tandem_Reason__c);
  const recontactAt = dayOf(now.Tandem_Recontact_On__c);
  return {
    ...(reason === '' ? {} : { reason }),
    ...(recontactAt === undefined ? {} : { recontactAt }),
    ...(owner === '' ? {} : { owner }),
  };
};

/** The rep's word, where it is new; also where only its reason came now. */
const verdict = (change: Change, workStatuses: ReadonlySet<string>): Fact['kind'] | null => {
  const { now, changed } = change;
  const said = verdictKinds[text(now.Tandem_Disposition__c)];
  if (changed('Tandem_Disposition__c') && said !== undefined) return said;
  const status = text(now.Status);
  if (changed('Status') && meansNo(status)) return 'rejected';
  const isReasonLate = changed('Tandem_Reason__c') && text(now.Tandem_Reason__c) !== '';
  if (isReasonLate && said !== undefined && said !== 'accepted') return said;
  if (isReasonLate && meansNo(status)) return 'rejected';
  return changed('Status') && meansWork(status, workStatuses) ? 'touched' : null;
};

/** How far the clocks of Salesforce and of the store may differ. */
const clocksDifferMs = 60_000;

/**
 * What the record said before this look. A lead that this turn made, or that came while it began, said nothing: a rep who answers before anybody
 * has looked at it is heard. Null: it was there before, and what it says may be long past. `opened`: statuses by which a hand-over opens a closed lead.
 */
export const saidBefore = (
  {
    sales: kept,
    journey: { stage, turnAt },
    facts,
    shown,
  }: Pick<StoredJourney, 'sales' | 'journey' | 'facts' | 'shown'>,
  { ref, createdAt }: SeenRecord,
  opened: ReadonlySet<string>,
): KeptRecord | null => {
  const isHanded = facts.some(({ kind }) => kind === 'handed');
  if (kept !== null && isHanded) return withoutWord(kept, shown.salesforce, opened);
  if (kept !== null || !salesStages.has(stage) || turnAt === null) return kept;
  return createdAt + clocksDifferMs < turnAt ? null : { type: ref.type, id: ref.id, fields: {} };
};

/**
 * What a change of the lead in Salesforce says of the journey: a touch, a yes or a no, a conversion. Pure. What Tandem itself wrote (`wrote`)
 * says nothing; a lead that is seen for the first time says nothing of the past but that somebody works on it. Times are the record's own stamp.
 */
export const salesFacts = (
  record: SeenRecord,
  kept: KeptRecord | null,
  wrote: RawFields,
  workStatuses: ReadonlySet<string>,
): readonly Fact[] => {
  const { ref, fields, stamp } = record;
  const owner = text(fields.OwnerId);
  const key = (what: string): string => `salesforce:${ref.id}/${what}/${stamp}`;
  const fact = (kind: Fact['kind'], more: Partial<Fact> = {}): Fact => ({
    kind,
    key: key(kind),
    at: stamp,
    by: 'salesforce',
    ...more,
  });
  const owned = owner === '' ? {} : { owner };
  if (kept === null) {
    return meansWork(text(fields.Status), workStatuses) ? [fact('touched', owned)] : [];
  }
  const isConversion = kept.type === 'Lead' && ref.type === 'Contact';
  if (isConversion) return [fact('accepted', owned)];
  if (kept.id !== ref.id) return [];
  const change: Change = {
    now: fields,
    before: kept.fields,
    changed: (field) => {
      if (!Object.hasOwn(fields, field)) return false;
      const now = fields[field] ?? null;
      return now !== (kept.fields[field] ?? null) && !(Object.hasOwn(wrote, field) && wrote[field] === now);
    },
  };
  const kind = verdict(change, workStatuses);
  if (kind === null) return [];
  if (kind === 'touched') return [fact(kind, owned)];
  const said = detail(change, owner);
  // A stamp is a whole second: the word and the reason for it may come in the same one, and are two facts.
  return [fact(kind, said.reason === undefined ? said : { ...said, key: key(`${kind}/${said.reason}`) })];
};
