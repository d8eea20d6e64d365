import type { CampaignMembership } from '../../model/campaign.ts';
import type { WriteRow } from '../../model/write.ts';
import { timelineEntries } from '../digest/timeline.ts';
import { isSameText } from '../requests/request.ts';
import { callFor, type LifecycleContext } from '../run/context.ts';
import type { StepResult } from './effect.ts';
import { digestInput, ownerOf } from './sales-values.ts';
import type { Standing } from './standing.ts';
import { done, outcomeOf, type Step } from './step.ts';
import { taskKeyField } from './task-key.ts';

/** What is shown beside the hand-off must not hold it up: what is refused is noted, and told. */
const noted = (context: LifecycleContext, { effect }: Standing, result: StepResult): StepResult => {
  if (result.kind !== 'refused') return result;
  const { key, kind } = effect;
  context.events.emit('effect-refused', { key, kind, why: result.why, next: result.next });
  return { kind: 'done', note: result.why };
};

/** The campaigns of Salesforce that those of HubSpot are in lifecycle.yaml, which the contact names or somebody's mails came from. */
const campaignsOf = ({ models }: LifecycleContext, { person, activities }: Standing): readonly string[] => {
  const { campaigns } = models.lifecycle;
  if (campaigns === null) return [];
  const named = campaigns.from === null ? null : person.contact.fields[campaigns.from];
  const names = [
    ...(typeof named === 'string' ? [named] : []),
    ...activities.flatMap(({ campaign }) => (campaign === undefined ? [] : [campaign])),
  ];
  const ids = names.flatMap(
    (name) => campaigns.map.find(([hubspot]) => isSameText(hubspot, name))?.[1] ?? [],
  );
  return [...new Set(ids)];
};

/** Who is handed over becomes a member of the campaign that brought them; Salesforce itself keeps anybody from being one twice. */
export const campaignStep: Step = async (context, standings) => {
  const wanted = standings.flatMap((standing) => {
    const { sales } = standing.person;
    if (sales === null) return [];
    return campaignsOf(context, standing).map((campaign) => ({
      standing,
      member: {
        campaign,
        person: sales.ref,
        status: context.models.lifecycle.campaigns?.status ?? null,
      } satisfies CampaignMembership,
    }));
  });
  if (wanted.length === 0 || context.joinCampaigns === undefined) return standings.map(() => done);
  const outcomes = await context.joinCampaigns(
    wanted.map(({ member }) => member),
    callFor(context, 'write'),
  );
  return standings.map((standing): StepResult => {
    const own = wanted.flatMap((each, at) => (each.standing === standing ? [outcomes[at]] : []));
    const results = own.map((outcome): StepResult => {
      if (outcome?.kind === 'landed') return done;
      return outcomeOf(standing, outcome?.kind === 'refused' ? outcome : undefined);
    });
    return noted(context, standing, results.find(({ kind }) => kind !== 'done') ?? done);
  });
};

/**
 * The most telling of what somebody did, as completed tasks on the record, at most as many as lifecycle.yaml says. Each has a key and is made once; those
 * that a rep deleted stay so.
 */
export const timelineStep: Step = async (context, standings) => {
  const max = context.models.lifecycle.timelineMax;
  const wanted = standings.flatMap((standing) => {
    const { sales } = standing.person;
    if (max === 0 || sales === null) return [];
    return timelineEntries(digestInput(context, standing), max).map((entry) => ({
      standing,
      entry,
      who: sales.ref.id,
      key: `${standing.effect.key}/${entry.key}`,
    }));
  });
  if (wanted.length === 0) return standings.map(() => done);
  const { salesforce } = context.systems;
  const tried = wanted.filter(({ standing }) => standing.effect.steps.timeline?.state === 'sent');
  const found =
    tried.length === 0
      ? []
      : await salesforce.findByField(
          'Task',
          taskKeyField,
          tried.map(({ key }) => key),
          [taskKeyField],
          callFor(context, 'match'),
        );
  const known = new Set(found.flatMap(({ matched }) => matched));
  const open = wanted.filter(({ key }) => !known.has(key.toLowerCase()));
  const rows = open.map(({ standing, entry, who, key }): WriteRow => {
    const owner = ownerOf(standing);
    const isUser = owner !== null && standing.staff.owners.get(owner)?.kind === 'user';
    return {
      ...{ op: 'upsert', key: context.makeId(), identityField: taskKeyField, identityValue: key },
      fields: {
        ...{ Subject: entry.subject, Description: entry.body, WhoId: who, ActivityDate: entry.day },
        ...{ Status: 'Completed', Priority: 'Normal' },
        ...(isUser ? { OwnerId: owner } : {}),
      },
    };
  });
  const outcomes =
    rows.length === 0 ? [] : await salesforce.writeMany('Task', rows, callFor(context, 'write'));
  return standings.map((standing): StepResult => {
    const own = open.flatMap((each, at) => (each.standing === standing ? [outcomes[at]] : []));
    const results = own.map((outcome) => outcomeOf(standing, outcome));
    const [worst] = results.filter(({ kind }) => kind !== 'done');
    return noted(context, standing, worst ?? done);
  });
};
