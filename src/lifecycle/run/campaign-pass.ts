import { CallFailed } from '../../model/failure.ts';
import type { ChangeCursor, ChangedRecord } from '../../model/record.ts';
import { instantOf } from '../look/roll-ups.ts';
import { campaignKey, requestFields } from '../requests/request.ts';
import { notInHubSpot, resultText } from '../requests/results.ts';
import { callFor, type LifecycleContext } from './context.ts';
import { memberFields, tellMemberships } from './memberships.ts';
import type { CampaignNames } from './rows.ts';
import { overlapMs, restedAt, salesPlace } from './sales-news.ts';

/** Members of the org that one pass reads for timelines alone, in pages: a list that is imported into a campaign must not keep the pass from all else. */
const timelinePagesMax = 5;
/** Where nobody was with sales for so long, what changed meanwhile is left: whoever is handed over has theirs. */
const restMs = 24 * 60 * 60_000;

/** Who is added to a campaign in the moment of an import is in HubSpot some time later; so long they are waited for. */
const linkedWithinMs = 60 * 60_000;

const text = (raw: unknown): string | null => (typeof raw === 'string' && raw !== '' ? raw : null);

interface Member {
  readonly id: string;
  readonly campaign: string;
  readonly type: 'Lead' | 'Contact';
  readonly person: string;
  readonly createdAt: number;
}

/** The names of these campaigns by their ids; an admin may write either. @throws CallFailed */
const campaignsOf = async (
  context: LifecycleContext,
  named: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const { salesforce } = context.systems;
  const ids = named.filter((each) => /^701[a-zA-Z0-9]{12}(?:[a-zA-Z0-9]{3})?$/.test(each));
  const call = callFor(context, 'match');
  const [byName, byId] = await Promise.all([
    salesforce.findByField('Campaign', 'Name', named, ['Name'], call),
    ids.length === 0 ? null : salesforce.readMany('Campaign', ids, ['Name'], call),
  ]);
  const records = [...byName.map(({ record }) => record), ...(byId?.values() ?? [])];
  return new Map(
    records.flatMap(({ ref, deleted, fields }) => (deleted ? [] : [[ref.id, text(fields.Name) ?? ref.id]])),
  );
};

const toMembers = (
  records: readonly ChangedRecord[],
  campaigns: ReadonlyMap<string, string>,
  since: number,
): readonly Member[] =>
  records.flatMap(({ ref, fields, deleted }): Member[] => {
    const campaign = campaigns.get(text(fields.CampaignId) ?? '');
    const createdAt = instantOf(fields.CreatedDate);
    const contact = text(fields.ContactId);
    const person = contact ?? text(fields.LeadId);
    if (deleted || campaign === undefined || person === null || createdAt === null) return [];
    // Whose status alone changed was named, or was there, before.
    if (createdAt < since) return [];
    return [{ id: ref.id, campaign, type: contact === null ? 'Lead' : 'Contact', person, createdAt }];
  });

/** Says on the records of those of whom HubSpot knows nothing that they cannot be handed over. */
const refuse = async (context: LifecycleContext, members: readonly Member[], now: number): Promise<void> => {
  for (const [type, own] of Map.groupBy(members, (each) => each.type)) {
    const outcomes = await context.systems.salesforce.writeMany(
      type,
      own.map(({ person }) => ({
        op: 'update',
        key: context.makeId(),
        id: person,
        fields: { [requestFields.salesforce.result]: resultText(notInHubSpot, now) },
      })),
      callFor(context, 'write'),
    );
    const failed = outcomes.filter(({ kind }) => kind !== 'landed').length;
    if (failed > 0) context.events.emit('answer-refused', { records: failed });
  }
};

/** Members who were told that they cannot be handed over, by this process: once is enough. */
export type ToldMembers = Set<string>;

/** Tells the journeys of new members; answers the oldest of those who are not known yet and may be soon; null: nobody is waited for. */
const tellMembers = async (
  context: LifecycleContext,
  members: readonly Member[],
  told: ToldMembers,
): Promise<number | null> => {
  if (members.length === 0) return null;
  const { store, engine, pair, models } = context;
  const people = members.map(({ person }) => person);
  const links = await engine.linksOf(pair.name, 'salesforce', people);
  const contactOf = ({ person }: Member): string => {
    const link = links.get(person);
    return link?.ended === null ? link.ids.hubspot : '';
  };
  const rows = await store.journeys([...new Set(members.map(contactOf).filter((id) => id !== ''))]);
  const orderOf = (member: Member): string =>
    `${rows.get(contactOf(member))?.id ?? ''}/${campaignKey(member.id)}`;
  const done = await store.doneAmong(members.map(orderOf));
  const known = members.filter((member) => rows.has(contactOf(member)));
  await store.tell(
    known
      .filter((member) => !done.has(orderOf(member)))
      .map((member) => {
        const { id, campaign, createdAt } = member;
        const key = `campaign/${id}`;
        const names: CampaignNames = { kind: 'campaign-names', key, member: id, campaign, at: createdAt };
        return { contactId: contactOf(member), key, fact: JSON.stringify(names) };
      }),
  );
  const now = await store.now();
  const unknown = members.filter((member) => !known.includes(member));
  const waiting = unknown.filter(({ createdAt }) => createdAt > now - linkedWithinMs);
  const late = unknown.filter((member) => !waiting.includes(member) && !told.has(member.id));
  if (models.lifecycle.behaviours.requests === 'act') await refuse(context, late, now);
  for (const { id } of late) told.add(id);
  return waiting.length === 0 ? null : Math.min(...waiting.map(({ createdAt }) => createdAt));
};

const problemKey = 'lifecycle:prospect-campaigns';

/** Says which of the campaigns are not there. */
const tellMissing = async (
  { engine }: LifecycleContext,
  named: readonly string[],
  found: ReadonlyMap<string, string>,
): Promise<void> => {
  const missing = named.filter((each) => !found.has(each) && ![...found.values()].includes(each));
  if (missing.length === 0) return engine.clearProblem(problemKey);
  await engine.raiseProblem({
    key: problemKey,
    what: `campaigns whose members are prospects are not in Salesforce: ${missing.join(', ')}`,
    cause: 'requests.campaigns in lifecycle.yaml names them, and nobody can be a member of them.',
    fault: 'config',
    next: 'Correct the names under requests.campaigns, or make the campaigns; then restart the worker.',
  });
};

const readMembers = async (
  context: LifecycleContext,
  cursor: ChangeCursor,
  told: ToldMembers,
): Promise<void> => {
  const { engine, systems, store } = context;
  const call = callFor(context, 'poll');
  const named = prospectsIn(context);
  const campaigns = named.length === 0 ? new Map<string, string>() : await campaignsOf(context, named);
  if (named.length > 0) await tellMissing(context, named, campaigns);
  const isTimeline = context.fields.has('CampaignMember');
  let pagesRead = 0;
  let waitsFrom = Number.POSITIVE_INFINITY;
  let last = cursor;
  const begunAt = await store.now();
  const pages = systems.salesforce.changesSince('CampaignMember', cursor, overlapMs, [...memberFields], call);
  for await (const page of pages) {
    const members = toMembers(page.records, campaigns, cursor.stamp - overlapMs);
    waitsFrom = Math.min(waitsFrom, (await tellMembers(context, members, told)) ?? waitsFrom);
    if (isTimeline) await tellMemberships(context, page.records);
    // Who is waited for is read again: the cursor stays before them.
    const isBefore = page.cursor.stamp < waitsFrom;
    last = isBefore ? page.cursor : { stamp: Math.min(cursor.stamp, waitsFrom), id: '' };
    await engine.commitSignals([], { cursor: { ...memberPlace, at: last } });
    pagesRead += 1;
    if (named.length === 0 && pagesRead === timelinePagesMax) return;
  }
  // Where nobody joins any campaign for days, the last members would be read again at each pass.
  const rested = restedAt(last, begunAt);
  if (Number.isFinite(waitsFrom) || rested === last) return;
  await engine.commitSignals([], { cursor: { ...memberPlace, at: rested } });
};

const memberPlace = salesPlace('CampaignMember');

/** The campaigns whose members are prospects, where requests are heard. */
export const prospectsIn = ({
  models: { lifecycle },
}: Pick<LifecycleContext, 'models'>): readonly string[] =>
  lifecycle.behaviours.requests === 'off' ? [] : lifecycle.prospectCampaigns;

/**
 * Reads who was added to campaigns since the last time, or has another status there, and tells their journeys; whose campaigns name prospects (`requests.campaigns`) is named
 * one. A call for each 2,000 changed members of the org, one for their campaigns, and one more where campaigns are named. Who is no contact of HubSpot yet is waited for an hour as a prospect. `told` outlives the
 * passes of a process. @throws CallFailed
 */
export const readCampaigns = async (
  context: LifecycleContext,
  told: ToldMembers = new Set(),
): Promise<void> => {
  const { engine, systems, store } = context;
  const isNaming = prospectsIn(context).length > 0;
  if (!isNaming && !context.fields.has('CampaignMember')) return;
  const cursor = await engine.cursor(memberPlace.pair, memberPlace.system, memberPlace.type);
  const isOld = !isNaming && cursor !== null && cursor.stamp < (await store.now()) - restMs;
  if (cursor === null || isOld) {
    const at = { stamp: await systems.salesforce.now(callFor(context, 'poll')), id: '' };
    return engine.commitSignals([], { cursor: { ...memberPlace, at } });
  }
  try {
    await readMembers(context, cursor, told);
  } catch (error) {
    const category = error instanceof CallFailed ? error.failure.category : null;
    if (category !== 'schema' && category !== 'permission') throw error;
    // Timelines do without.
    if (!isNaming) return;
    await engine.raiseProblem({
      key: problemKey,
      what: 'campaign members cannot be read',
      cause: 'The integration may not see campaigns, or the org has none.',
      fault: 'salesforce',
      next: 'Give the integration the right to read Campaign and CampaignMember, or take requests.campaigns out of lifecycle.yaml.',
    });
  }
};
