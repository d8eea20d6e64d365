import type { FirstStartKind, FirstStartStep } from '../../model/journeys.ts';
import type { LifecycleContext } from './context.ts';

interface Words {
  /** What is held back, of so many. */
  readonly what: (count: number) => string;
  /** The key in lifecycle.yaml. */
  readonly key: string;
  readonly look: string;
  /** How many go by themselves, where that is not so many in all. */
  readonly pace?: string;
  /** What lets them go, where it is not all at once; absent: all of them. */
  readonly next?: (next: string, cap: number) => string;
}

const people = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

const words: Readonly<Record<FirstStartKind, Words>> = {
  'hand-off': {
    what: (count) =>
      `${people(count, 'person is', 'people are')} ready by what they did before the lifecycle was on, and held back (first start)`,
    key: 'first-start.hand-offs',
    look: 'tandem handoffs --json names them. Whoever asks for contact, or does something new, goes all the same.',
  },
  return: {
    what: (count) =>
      `${people(count, 'lead', 'leads')} that sales had before the lifecycle was on stand still, and are not given back (first start)`,
    key: 'first-start.returns',
    look: 'One that a rep moves is on its way again.',
  },
  lifecyclestage: {
    what: (count) =>
      `HubSpot's lifecyclestage of ${people(count, 'contact', 'contacts')} stands further than their stage, and is not moved back (first start)`,
    key: 'first-start.lifecyclestage-back',
    look: 'Each step back fires the workflows that listen to it; with lifecyclestage: forward none is made.',
  },
  observed: {
    what: (count) =>
      `${people(count, 'person was', 'people were')} ready while hand-offs were only observed, and nobody has them (held back)`,
    key: 'first-start.observed',
    look: 'Who asks for contact, does something new or is taken up by a rep waits no more.',
    next: (next, cap) =>
      `Once the reps can take more: ${next} lets the next ${cap > 0 ? cap : 'fifty'} go, and this stays for the others.`,
  },
  'observed-return': {
    what: (count) =>
      `${people(count, 'person was', 'people were')} given back while returns were only observed, and no program has them (held back)`,
    key: 'first-start.observed-returns',
    look: 'Who is ready anew, or is taken up by a rep, waits no more.',
    next: (next, cap) =>
      `Once their programs are ready for them: ${next} lets the next ${cap > 0 ? cap : 'fifty'} go, and this stays for the others.`,
  },
  'stage-back': {
    what: (count) =>
      `HubSpot's lifecyclestage of ${people(count, 'contact', 'contacts')} would move back, and more have in the last 24 hours than go by themselves (held back)`,
    key: 'lifecyclestage-back-per-day',
    look: 'Each step back fires the workflows that listen to it. As the day goes on so many go, those first that waited longest.',
    pace: 'in 24 hours go',
    next: (next) =>
      `If all of them are meant to go at once: ${next}. If not, find out what moves so many people back.`,
  },
};

const usualNext = (key: string, next: string): string =>
  `If all are meant to go: ${next}. If only some more: a higher ${key}, and start the worker anew.`;

/** Says what is held back, once in the log, and in `status` as it stands. */
const tell = async (
  { events, engine, models, pair }: LifecycleContext,
  { what, waiting, hold, ended }: FirstStartStep,
): Promise<void> => {
  if (ended !== null) await engine.clearProblem(`held:${ended}`);
  if (hold === null || !hold.isOther) return;
  const next = `tandem apply --held ${hold.id}`;
  if (hold.isNew) {
    const told = { pair: pair.name, kind: what, field: null, records: waiting, percent: null, next };
    events.emit('held', { id: hold.id, ...told });
  }
  const { key, look, next: wave, pace = wave === undefined ? 'in all go' : 'go', ...say } = words[what];
  const cap = models.lifecycle.firstStart[what];
  await engine.raiseProblem({
    key: `held:${hold.id}`,
    what: say.what(waiting),
    cause: `${cap} ${pace} by themselves: ${key} in lifecycle.yaml.`,
    fault: 'config',
    next: `${look} ${wave === undefined ? usualNext(key, next) : wave(next, cap)}`,
  });
};

/**
 * Lets people of before the lifecycle was on go by the caps of the first start, and tells what is held back beyond them. Asks the store alone. Answers how
 * many went.
 */
export const letGoOnce = async (context: LifecycleContext): Promise<number> => {
  const { store, pair, models, events } = context;
  const { firstStart, behaviours } = models.lifecycle;
  const steps = await store.firstStart(pair.name, {
    ...firstStart,
    observed: behaviours['hand-off'] === 'act' ? firstStart.observed : 0,
    'observed-return': behaviours.return === 'act' ? firstStart['observed-return'] : 0,
  });
  for (const step of steps) {
    const { what, letGo, waiting } = step;
    if (letGo > 0) events.emit('first-start', { what, people: letGo, waiting });
    await tell(context, step);
  }
  return steps.reduce((sum, { letGo }) => sum + letGo, 0);
};
