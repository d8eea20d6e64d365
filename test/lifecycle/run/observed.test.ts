import { beforeAll, describe, expect, it } from 'vitest';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { Mode } from '../../../src/lifecycle/stage/journey.ts';
import type { Sides } from '../../../src/model/system.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { withOffice } from './office.ts';

const office = withOffice();

let people: readonly Sides<string>[] = [];

const stageFields = ['tandem_stage', 'lifecyclestage', 'hs_lead_status'];
const turnFields = ['tandem_ready_at', 'tandem_handed_at', 'tandem_definition'];
const scoreFields = ['tandem_score', 'tandem_fit', 'tandem_engagement', 'tandem_score_reasons'];

const person = (at: number): Sides<string> => {
  const found = people[at];
  if (found === undefined) throw new Error('nobody is there');
  return found;
};
/** What stands in these fields; empty ones are left out. */
const filled = (fields: RawFields): RawFields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => (value ?? '') !== ''));
const contact = async (at: number, names: readonly string[]): Promise<RawFields> =>
  filled(await office.read('hubspot', 'contacts', person(at).hubspot, ...names));
const lead = async (at: number, ...names: string[]): Promise<RawFields> =>
  filled(await office.read('salesforce', 'Lead', person(at).salesforce, ...names));

const behaving = (change: Partial<LifecycleContext['models']['lifecycle']['behaviours']>): LifecycleContext =>
  office.with({ behaviours: { ...office.context.models.lifecycle.behaviours, ...change } });

/** They do something by the way in which somebody asks for contact, or no more than send a form. */
const sendForm = async (at: number, form: string): Promise<void> => {
  await office.simulated.control('hubspot', 'activity', [
    { email: `p${at}@nordlys.example`, type: 'formSubmission', form },
  ]);
};
const look = async (at: number, context: LifecycleContext): Promise<void> => {
  await office.mark('hubspot', 'contacts', [person(at).hubspot]);
  await office.mark('salesforce', 'Lead', [person(at).salesforce]);
  await office.settle(context);
};

beforeAll(async () => {
  // The lifecycle is on from now: who asks later is heard.
  await office.context.store.sinceAt();
  people = await office.simulated.people(
    [0, 1, 2, 3, 4].map((at) => ({
      ...{ email: `p${at}@nordlys.example`, firstname: 'Ada', lastname: `Lind ${at}` },
      ...{ company: 'Nordlys', jobtitle: 'Head of IT' },
    })),
  );
}, 60_000);

describe('stages that are only observed', () => {
  it('are shown to nobody by the order to show a score that acts', async () => {
    await sendForm(0, 'Newsletter');
    await look(0, behaving({ stages: 'observe', 'hand-off': 'observe', return: 'observe', requests: 'off' }));
    expect(Object.keys(await contact(0, scoreFields))).toEqual(scoreFields);
    // HubSpot's own default.
    expect(await contact(0, [...stageFields, ...turnFields])).toEqual({ lifecyclestage: 'lead' });
    expect(await lead(0, 'Tandem_Stage__c')).toEqual({});
  });

  it('keep the lifecyclestage that HubSpot has, also where it would be moved back', async () => {
    const { hubspot } = person(1);
    await office.simulated.editContact(hubspot, { lifecyclestage: 'customer' });
    await sendForm(1, 'Newsletter');
    const observing = behaving({
      stages: 'observe',
      'hand-off': 'observe',
      return: 'observe',
      requests: 'off',
    });
    const { lifecycle } = observing.models;
    await look(1, {
      ...observing,
      models: { ...observing.models, lifecycle: { ...lifecycle, lifecyclestage: 'both' } },
    });
    expect(await contact(1, ['lifecyclestage', 'tandem_stage'])).toEqual({ lifecyclestage: 'customer' });
  });
});

describe('a score that is off or only observed', () => {
  it.each<[Mode, number]>([
    ['off', 2],
    ['observe', 3],
  ])('%s: is shown to nobody by the order to show a stage', async (score, at) => {
    await sendForm(at, 'Newsletter');
    await look(at, behaving({ score, 'hand-off': 'off' }));
    expect((await contact(at, stageFields)).tandem_stage).toMatch(/lead|engaged/);
    expect(await contact(at, scoreFields)).toEqual({});
    expect(await lead(at, 'Tandem_Score__c', 'Tandem_Fit__c', 'Tandem_Engagement__c')).toEqual({});
  });
});

describe('a hand-off that is only observed, with stages that act', () => {
  const pilot = () => behaving({ 'hand-off': 'observe' });
  const journeyStage = async (): Promise<string | undefined> =>
    (await office.context.store.journeys([person(4).hubspot])).get(person(4).hubspot)?.stage;

  it('moves the journey, and neither system sees anything of it', async () => {
    await look(4, pilot());
    expect((await contact(4, stageFields)).tandem_stage).toBe('lead');
    await sendForm(4, 'Demo request');
    await look(4, pilot());
    expect(await journeyStage()).toBe('sales-ready');
    // What acted on the way there is shown.
    expect(await contact(4, [...stageFields, ...turnFields])).toEqual({
      tandem_stage: 'engaged',
      lifecyclestage: 'marketingqualifiedlead',
    });
    expect(
      await lead(4, 'Tandem_Ready_At__c', 'Tandem_Why_Now__c', 'Tandem_Digest__c', 'Tandem_Next_Step__c'),
    ).toEqual({});
    expect(await lead(4, 'Tandem_Stage__c')).toEqual({ Tandem_Stage__c: 'engaged' });
    expect(office.told).toEqual([]);
  });

  it('is not shown later either, when a rep works on the lead that they had', async () => {
    await office.simulated.editLeadAsPerson(person(4).salesforce, { Status: 'Working - Contacted' });
    await look(4, pilot());
    expect(await journeyStage()).toBe('working');
    expect((await contact(4, stageFields)).tandem_stage).toBe('working');
    expect(await contact(4, turnFields)).toEqual({});
    expect(await lead(4, 'Tandem_Stage__c', 'Tandem_Ready_At__c', 'Tandem_Digest__c')).toEqual({
      Tandem_Stage__c: 'working',
    });
  });
});
