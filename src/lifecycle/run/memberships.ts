import type { ChangedRecord } from '../../model/record.ts';
import type { DigestActivity } from '../digest/input.ts';
import { instantOf } from '../look/roll-ups.ts';
import { callFor, type LifecycleContext } from './context.ts';
import { toActivityRow } from './rows.ts';
import { unlessHidden } from './unless-hidden.ts';

/** What is read of a member of a campaign (Object Reference: CampaignMember); a lead that is converted keeps its place and gains the contact. */
export const memberFields = [
  'CampaignId',
  'LeadId',
  'ContactId',
  'CreatedDate',
  'CreatedById',
  'Status',
] as const;

const text = (raw: unknown): string | null => (typeof raw === 'string' && raw !== '' ? raw : null);

type Member = Pick<ChangedRecord, 'ref' | 'fields' | 'deleted'>;

const keyHead = 'campaignJoined/salesforce:';

/** Told of somebody who was taken out, or came back with their campaign out of the recycle bin; all else of it is known. */
type Undone = Pick<DigestActivity, 'key' | 'type' | 'at'> & { readonly leftAt: number };

/** Who is in a campaign, by the record in Salesforce, and that as what they did. */
interface Membership {
  readonly person: string;
  readonly activity: DigestActivity;
}

/**
 * Members as activities; those that Tandem made itself are none. Pure. `names`: of the campaigns, by id; `own`: users as
 * whom Tandem works. The status is what came of it: `Attended`, `Responded`.
 */
export const membershipsOf = (
  members: readonly Member[],
  names: ReadonlyMap<string, string>,
  own: ReadonlySet<string>,
): readonly Membership[] =>
  members.flatMap(({ ref, fields, deleted }): Membership[] => {
    const person = text(fields.ContactId) ?? text(fields.LeadId);
    const campaign = names.get(text(fields.CampaignId) ?? '');
    const at = instantOf(fields.CreatedDate);
    const isOurs = own.has(text(fields.CreatedById) ?? '');
    if (deleted || isOurs || person === null || campaign === undefined || at === null) return [];
    const status = text(fields.Status);
    const key = `${keyHead}${ref.id}`;
    return [
      {
        person,
        activity: {
          key,
          type: 'campaignJoined',
          at,
          campaign,
          ...(status === null ? {} : { outcome: status }),
          // Whose campaign was deleted and is restored is in it again.
          leftAt: null,
        },
      },
    ];
  });

/** Members as activities, with the names of their campaigns: one call for the campaigns, none where nobody is a member. @throws CallFailed */
const named = async (
  context: LifecycleContext,
  members: readonly Member[],
): Promise<readonly Membership[]> => {
  const ids = [...new Set(members.flatMap(({ fields }) => text(fields.CampaignId) ?? []))];
  if (ids.length === 0) return [];
  const [campaigns, { owners }] = await Promise.all([
    unlessHidden(context.systems.salesforce.readMany('Campaign', ids, ['Name'], callFor(context, 'read'))),
    context.staff(),
  ]);
  const names = [...(campaigns ?? [])].flatMap(([id, { fields }]) => {
    const name = text(fields.Name);
    return name === null ? [] : [[id, name] as const];
  });
  const own = [...owners.values()].filter(({ isTandem }) => isTandem === true).map(({ id }) => id);
  return membershipsOf(members, new Map(names), new Set(own));
};

/** Members who were taken out, by a colleague or with their campaign. Whoever was in it for a moment alone, of which nobody was told, stays untold. Pure. */
const takenOut = (members: readonly ChangedRecord[]): readonly { person: string; activity: Undone }[] =>
  members.flatMap(({ ref, fields, deleted, stamp }) => {
    const person = text(fields.ContactId) ?? text(fields.LeadId);
    const at = instantOf(fields.CreatedDate);
    if (!deleted || person === null || at === null) return [];
    return [{ person, activity: { key: `${keyHead}${ref.id}`, type: 'campaignJoined', at, leftAt: stamp } }];
  });

/**
 * Tells the journeys of these members, of those who are linked: who came, and who was taken out again. Whoever is linked later has them with their hand-over.
 * @throws CallFailed
 */
export const tellMemberships = async (
  context: LifecycleContext,
  members: readonly ChangedRecord[],
): Promise<void> => {
  const found = [...(await named(context, members)), ...takenOut(members)];
  if (found.length === 0) return;
  const links = await context.engine.linksOf(
    context.pair.name,
    'salesforce',
    found.map(({ person }) => person),
  );
  await context.store.tellActivities(
    found.flatMap(({ person, activity }) => {
      const link = links.get(person);
      return link === undefined || link.ended !== null
        ? []
        : [{ contactId: link.ids.hubspot, activity: toActivityRow(activity) }];
    }),
  );
};

/** Which of these stored memberships are no more, asked by their ids: two calls for all, none where there is none. @throws CallFailed */
const goneOf = async (
  context: LifecycleContext,
  stored: readonly DigestActivity[],
): Promise<ReadonlySet<string>> => {
  const ids = stored.map(({ key }) => key.slice(keyHead.length));
  if (ids.length === 0) return new Set();
  const records = await unlessHidden(
    context.systems.salesforce.readMany('CampaignMember', ids, ['CampaignId'], callFor(context, 'read')),
  );
  return records === undefined ? new Set() : new Set(ids.filter((id) => records.get(id)?.deleted ?? true));
};

/**
 * All campaigns of Salesforce in which these contacts' records are, and those of the `stored` activities by contact in which they are no more: for those who are
 * handed over, of whom a rep reads. Two calls for all, and one for the campaigns; an org or user without campaigns has none. @throws CallFailed
 */
export const membershipsOfContacts = async (
  context: LifecycleContext,
  contactIds: readonly string[],
  stored: ReadonlyMap<string, readonly DigestActivity[]>,
  now: number,
): Promise<ReadonlyMap<string, readonly DigestActivity[]>> => {
  if (contactIds.length === 0 || !context.fields.has('CampaignMember')) return new Map();
  const { engine, pair, systems } = context;
  const links = await engine.linksOf(pair.name, 'hubspot', contactIds);
  const open = [...links.values()].filter(({ ended }) => ended === null);
  const contactOf = new Map(open.map(({ ids }) => [ids.salesforce, ids.hubspot]));
  const isContact = ({ types }: (typeof open)[number]): boolean =>
    (types?.salesforce ?? pair.types.salesforce) === 'Contact';
  const found: Member[] = [];
  for (const [field, own] of [
    ['LeadId', open.filter((link) => !isContact(link))],
    ['ContactId', open.filter(isContact)],
  ] as const) {
    if (own.length === 0) continue;
    const records = await unlessHidden(
      systems.salesforce.findByField(
        'CampaignMember',
        field,
        own.map(({ ids }) => ids.salesforce),
        [...memberFields],
        callFor(context, 'read'),
      ),
    );
    found.push(...(records ?? []).map(({ record }) => record));
  }
  const theirs = (await named(context, found)).flatMap(({ person, activity }) => {
    const contactId = contactOf.get(person);
    return contactId === undefined ? [] : [{ contactId, activity }];
  });
  // What was not found may be of a record that they had before: it is asked for by its id.
  const isFound = new Set(theirs.map(({ activity }) => activity.key));
  const unfound = contactIds.flatMap((contactId) =>
    (stored.get(contactId) ?? [])
      .filter(({ key, leftAt }) => key.startsWith(keyHead) && !isFound.has(key) && (leftAt ?? null) === null)
      .map((activity) => ({ contactId, activity })),
  );
  const gone = await goneOf(
    context,
    unfound.map(({ activity }) => activity),
  );
  const left = unfound
    .filter(({ activity }) => gone.has(activity.key.slice(keyHead.length)))
    .map(({ contactId, activity }) => ({ contactId, activity: { ...activity, leftAt: now } }));
  return new Map(
    [...Map.groupBy([...theirs, ...left], ({ contactId }) => contactId)].map(([id, own]) => [
      id,
      own.map(({ activity }) => activity),
    ]),
  );
};
