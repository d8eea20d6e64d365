import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../e2e/harness/person.ts';
import { Stage } from '../e2e/harness/stage.ts';
import { until } from '../e2e/harness/until.ts';

interface Told {
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

describe('tandem restore: what a person does about a value that lost', () => {
  let stage: Stage;
  let person: Person;
  let [ann, lead] = ['', ''];

  const leadNow = async (): Promise<Readonly<Record<string, unknown>>> =>
    (await stage.sandbox.records('salesforce', 'Lead')).find(({ HubSpot_Id__c }) => HubSpot_Id__c === ann) ??
    {};
  const contactNow = async () =>
    (await stage.sandbox.records('hubspot', 'contacts')).find(({ id }) => id === ann)?.properties as Readonly<
      Record<string, unknown>
    >;
  const untilBoth = async (property: string, field: string, value: string): Promise<void> => {
    await until(
      `${value} on both sides`,
      async () =>
        (await leadNow())[field] === value && (await contactNow())[property] === value ? true : null,
      30_000,
    );
  };
  /** Nothing of the record is under way any more: what both sides show is in the ledger. */
  const untilSettled = async (field: string): Promise<void> => {
    await until(
      'a ledger that is complete',
      async () => {
        const { events } = (await stage.ask('explain', `hubspot:contacts/${ann}`, field)).json as Told;
        return events.some(({ event }) => event === 'intent' || event === 'pending') ? null : true;
      },
      30_000,
    );
  };

  beforeAll(async () => {
    stage = await Stage.open();
    person = await stage.person();
    ann = await person.createContact({ email: 'ann@example.com', lastname: 'Ng', jobtitle: 'Clerk' });
    const worker = stage.run();
    await worker.event('alignment-done');
    await untilBoth('jobtitle', 'Title', 'Clerk');
    lead = String((await leadNow()).Id);
  });
  afterAll(async () => stage?.close());

  it('puts back what a conflict let lose, which then flows, says who, and can be taken back', async () => {
    expect((await stage.ask('pause', 'people')).code).toBe(0);
    await person.editLeads([{ id: lead, values: { Title: 'Cook' } }]);
    await person.editContacts([{ id: ann, values: { jobtitle: 'Pilot' } }]);
    expect((await stage.ask('resume')).code).toBe(0);
    // Within two seconds of one another it is Salesforce's, else the later one: whichever lost is what comes back.
    const won = await until(
      'one title on both sides',
      async () => {
        const { Title } = await leadNow();
        return Title !== 'Clerk' && Title === (await contactNow()).jobtitle ? String(Title) : null;
      },
      30_000,
    );
    const lost = won === 'Cook' ? 'Pilot' : 'Cook';
    await untilSettled('Title');

    const restored = await stage.ask('restore', 'ann@example.com', 'Title', '--by', 'maria');
    expect(restored).toMatchObject({
      code: 0,
      json: { restored: { field: 'jobtitle', value: lost } },
    });
    await untilBoth('jobtitle', 'Title', lost);
    const { events } = (await stage.ask('explain', `hubspot:contacts/${ann}`, 'Title')).json as Told;
    expect(events.find(({ rule }) => rule === 'restored')).toMatchObject({
      ...{ from: won, to: lost, overwrote: won, by: 'operator' },
      cause: expect.stringContaining('by maria'),
    });
    expect((await stage.ask('failures')).code).toBe(0);

    await untilSettled('Title');
    const back = await stage.ask('restore', 'ann@example.com', 'jobtitle');
    expect(back).toMatchObject({ code: 0, json: { restored: { value: won } } });
    await untilBoth('jobtitle', 'Title', won);
    expect((await stage.verify()).unexplained).toBe(0);
  });

  it('lists what was changed on the other side and writes nothing, until one is named', async () => {
    await person.editContacts([{ id: ann, values: { city: 'Bonn' } }]);
    await untilBoth('city', 'City', 'Bonn');
    await person.editContacts([{ id: ann, values: { city: 'Mainz' } }]);
    await untilBoth('city', 'City', 'Mainz');
    await untilSettled('City');
    const before = await stage.sandbox.writes();
    const asked = await stage.ask('restore', 'ann@example.com', 'City');
    expect(asked).toMatchObject({
      code: 2,
      json: { stderr: expect.stringMatching(/No rule let.*--entry \d+ {2}\S+Z {2}Salesforce had "Bonn"/s) },
    });
    expect(await stage.sandbox.writes()).toEqual(before);
    const { stderr } = asked.json as { stderr: string };
    const entry = /--entry (\d+)/.exec(stderr)?.[1] ?? '';
    expect((await stage.ask('restore', 'ann@example.com', 'City', '--entry', entry)).code).toBe(0);
    await untilBoth('city', 'City', 'Bonn');
  });

  it('says so where there is nothing to put back, or no such record or field', async () => {
    const words = async (...args: readonly string[]) => {
      const { code, json } = await stage.ask('restore', ...args);
      return [code, (json as { stderr?: string }).stderr];
    };
    expect(await words('ann@example.com', 'lastname')).toEqual([
      2,
      expect.stringMatching(/Nothing of 'lastname'/),
    ]);
    expect(await words('ann@example.com', 'jobtittle')).toEqual([2, expect.stringMatching(/did you mean/)]);
    expect(await words('nobody@example.com', 'city')).toEqual([2, expect.stringMatching(/not linked now/)]);
  });
});
