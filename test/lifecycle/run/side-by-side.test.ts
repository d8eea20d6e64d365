import { afterAll, beforeAll, expect, it } from 'vitest';
import { lookOnce } from '../../../src/lifecycle/run/look-pass.ts';
import { LifecycleRunner } from '../../../src/lifecycle/run/runner.ts';
import type { Sides } from '../../../src/model/system.ts';
import { eventually, withOffice } from './office.ts';

const office = withOffice();
const { fixture } = office.simulated;
const waiting = { timeout: 20_000, interval: 20 } as const;
let people: readonly Sides<string>[] = [];

const contactOf = (at: number): string => {
  const found = people[at];
  if (found === undefined) throw new Error('nobody is there');
  return found.hubspot;
};
const askForDemo = async (at: number): Promise<void> => {
  await office.simulated.control('hubspot', 'activity', [
    { email: `ada${at}@example.com`, type: 'formSubmission', form: 'Demo request' },
  ]);
  await office.mark('hubspot', 'contacts', [contactOf(at)]);
};
const handOffIs = (at: number, state: 'open' | 'done') => async (): Promise<boolean> => {
  const rows = await fixture.query<{ state: string }>(
    `select e.state from tandem.effects e join tandem.journeys j on j.id = e.journey_id where j.contact_id = $1 and e.kind = 'hand-off'`,
    [contactOf(at)],
  );
  return rows.some((each) => each.state === state);
};
const noted = async (): Promise<boolean> =>
  (await fixture.store.lifecycle.notedPauses())?.includes('return') === true;

const stop = new AbortController();
let running: Promise<void> = Promise.resolve();
const told: string[] = [];
let isHeld = true;
let goOn: () => void = () => undefined;
const held = new Promise<void>((resolve) => {
  goOn = () => {
    isHeld = false;
    resolve();
  };
});

beforeAll(async () => {
  people = await office.people(3);
  running = new LifecycleRunner(
    {
      ...office.context,
      // A channel that takes its time.
      tell: async (text) => {
        told.push(text);
        if (isHeld) await held;
      },
    },
    3_600_000,
  ).run(stop.signal);
}, 60_000);
afterAll(async () => {
  goOn();
  stop.abort();
  await running;
});

it('while somebody is handed over the next one is looked at, and a pause is noted once nothing of before is under way', async () => {
  await askForDemo(0);
  await eventually(() => told.length === 1, waiting);
  await fixture.store.operator.pause({ scope: 'return', by: 'hand', cause: 'test' });
  await askForDemo(1);
  // Its order is given, though nothing is carried out but what is under way.
  await eventually(handOffIs(1, 'open'), waiting);
  expect([await handOffIs(0, 'open')(), told.length, await noted()]).toEqual([true, 1, false]);
  goOn();
  await eventually(noted, waiting);
  await eventually(handOffIs(0, 'done'), waiting);
  await eventually(handOffIs(1, 'done'), waiting);
  await fixture.store.operator.resume(['return'], 'hand');
});

it('whoever asks and has no record in Salesforce has one asked for with the order, unless hand-offs wait', async () => {
  stop.abort();
  await running;
  const asked = async () =>
    (
      await fixture.query<{ id: string }>(
        "select record_id as id from tandem.dirty where pair = 'people' and cause = 'hand-off'",
      )
    ).map(({ id }) => id);
  await fixture.query('delete from tandem.links where hubspot_id = $1', [contactOf(2)]);
  await askForDemo(2);
  expect(await lookOnce(office.context, { requests: false, kinds: ['hand-off'] })).toBeGreaterThan(0);
  expect([await handOffIs(2, 'open')(), await asked()]).toEqual([true, []]);
  await fixture.query("delete from tandem.effects where kind = 'hand-off' and state = 'open'");
  await fixture.query('delete from tandem.journeys where contact_id = $1', [contactOf(2)]);
  await office.mark('hubspot', 'contacts', [contactOf(2)]);
  await lookOnce(office.context);
  expect([await handOffIs(2, 'open')(), await asked()]).toEqual([true, [contactOf(2)]]);
});
