import type { WorkClass } from '../model/budget.ts';
import type { Fate } from '../model/fate.ts';
import { formFor, typesOn } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { Link } from '../model/state.ts';
import type { RecordRef } from '../model/system.ts';
import { type Draft, lookAgain } from './draft.ts';
import { contextFor, type EngineContext } from './engine.ts';
import { refOfLink } from './forms.ts';
import { identityValue, nextNumber } from './identity.ts';
import { makeJob, type SendJob } from './send.ts';

const refOf = (draft: Draft): RecordRef | null => draft.unit.dirty[0]?.ref ?? null;

const unfollow = (context: EngineContext, draft: Draft, link: Link, ref: RecordRef, cause: string): void => {
  draft.unfollow = { linkId: link.id, id: ref.id };
  draft.ledger.push({
    pair: context.pair.name,
    event: 'end',
    target: ref,
    field: null,
    from: null,
    to: null,
    cause,
    rule: 'life:follower',
    clock: null,
    lost: null,
    changedAt: null,
  });
};

/** The write that puts its identity into a follower, where it is not there yet; a converted lead takes none any more. */
const identityJob = (
  context: EngineContext,
  draft: Draft,
  link: Link,
  record: RecordSnapshot,
): readonly SendJob[] => {
  const apiField = formFor(context.pair, 'salesforce', record.ref.type).identity.salesforce;
  const sent = identityValue(link, record.ref);
  const replaced = record.fields[apiField];
  if (replaced === undefined || replaced === sent) return [];
  const write = {
    field: 'identity',
    apiField,
    sent,
    replaced,
    source: sent,
    rule: 'identity',
    clock: null,
    lost: null,
  };
  return [makeJob(context, draft, 'update', record.ref, record.ref, [write], record.readAt, null)];
};

/** A follower that was converted: its contact follows as well, and is looked at as the primary one. */
const followConverted = (
  { pair }: EngineContext,
  draft: Draft,
  link: Link,
  { type, id }: Extract<Fate, { kind: 'convertedTo' }>,
): void => {
  if (link.ids.salesforce === id || (link.followers ?? []).some((follower) => follower.id === id)) return;
  const followers = [{ type, id, number: nextNumber(link) }];
  draft.follow = { linkId: link.id, version: link.version, followers };
  const common = { pair: pair.name, class: 'live', stamp: null, cause: 'converted in Salesforce' } as const;
  draft.marks.push({ ...common, ref: { system: 'salesforce', type, id } });
  draft.marks.push({ ...common, ref: refOfLink(pair, link, 'hubspot') });
};

/**
 * Works on followers: each gets its identity, `HUBSPOTID.number`, and no field. One that the system says is gone follows no more; what
 * it was merged into is a matter of its own signals. Absence is not deletion: one that is not shown goes on following.
 */
export const workFollowers = async (
  context: EngineContext,
  followers: readonly (readonly [Draft, Link])[],
  workClass: WorkClass,
): Promise<readonly SendJob[]> => {
  if (followers.length === 0) return [];
  const { pair } = context;
  const system = context.systems.salesforce;
  const jobs: SendJob[] = [];
  const types = [...new Set(followers.flatMap(([draft]) => refOf(draft)?.type ?? []))];
  for (const type of types) {
    const own = followers.filter(([draft]) => refOf(draft)?.type === type);
    const ids = own.flatMap(([draft]) => refOf(draft)?.id ?? []);
    const form = formFor(pair, 'salesforce', type);
    const callContext = contextFor(context, workClass, 'read');
    const flag = form.conversion ? [form.conversion.flag] : [];
    const [read, fates] = await Promise.all([
      system.readMany(type, ids, [form.identity.salesforce, ...flag], callContext),
      system.fates(type, ids, callContext),
    ]);
    for (const [draft, link] of own) {
      const ref = refOf(draft);
      if (!ref) continue;
      draft.stillParked = [];
      draft.closedIntents.push(...draft.unit.intents.map(({ id }) => id));
      const fate: Fate = fates.get(ref.id) ?? { kind: 'unknown' };
      const record = read.get(ref.id);
      if (fate.kind === 'deleted' || fate.kind === 'mergedInto' || fate.kind === 'erased') {
        unfollow(context, draft, link, ref, `${fate.kind} in Salesforce`);
      } else if (fate.kind === 'convertedTo' && typesOn(pair, 'salesforce').includes(fate.type)) {
        followConverted(context, draft, link, fate);
      } else if (fate.kind === 'alive' && record && !record.deleted) {
        jobs.push(...identityJob(context, draft, link, record));
      } else if (fate.kind === 'alive') lookAgain(draft, 1_000);
    }
  }
  return jobs;
};
