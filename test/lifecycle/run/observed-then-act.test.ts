import { beforeAll, describe, expect, it } from 'vitest';
import { currentProblems } from '../../../src/commands/status/problems.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import { letGoOnce } from '../../../src/lifecycle/run/first-start-pass.ts';
import type { Mode } from '../../../src/lifecycle/stage/journey.ts';
import type { Sides } from '../../../src/model/system.ts';
import { mirrorMappings } from '../../mirror.ts';
import { withOffice } from './office.ts';

const office = withOffice();
const { fixture } = office.simulated;
let people: readonly Sides<string>[] = [];

const person = (at: number): Sides<string> => {
  const found = people[at];
  if (found === undefined) throw new Error('nobody is there');
  return found;
};
/** The same configuration with hand-offs in another mode, and waves of two. */
const handingOff = (mode: Mode): LifecycleContext => {
  const { behaviours, firstStart } = office.context.models.lifecycle;
  return office.with({
    behaviours: { ...behaviours, 'hand-off': mode },
    firstStart: { ...firstStart, observed: 2 },
  });
};
const sendForm = async (at: number, form: string, context: LifecycleContext): Promise<void> => {
  await office.simulated.control('hubspot', 'activity', [
    { email: `p${at}@nordlys.example`, type: 'formSubmission', form },
  ]);
  await office.mark('hubspot', 'contacts', [person(at).hubspot]);
  await office.settle(context);
};
/** Who has a task of a hand-over. */
const handed = async (): Promise<readonly number[]> => {
  const tasks = await office.rows('Task', () => true);
  return people.flatMap(({ salesforce }, at) =>
    tasks.filter(({ WhoId }) => WhoId === salesforce).map(() => at),
  );
};
const stageOf = async (at: number): Promise<string | undefined> =>
  (await office.context.store.journeys([person(at).hubspot])).get(person(at).hubspot)?.stage;
const held = async () =>
  (await currentProblems(fixture.store, mirrorMappings.pairs)).filter(({ key }) => key.startsWith('held:'));

beforeAll(async () => {
  await office.context.store.sinceAt();
  people = await office.simulated.people(
    [0, 1, 2, 3, 4].map((at) => ({
      ...{ email: `p${at}@nordlys.example`, firstname: 'Ada', lastname: `Lind ${at}` },
      ...{ company: 'Nordlys', jobtitle: 'Head of IT' },
    })),
  );
  await fixture.store.engine.commitSignals([], {
    alignment: {
      ...{ pair: 'people', mappingHash: 'any', after: { hubspot: null, salesforce: null } },
      ...{ listed: { hubspot: 5, salesforce: 5 }, done: { hubspot: true, salesforce: true } },
    },
  });
  const observing = handingOff('observe');
  for (const at of [0, 1, 2, 3]) {
    await sendForm(at, 'Newsletter', observing);
    await sendForm(at, 'Guide', observing);
  }
  await sendForm(4, 'Demo request', observing);
  // Somebody of sales found one of them by themselves.
  await office.simulated.editLeadAsPerson(person(3).salesforce, { Status: 'Working - Contacted' });
  await office.mark('salesforce', 'Lead', [person(3).salesforce]);
  await office.settle(observing);
}, 120_000);

describe('hand-offs that were observed, once they act', () => {
  it('hand over nobody at once: who is owed is held back, in status with what to press', async () => {
    expect(await Promise.all([0, 1, 2, 3, 4].map(stageOf))).toEqual([
      ...['sales-ready', 'sales-ready', 'sales-ready', 'working', 'sales-ready'],
    ]);
    const acting = handingOff('act');
    await acting.store.wakeObserved('observed');
    await office.settle(acting);
    expect(await handed()).toEqual([]);
    expect(await letGoOnce(acting)).toBe(2);
    expect(await held()).toMatchObject([
      {
        what: '2 people were ready while hand-offs were only observed, and nobody has them (held back)',
        records: 2,
        fault: 'config',
        next: expect.stringContaining('lets the next 2 go'),
      },
    ]);
  });

  it('go in waves, who asked first; the next one with a word', async () => {
    const acting = handingOff('act');
    await office.settle(acting);
    const first = await handed();
    expect(first).toHaveLength(2);
    expect(first).toContain(4);
    const [clock] = await fixture.query<{ asked: boolean }>(
      `select (c.clock ->> 'asked')::boolean as asked from tandem.clocks c join tandem.journeys j on j.id = c.journey_id
       where j.contact_id = '${person(4).hubspot}' and c.kind = 'follow-up'`,
    );
    expect(clock?.asked).toBe(true);
    expect(office.told.find((text) => text.includes('Lind 4'))).toContain('demo');
    expect([await letGoOnce(acting), await letGoOnce(acting)]).toEqual([0, 0]);
    const [hold] = await fixture.store.operator.heldChanges();
    await fixture.store.operator.releaseHeld(hold?.id ?? '');
    expect(await letGoOnce(acting)).toBe(2);
  });

  it('hand over everybody once, in the turn that was observed, and nobody whom a rep works on', async () => {
    const acting = handingOff('act');
    await office.settle(acting);
    expect((await handed()).toSorted()).toEqual([0, 1, 2, 4]);
    expect(await stageOf(3)).toBe('working');
    expect(await held()).toEqual([]);
    const rows = await fixture.query<{ turn: number; count: string }>(
      "select turn, count(*)::text as count from tandem.effects where kind = 'hand-off' group by turn",
    );
    expect(rows).toEqual([{ turn: 1, count: '4' }]);
    await acting.store.wakeObserved('observed');
    await office.settle(acting);
    expect((await handed()).toSorted()).toEqual([0, 1, 2, 4]);
  });
});
