import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Child } from '../e2e/harness/child.ts';
import type { Person } from '../e2e/harness/person.ts';
import { Stage } from '../e2e/harness/stage.ts';
import { until } from '../e2e/harness/until.ts';

/** What an operator does while the worker runs: pause, resume, explain, sync, failures, check. */
describe('Commands: what an operator does while the worker runs', () => {
  let stage: Stage;
  let person: Person;
  let worker: Child;
  let [ann, bob] = ['', ''];

  const leadOf = async (contact: string): Promise<Readonly<Record<string, unknown>>> =>
    (await stage.sandbox.records('salesforce', 'Lead')).find((lead) => lead.HubSpot_Id__c === contact) ?? {};
  const contactOf = async (id: string): Promise<Readonly<Record<string, unknown>>> =>
    (await stage.sandbox.records('hubspot', 'contacts')).find((contact) => contact.id === id)
      ?.properties as Readonly<Record<string, unknown>>;
  const untilLead = async (contact: string, values: Readonly<Record<string, unknown>>): Promise<void> => {
    await until(
      `lead of ${contact} with ${Object.keys(values).join()}`,
      async () => {
        const lead = await leadOf(contact);
        return Object.entries(values).every(([name, value]) => lead[name] === value) ? true : null;
      },
      20_000,
    );
  };
  /** One of the worker's metrics of the people. */
  const metric = async (name: string): Promise<number> => {
    const { url } = await worker.event('ready');
    const text = await (await fetch(`${String(url)}/metrics`)).text();
    return Number(new RegExp(`^tandem_${name}\\{pair="people"\\} (.+)$`, 'm').exec(text)?.[1]);
  };
  const untilMetric = async (name: string, fits: (value: number) => boolean): Promise<void> => {
    await until(`a fitting ${name}`, async () => (fits(await metric(name)) ? true : null), 20_000);
  };

  beforeAll(async () => {
    stage = await Stage.open();
    person = await stage.person();
    ann = await person.createContact({ email: 'ann@example.com', lastname: 'Ng', company: 'Acme' });
    bob = await person.createContact({ email: 'bob@example.com', lastname: 'Lee', company: 'Brix' });
    worker = stage.run();
    await worker.event('alignment-done');
    await untilLead(ann, { LastName: 'Ng' });
    await untilLead(bob, { LastName: 'Lee' });
  });
  afterAll(async () => stage?.close());

  it('pause keeps a mapping still and its signals recorded; resume says what waited and lets it go on', async () => {
    const paused = await stage.ask('pause', 'people', '--because', 'migration');
    expect(paused).toMatchObject({
      code: 0,
      json: { still: true, paused: [{ scope: 'people', by: 'hand' }] },
    });
    const before = await stage.sandbox.writes();
    await person.editContacts([{ id: ann, values: { jobtitle: 'Pilot' } }]);
    await untilMetric('dirty_rows', (rows) => rows > 0);
    expect((await stage.status()).paused).toMatchObject([
      { scope: 'people', by: 'hand', cause: 'migration', waiting: 1 },
    ]);
    expect(await stage.sandbox.writes()).toEqual(before);
    const resumed = await stage.ask('resume');
    expect(resumed).toMatchObject({
      code: 0,
      json: {
        resumed: ['people'],
        waited: { records: 1, byObject: { people: { hubspot: 1, salesforce: 0 } } },
        paused: [],
      },
    });
    await untilLead(ann, { Title: 'Pilot' });
  });

  it('a paused direction holds its writes alone, the other goes on', async () => {
    expect((await stage.ask('pause', 'to-salesforce')).code).toBe(0);
    const lead = String((await leadOf(bob)).Id);
    await person.editContacts([{ id: bob, values: { city: 'Bonn' } }]);
    await person.editLeads([{ id: lead, values: { Title: 'Cook' } }]);
    await until(
      'the title in HubSpot',
      async () => ((await contactOf(bob)).jobtitle === 'Cook' ? true : null),
      20_000,
    );
    await untilMetric('held_rows', (rows) => rows === 1);
    expect(await leadOf(bob)).toMatchObject({ City: null });
    expect(await stage.ask('resume', 'to-salesforce')).toMatchObject({
      code: 0,
      json: { waited: { byObject: { people: {} } } },
    });
    await untilLead(bob, { City: 'Bonn' });
    expect(await stage.ask('pause', 'nonsense')).toMatchObject({ code: 2 });
    expect(await stage.ask('resume', 'nonsense')).toMatchObject({
      code: 2,
      json: { stderr: expect.stringMatching(/nothing called 'nonsense' to resume.*Nothing is paused/s) },
    });
    expect((await stage.verify()).unexplained).toBe(0);
  });

  it('explain tells the life of a record and of a field, by email, by either id, by either name', async () => {
    const lead = String((await leadOf(ann)).Id);
    const [whole, byName, byShortId, ...wrong] = await Promise.all([
      stage.ask('explain', `hubspot:contacts/${ann}`),
      stage.ask('explain', 'ann@example.com', 'Title'),
      stage.ask('explain', `salesforce:${lead.slice(0, 15)}`, 'jobtitle'),
      stage.ask('explain', 'ann@example.com', 'jobtittle'),
      stage.ask('explain', 'nobody@example.com'),
      stage.ask('explain', 'what?'),
    ]);
    expect(whole).toMatchObject({
      code: 0,
      json: { link: { hubspotId: ann, salesforceId: lead }, journey: null },
    });
    const field = byName?.json as { events: Record<string, unknown>[] };
    const event = field.events.find(({ field: name }) => name === 'jobtitle');
    expect(event).toMatchObject({
      system: 'salesforce',
      from: null,
      to: 'Pilot',
      rule: 'changed-there',
      cause: expect.stringContaining('hubspot'),
      by: 'salesforce integration',
    });
    expect(Object.keys(event ?? {})).toEqual(expect.arrayContaining(['at', 'clock']));
    expect(byShortId).toMatchObject({ code: 0, json: { link: { hubspotId: ann } } });
    expect(wrong.map(({ code }) => code)).toEqual([2, 1, 2]);
  });

  it('explain says by which rule somebody has no counterpart, and sync does not call that equal', async () => {
    const alone = await person.createContact({ lastname: 'Nobody' });
    const told = await stage.ask('explain', `hubspot:contacts/${alone}`);
    expect(told).toMatchObject({
      code: 0,
      json: { link: null, events: [{ event: 'alone', rule: 'no valid match key', by: 'tandem' }] },
    });
    expect(await stage.ask('sync', `hubspot:contacts/${alone}`)).toMatchObject({
      code: 0,
      json: { outcome: 'alone' },
    });
    expect((await stage.ask('explain', 'hubspot:contacts/9')).code).toBe(1);
    expect((await stage.ask('explain', `hubspot:contacts/${ann}`)).json).not.toMatchObject({
      events: expect.arrayContaining([expect.objectContaining({ event: 'alone' })]),
    });
  });

  it('failures are grouped, shown, edited at their source, retried once the cause is gone, and given up', async () => {
    await stage.sandbox.control('salesforce', 'rules', [
      {
        object: 'Lead',
        kind: 'validation',
        field: 'City',
        when: { City: 'Atlantis' },
        message: 'No such city.',
      },
    ]);
    await person.editContacts([
      { id: ann, values: { city: 'Atlantis', jobtitle: 'x'.repeat(200) } },
      { id: bob, values: { city: 'Atlantis' } },
    ]);
    const cause = 'people/salesforce/city/FIELD_CUSTOM_VALIDATION_EXCEPTION';
    await untilMetric('parked', (rows) => rows === 3);
    const listed = await stage.ask('failures');
    expect(listed).toMatchObject({ code: 1 });
    expect(JSON.stringify(listed.json)).not.toContain('Atlantis');
    expect((listed.json as { failures: unknown[] }).failures).toContainEqual(
      expect.objectContaining({ cause, records: 2, code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION' }),
    );
    expect((await stage.ask('failures', 'show', `hubspot:contacts/${ann}`)).json).toMatchObject({
      items: expect.arrayContaining([expect.objectContaining({ field: 'jobtitle', hubspotId: ann })]),
    });

    expect((await stage.ask('failures', 'edit', `hubspot:contacts/${ann}`, 'jobtitle=Captain')).code).toBe(0);
    await untilLead(ann, { Title: 'Captain' });
    expect(await contactOf(ann)).toMatchObject({ jobtitle: 'Captain' });

    expect((await stage.ask('failures', 'discard', `hubspot:contacts/${bob}`)).json).toEqual({
      discarded: 1,
    });
    expect(await stage.status()).toMatchObject({ parked: 1, failed: 1 });
    expect((await stage.verify()).unexplained).toBe(0);

    await stage.sandbox.control('salesforce', 'rules', []);
    expect((await stage.ask('failures', 'retry', cause)).json).toEqual({ retried: 1 });
    await untilLead(ann, { City: 'Atlantis' });
    expect((await stage.ask('explain', `hubspot:contacts/${ann}`, 'city')).json).toMatchObject({
      events: expect.arrayContaining([
        expect.objectContaining({
          event: 'write',
          to: 'Atlantis',
          cause: expect.stringContaining('retry by hand'),
          by: 'operator',
        }),
      ]),
    });
    expect(await leadOf(bob)).toMatchObject({ City: 'Bonn' });
    expect(await stage.ask('failures')).toEqual({ code: 0, json: { failures: [] } });
  });

  it('a question is shown with its candidates and decided: linked, or left alone', async () => {
    const [first = ''] = await Promise.all([
      person.createLead({ Email: 'twin@example.com', FirstName: 'Tina', LastName: 'Twin', Company: 'Two' }),
      person.createLead({ Email: 'twin@example.com', FirstName: 'Otto', LastName: 'Twin', Company: 'Two' }),
    ]);
    const contact = await person.createContact({
      email: 'twin@example.com',
      firstname: 'Tinna',
      lastname: 'Twin',
    });
    const about = async (id: string): Promise<{ code: number | null; json: unknown }> =>
      stage.ask('reviews', 'show', id);
    await until(
      'the question about the contact',
      async () => ((await about(`hubspot:contacts/${contact}`)).code === 1 ? true : null),
      30_000,
    );
    expect((await about(`hubspot:contacts/${contact}`)).json).toMatchObject({
      reviews: [
        {
          candidates: [`salesforce:Lead/${first}`, expect.any(String)],
          ranked: [
            {
              record: `salesforce:Lead/${first}`,
              place: 1,
              score: expect.any(Number),
              fields: expect.arrayContaining([
                expect.objectContaining({ field: 'firstname', own: 'Tinna', theirs: 'Tina', why: 'alike' }),
              ]),
            },
            { place: 2 },
          ],
          unranked: null,
        },
      ],
    });
    const words = await stage.tandem([
      ...['reviews', 'show', `hubspot:contacts/${contact}`],
      ...['--config', 'config/presets/mirror', '--data', stage.data],
    ]);
    expect(words.stdout).toMatch(/1\. salesforce:Lead.+\n.+\n(.*\n)* {5}firstname +Tinna +Tina +\+3/);
    expect(
      (await stage.ask('reviews', 'decide', `hubspot:contacts/${contact}`, 'link', `salesforce:${first}`))
        .code,
    ).toBe(0);
    await untilLead(contact, { Id: first });
    expect((await stage.ask('explain', `hubspot:contacts/${contact}`)).json).toMatchObject({
      link: { salesforceId: first },
    });
    const { reviews } = (await stage.ask('reviews')).json as { reviews: { record: string }[] };
    for (const { record } of reviews)
      expect((await stage.ask('reviews', 'decide', record, 'leave')).code).toBe(0);
    expect((await stage.ask('reviews')).code).toBe(0);
  });

  it('sync looks at a record at once, through the worker and without one', async () => {
    expect((await stage.ask('sync', 'ann@example.com')).json).toMatchObject({
      by: 'worker',
      outcome: 'equal',
    });
    await worker.stop();
    await person.editContacts([{ id: ann, values: { jobtitle: 'Navigator' } }]);
    expect(await stage.ask('sync', `hubspot:contacts/${ann}`)).toMatchObject({
      code: 0,
      json: { by: 'itself', outcome: 'written', events: [{ field: 'jobtitle', to: 'Navigator' }] },
    });
    expect(await leadOf(ann)).toMatchObject({ Title: 'Navigator' });
    await stage.ask('pause');
    expect((await stage.ask('sync', `hubspot:contacts/${ann}`)).json).toMatchObject({ outcome: 'paused' });
    const idle = stage.run('--until-idle');
    expect((await idle.finish(60_000)).code).toBe(0);
    await stage.ask('resume');
  });

  it('check names what is wrong in the files or in either system, and asks neither when offline', async () => {
    const calls = await stage.sandbox.calls();
    expect(await stage.ask('check', '--offline')).toMatchObject({
      code: 0,
      json: { ok: true, accounts: null },
    });
    expect(await stage.sandbox.calls()).toBe(calls);
    const live = await stage.ask('check');
    expect(live).toMatchObject({ code: 0, json: { ok: true, accounts: { hubspot: expect.any(String) } } });
    await stage.sandbox.control('salesforce', 'rules', [
      { object: 'Lead', kind: 'hide', field: 'Title' },
      { object: 'Lead', kind: 'readonly', field: 'City' },
    ]);
    const wrong = await stage.ask('check');
    expect(wrong.code).toBe(1);
    const { findings } = wrong.json as {
      findings: { level: string; file: string; line: number; what: string; fix: string }[];
    };
    const errors = findings.filter(({ level }) => level === 'error');
    expect(errors.map(({ what }) => what)).toEqual([
      expect.stringContaining('Lead.Title is not there'),
      expect.stringContaining('Lead.City cannot be written'),
    ]);
    for (const { file, line, fix } of errors)
      expect([file.endsWith('people.yaml'), line > 1, fix !== '']).toEqual([true, true, true]);
    const refused = await stage.tandem(
      ['check', '--json', '--config', 'config/presets/mirror', '--data', stage.data],
      {
        env: { HUBSPOT_ACCESS_TOKEN: 'nobody' },
      },
    );
    expect(refused.code).toBe(3);
    await stage.sandbox.control('salesforce', 'rules', []);
  });
});
