import type { WorkClass } from '../model/budget.ts';
import type { Fate } from '../model/fate.ts';
import { formFor, type PairMapping, typesOn } from '../model/mapping.ts';
import type { RecordSnapshot } from '../model/record.ts';
import type { FieldWrite, Link } from '../model/state.ts';
import type { RecordRef } from '../model/system.ts';
import { type Draft, lookAgain } from './draft.ts';
import { contextFor, type EngineContext } from './engine.ts';
import {
  consentFieldsOf,
  consentWrites,
  isAskedForConsent,
  isToldAlone,
  markForLink,
  recordsOfPersons,
} from './follower-consent.ts';
import { refOfLink } from './forms.ts';
import { identityValue, nextNumber } from './identity.ts';
import { stillRefused } from './known-refusal.ts';
import { withoutParked } from './plan.ts';
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
const identityWrites = (pair: PairMapping, link: Link, record: RecordSnapshot): readonly FieldWrite[] => {
  const apiField = formFor(pair, 'salesforce', record.ref.type).identity.salesforce;
  const sent = identityValue(link, record.ref);
  const replaced = record.fields[apiField];
  if (replaced === undefined || replaced === sent) return [];
  return [
    {
      field: 'identity',
      apiField,
      sent,
      replaced,
      source: sent,
      rule: 'identity',
      clock: null,
      lost: null,
    },
  ];
};

interface Alive {
  readonly draft: Draft;
  readonly link: Link;
  readonly record: RecordSnapshot;
}

/** What followers that are there get: their identity, and what any record of their person says yes to. What they say is looked at. */
const jobsOf = async (
  context: EngineContext,
  alive: readonly Alive[],
  workClass: WorkClass,
): Promise<readonly SendJob[]> => {
  const { pair, mappingHash } = context;
  const all = alive.map((each) => ({ ...each, identity: identityWrites(pair, each.link, each.record) }));
  // A new follower was never asked; another one is when somebody said that it may lack something.
  const asked = all.filter(({ draft, identity }) => identity.length > 0 || isAskedForConsent(draft));
  const said = await recordsOfPersons(
    context,
    asked.map(({ link }) => link),
    workClass,
  );
  return all.flatMap(({ draft, link, record, identity }) => {
    if (!isToldAlone(draft)) draft.marks.push(...markForLink(pair, link, record));
    const wanted = [...identity, ...consentWrites(pair, record, said.get(link.id) ?? [])];
    const { writes, still } = withoutParked(mappingHash, 'salesforce', wanted, stillRefused(draft.unit));
    draft.stillParked = still;
    if (writes.length === 0) return [];
    return [makeJob(context, draft, 'update', record.ref, record.ref, writes, record.readAt, null)];
  });
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
 * Works on followers: each gets its identity, `HUBSPOTID.number`, consent, and no other field. One that the system says is gone follows
 * no more; what it was merged into is a matter of its own signals. Absence is not deletion: one that is not shown goes on following.
 */
export const workFollowers = async (
  context: EngineContext,
  followers: readonly (readonly [Draft, Link])[],
  workClass: WorkClass,
): Promise<readonly SendJob[]> => {
  if (followers.length === 0) return [];
  const { pair } = context;
  const system = context.systems.salesforce;
  const alive: Alive[] = [];
  const types = [...new Set(followers.flatMap(([draft]) => refOf(draft)?.type ?? []))];
  for (const type of types) {
    const own = followers.filter(([draft]) => refOf(draft)?.type === type);
    const ids = own.flatMap(([draft]) => refOf(draft)?.id ?? []);
    const form = formFor(pair, 'salesforce', type);
    const callContext = contextFor(context, workClass, 'read');
    const flag = form.conversion ? [form.conversion.flag] : [];
    const consents = consentFieldsOf(form, 'salesforce');
    const [read, fates] = await Promise.all([
      system.readMany(type, ids, [form.identity.salesforce, ...flag, ...consents], callContext),
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
        alive.push({ draft, link, record });
      } else if (fate.kind === 'alive') lookAgain(draft, 1_000);
    }
  }
  return jobsOf(context, alive, workClass);
};
