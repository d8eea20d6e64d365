import type { RawFields } from '../../model/value.ts';
import type { SeenRecord } from '../look/person.ts';
import { shownOn } from '../look/shown-orders.ts';
import { askForRecords } from '../run/ask-records.ts';
import { callFor, type LifecycleContext } from '../run/context.ts';
import { salesStages } from '../stage/stages.ts';
import { isAnswered, isAskedBy } from './asked-reason.ts';
import { isAssigned } from './assigned.ts';
import type { StepName, StepResult } from './effect.ts';
import { hasLeftSales } from './left-sales.ts';
import { leaveStep, listStep } from './program-steps.ts';
import { answerStep, askStep } from './request-steps.ts';
import { routeStep } from './route-step.ts';
import { hubspotValues, ownerOf, queueWithoutTasks, salesValues, taskOf } from './sales-values.ts';
import { campaignStep, timelineStep } from './showing-steps.ts';
import { moveStagesBack } from './stage-back.ts';
import type { Standing } from './standing.ts';
import { done, outcomeOf, type Step } from './step.ts';
import { taskKeyField } from './task-key.ts';
import { tellStep } from './tell-step.ts';

const recordStep: Step = async (context, standings) => {
  const { pair, store } = context;
  const missing = standings
    .filter(({ person }) => person.sales === null)
    .map(({ effect }) => effect.contactId);
  if (missing.length === 0) return standings.map(() => done);
  await askForRecords(context, missing);
  const obstacles = await store.obstacles(pair.name, pair.types.hubspot, missing);
  return standings.map(({ effect, person }): StepResult => {
    if (person.sales !== null) return done;
    const obstacle = obstacles.get(effect.contactId);
    return obstacle === undefined
      ? {
          kind: 'wait',
          ms: Math.min(300 * 2 ** effect.attempts, 600_000),
          why: 'its record in Salesforce is under way',
        }
      : {
          kind: 'refused',
          why: obstacle,
          next: 'Answer it (tandem reviews, tandem failures): the hand-off goes on by itself.',
        };
  });
};

/** The values that differ from what the record has, or, where it was not read, from what Tandem last wrote there. */
const changed = (wanted: RawFields, { ref, fields }: SeenRecord, shown: RawFields): RawFields => {
  const before = { ...(shown[shownOn] === ref.id ? shown : {}), ...fields };
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => !Object.hasOwn(before, name) || before[name] !== value),
  );
};

interface Placed {
  readonly standing: Standing;
  readonly id: string;
  readonly type: string;
  readonly fields: RawFields;
}

/** Writes values by id, object by object, and tells which were written by effect key. */
const writeValues = async (
  context: LifecycleContext,
  system: 'hubspot' | 'salesforce',
  placed: readonly Placed[],
  wrote: Map<string, RawFields>,
): Promise<ReadonlyMap<Standing, StepResult>> => {
  const results = new Map<Standing, StepResult>();
  for (const type of new Set(placed.map((each) => each.type))) {
    const writable = context.writable.get(type);
    const own = placed
      .filter((each) => each.type === type)
      .map((each) => ({
        ...each,
        fields: Object.fromEntries(
          Object.entries(each.fields).filter(([name]) => writable?.has(name) ?? true),
        ),
      }));
    const rows = own.filter(({ fields }) => Object.keys(fields).length > 0);
    const outcomes =
      rows.length === 0
        ? []
        : await context.systems[system].writeMany(
            type,
            rows.map(({ id, fields, standing }) => ({
              op: 'update',
              key: context.makeId(),
              id,
              fields,
              ...(system === 'salesforce' && isAssigned(standing) ? { assigns: true } : {}),
            })),
            callFor(context, 'write'),
          );
    for (const { standing, fields, id } of own) {
      const at = rows.findIndex((row) => row.standing === standing);
      const result = at === -1 ? done : outcomeOf(standing, outcomes[at]);
      results.set(standing, result);
      // A second write of the same round, to the queue for those whom a rule gave to nobody, adds to the first.
      if (result.kind === 'done')
        wrote.set(standing.effect.key, { ...wrote.get(standing.effect.key), ...fields, [shownOn]: id });
    }
  }
  return results;
};

const valuesStep =
  (
    system: 'hubspot' | 'salesforce',
    valuesOf: (context: LifecycleContext, standing: Standing) => RawFields,
    wrote: Map<string, RawFields>,
  ): Step =>
  async (context, standings) => {
    const placed = standings.flatMap((standing): Placed[] => {
      const record = system === 'hubspot' ? standing.person.contact : standing.person.sales;
      if (record === null) return [];
      const wanted = valuesOf(context, standing);
      const differing = changed(wanted, record, standing.stored.shown[system]);
      // Only a write makes the org's rules choose, also one of what an earlier try has written already.
      const isAsked = system === 'salesforce' && isAssigned(standing);
      const fields = isAsked && Object.keys(differing).length === 0 ? wanted : differing;
      return [{ standing, id: record.ref.id, type: record.ref.type, fields }];
    });
    const results = await writeValues(context, system, placed, wrote);
    // Whoever has no record there has nothing to be shown.
    return standings.map((standing) => results.get(standing) ?? done);
  };

/** What Tandem shows on contacts; HubSpot's own stage by its rules, and not where a cap holds it back. */
const hubspotStep = (wrote: Map<string, RawFields>): Step => {
  const moved = new Set<string>();
  return async (context, standings) => {
    const { held, failed } = await moveStagesBack(context, standings, moved);
    const valuesOf = (whole: LifecycleContext, standing: Standing): RawFields => {
      const { lifecyclestage, ...others } = hubspotValues(whole, standing);
      return held.has(standing) || lifecyclestage === undefined ? others : { ...others, lifecyclestage };
    };
    const open = standings.filter((standing) => !failed.has(standing));
    const results = await valuesStep('hubspot', valuesOf, wrote)(context, open);
    return standings.map((standing) => failed.get(standing) ?? results[open.indexOf(standing)] ?? done);
  };
};

/** What stands instead of the task of a lead that waits in a queue; null: it gets one. */
const withoutTask = (standing: Standing): string | null => {
  const queue = queueWithoutTasks(standing);
  return queue === null ? null : `no task: the queue '${queue.name}' can own none`;
};

/**
 * Whether there is nothing for the owner to do: the person has left sales, a reason came before it was asked for; who asked again is with a rep, who has a task; a program nudges,
 * or the file has no nudge any more.
 */
const isSilent = ({ models }: LifecycleContext, standing: Standing): boolean =>
  hasLeftSales(standing) ||
  isAnswered(standing) ||
  (standing.effect.kind === 'tell-owner' && salesStages.has(standing.stored.journey.stage)) ||
  (standing.effect.kind === 'nudge' && models.lifecycle.pull.nudge?.as !== 'task');

/**
 * Makes the rep's task. The key is looked up before, deleted ones included, wherever an earlier try may have landed: a second task would be
 * seen, and one that the rep deleted would come back.
 */
const taskStep: Step = async (context, standings) => {
  const { systems } = context;
  const asked = standings.filter(({ effect }) => effect.steps.task?.state === 'sent');
  const found =
    asked.length === 0
      ? []
      : await systems.salesforce.findByField(
          'Task',
          taskKeyField,
          asked.map(({ effect }) => effect.key),
          [taskKeyField],
          callFor(context, 'match'),
        );
  const known = new Map(found.map(({ record, matched }) => [matched[0] ?? '', record.ref.id]));
  const open = standings.filter(
    (standing) =>
      standing.person.sales !== null &&
      !known.has(standing.effect.key.toLowerCase()) &&
      !isSilent(context, standing) &&
      withoutTask(standing) === null,
  );
  const outcomes =
    open.length === 0
      ? []
      : await systems.salesforce.writeMany(
          'Task',
          open.map((standing) => {
            const task = taskOf(context, standing);
            const owner = ownerOf(standing);
            return {
              op: 'upsert',
              key: context.makeId(),
              identityField: taskKeyField,
              identityValue: standing.effect.key,
              fields: {
                Subject: task.subject,
                Description: task.body,
                WhoId: standing.person.sales?.ref.id ?? null,
                Status: 'Not Started',
                Priority: task.priority,
                ActivityDate: task.dueDay,
                ...(task.remindAt === null
                  ? {}
                  : { IsReminderSet: true, ReminderDateTime: new Date(task.remindAt).toISOString() }),
                ...(owner === null ? {} : { OwnerId: owner }),
              },
            };
          }),
          callFor(context, 'write'),
        );
  return standings.map((standing): StepResult => {
    const id = known.get(standing.effect.key.toLowerCase());
    if (id !== undefined) return { kind: 'done', id };
    if (isSilent(context, standing)) return done;
    const said = withoutTask(standing);
    if (said !== null) return { kind: 'done', said };
    const at = open.indexOf(standing);
    return at === -1
      ? {
          kind: 'refused',
          why: 'there is no record in Salesforce to put a task on',
          next: 'Nothing: it is made with the record.',
        }
      : outcomeOf(standing, outcomes[at]);
  });
};

/** Closes the tasks that Tandem gave for this turn, unless somebody closed or deleted them. */
const closeStep: Step = async (context, standings) => {
  const { store, systems } = context;
  const made = await store.tasks([...new Set(standings.map(({ stored }) => stored.id))]);
  const tasks = made.filter((task) => !standings.some((standing) => isAskedBy(task, standing)));
  if (tasks.length === 0) return standings.map(() => done);
  const read = await systems.salesforce.readMany(
    'Task',
    tasks.map(({ id }) => id),
    ['IsClosed'],
    callFor(context, 'read'),
  );
  const open = tasks.filter(({ id }) => {
    const task = read.get(id);
    return task !== undefined && !task.deleted && task.fields.IsClosed !== true;
  });
  const outcomes =
    open.length === 0
      ? []
      : await systems.salesforce.writeMany(
          'Task',
          open.map(({ id }) => ({
            op: 'update',
            key: context.makeId(),
            id,
            fields: { Status: 'Completed' },
          })),
          callFor(context, 'write'),
        );
  return standings.map((standing): StepResult => {
    const own = open.flatMap((task, at) => (task.journeyId === standing.stored.id ? [outcomes[at]] : []));
    return own.map((outcome) => outcomeOf(standing, outcome)).find(({ kind }) => kind !== 'done') ?? done;
  });
};

/** All steps of one round; what values steps wrote goes into `wrote`, by system and effect. */
export const makeSteps = (wrote: {
  readonly hubspot: Map<string, RawFields>;
  readonly salesforce: Map<string, RawFields>;
}): Readonly<Record<StepName, Step>> => ({
  record: recordStep,
  route: routeStep,
  sales: valuesStep('salesforce', salesValues, wrote.salesforce),
  task: taskStep,
  hubspot: hubspotStep(wrote.hubspot),
  tell: tellStep,
  campaign: campaignStep,
  timeline: timelineStep,
  leave: leaveStep,
  list: listStep,
  close: closeStep,
  ask: askStep,
  answer: answerStep,
});
