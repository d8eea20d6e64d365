import { slackText } from '../digest/slack-text.ts';
import { taskKeyField } from '../effects/task-key.ts';
import type { KeptSignal, KeptSignals, Tellable } from '../signals/kept.ts';
import { signalTaskKey } from '../signals/kept.ts';
import { signalRules } from '../signals/rules.ts';
import { samplesOf, staysAsked } from '../signals/samples.ts';
import { recommendedStep, signalText } from '../signals/signal-words.ts';
import { isLookDue, lookForSignals } from '../signals/signals.ts';
import { dayMs } from '../stage/timers.ts';
import { callFor, type LifecycleContext } from './context.ts';
import { toKeptSignals } from './rows.ts';
import { lookAtTargets } from './target-pass.ts';

const problemKey = 'lifecycle:signal-task';

/** Task.Subject of Salesforce. */
const subjectMax = 255;

interface Note {
  readonly version: number;
  readonly kept: KeptSignals;
}

const read = async ({ store }: LifecycleContext): Promise<Note> => {
  const { version, state } = await store.keptSignals();
  return { version, kept: toKeptSignals(state) };
};

/** @throws Error where another process saved meanwhile, which has the office then: what it saved stands */
const save = async ({ store }: LifecycleContext, version: number, kept: KeptSignals): Promise<Note> => {
  if (!(await store.saveSignals(version, JSON.stringify(kept)))) {
    throw new Error('the signals were saved by another process, which has the office now');
  }
  return { version: version + 1, kept };
};

/** Looks, where a look is due: people are counted by the store, and what changed for the worse is kept before anybody is told. */
const look = async (context: LifecycleContext, note: Note): Promise<Note> => {
  const { store, staff, events } = context;
  const now = await store.now();
  const { state, open } = note.kept;
  if (!isLookDue(state, now)) return note;
  const samples = samplesOf(await store.stays(staysAsked(signalRules, now)), signalRules);
  const seen = lookForSignals(samples, state, now);
  const { owners } = await staff();
  const nameOf = (rep: string): string => owners.get(rep)?.name ?? rep;
  const fresh = seen.signals.map(
    (signal): KeptSignal => ({
      signal,
      at: now,
      text: signalText(signal, nameOf),
      step: recommendedStep(signal),
      alert: null,
      task: null,
    }),
  );
  for (const { measure, stage, dimension, recent, past } of seen.signals) {
    events.emit('signal', { measure, stage, dimension, people: recent.people, before: past.people });
  }
  for (const key of seen.over) {
    const over = open.find(({ signal }) => signal.key === key)?.signal;
    if (over === undefined) continue;
    const { measure, stage, dimension } = over;
    events.emit('signal-over', { measure, stage, dimension });
  }
  const isStill = ({ signal }: KeptSignal): boolean =>
    Object.hasOwn(seen.state.open, signal.key) && !fresh.some((each) => each.signal.key === signal.key);
  const targets = await lookAtTargets(context, note.kept.targets ?? [], now);
  return save(context, note.version, {
    state: seen.state,
    open: [...fresh, ...open.filter(isStill)],
    targets,
  });
};

type Way = 'alert' | 'task';

const mark = ({ kept }: Note, which: Tellable, way: Way, told: KeptSignal[Way]): KeptSignals => {
  const marked = <T extends Tellable>(each: T): T =>
    signalTaskKey(each) === signalTaskKey(which) ? { ...each, [way]: told } : each;
  return { ...kept, open: kept.open.map(marked), targets: (kept.targets ?? []).map(marked) };
};

/** A message for a chat: the first line bold, the others as they are. */
const alertOf = ({ text }: Tellable): string => {
  const [first = '', ...others] = text.split('\n').map(slackText);
  return [`*${first}*`, ...others].join('\n');
};

const makeTask = async (context: LifecycleContext, kept: Tellable, owner: string): Promise<void> => {
  const { systems, engine } = context;
  const key = signalTaskKey(kept);
  const found = await systems.salesforce.findByField(
    'Task',
    taskKeyField,
    [key],
    [taskKeyField],
    callFor(context, 'match'),
  );
  if (found.length > 0) return;
  const [outcome] = await systems.salesforce.writeMany(
    'Task',
    [
      {
        op: 'upsert',
        key: context.makeId(),
        identityField: taskKeyField,
        identityValue: key,
        fields: {
          Subject: (kept.text.split('\n')[0] ?? '').slice(0, subjectMax),
          Description: kept.text,
          Status: 'Not Started',
          Priority: 'Normal',
          // Until the next look.
          ActivityDate: new Date(kept.at + signalRules.lookEveryDays * dayMs).toISOString().slice(0, 10),
          OwnerId: owner,
        },
      },
    ],
    callFor(context, 'write'),
  );
  if (outcome?.kind === 'landed') return engine.clearProblem(problemKey);
  if (outcome?.kind !== 'refused') throw new Error('what became of the task is not known yet');
  const { code, message } = outcome.failure;
  await engine.raiseProblem({
    key: problemKey,
    what: 'a signal about the stages has no task',
    cause: `salesforce refuses it: ${code}: ${message}`,
    fault: 'config',
    next: 'Name an active user of Salesforce as signals.task in lifecycle.yaml, and give the integration the right to create tasks; it is tried again by itself.',
  });
  throw new Error(`salesforce refuses the task: ${code}`);
};

const ways: readonly Way[] = ['alert', 'task'];

/**
 * Tells of every signal that is open, once by each way that is configured. That it is about to be told is saved before: a message of which nobody knows
 * whether it came is not repeated, a task is looked up by its key.
 */
const tell = async (context: LifecycleContext, begun: Note): Promise<number> => {
  const { lifecycle } = context.models;
  const { task: owner } = lifecycle.signals;
  const send: Readonly<Record<Way, ((kept: Tellable) => Promise<void>) | null>> = {
    alert: context.tell === undefined ? null : async (kept) => context.tell?.(alertOf(kept)),
    task: owner === null ? null : (kept) => makeTask(context, kept, owner),
  };
  let note = begun;
  let told = 0;
  for (const way of ways) {
    const sending = send[way];
    if (sending === null) continue;
    for (const kept of [...begun.kept.open, ...(begun.kept.targets ?? [])]) {
      if (kept[way] === 'done') continue;
      const isRepeated = kept[way] === 'sent';
      if (!isRepeated) note = await save(context, note.version, mark(note, kept, way, 'sent'));
      try {
        if (!(isRepeated && way === 'alert')) await sending(kept);
        note = await save(context, note.version, mark(note, kept, way, 'done'));
        told += 1;
      } catch (error) {
        // A chat that refused a message has not shown it; a task is looked up before it is made again.
        if (way === 'alert') note = await save(context, note.version, mark(note, kept, way, null));
        const cause = error instanceof Error ? error.message : String(error);
        context.events.emit('signal-failed', { way, cause, next: 'Nothing: it is told again by itself.' });
      }
    }
  }
  return told;
};

/**
 * Looks once a week whether conversion fell, stage times grew or the agreed quality is missed, and tells of it where `stages` acts; else it stands in `status` alone. May be called as
 * often as anybody likes: between two looks it reads one row. Answers how many messages were sent. @throws CallFailed
 */
export const signalsOnce = async (context: LifecycleContext): Promise<number> => {
  const mode = context.models.lifecycle.behaviours.stages;
  if (mode === 'off') return 0;
  const note = await look(context, await read(context));
  return mode === 'act' ? tell(context, note) : 0;
};
