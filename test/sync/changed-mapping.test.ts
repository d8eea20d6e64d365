import { beforeAll, describe, expect, it } from 'vitest';
import type { PairMapping } from '../../src/model/mapping.ts';
import type { Sides } from '../../src/model/system.ts';
import { adoptMapping } from '../../src/sync/adopt-mapping.ts';
import { alignStep } from '../../src/sync/align.ts';
import type { EngineContext } from '../../src/sync/engine.ts';
import { workOnce } from '../../src/sync/work.ts';
import { pair, withSimulators } from './simulated.ts';

/** What is stored of a mapping that was edited, or that this version cannot read: nothing ends, nothing is lost, and nobody else waits. */
const simulated = withSimulators();
const { fixture } = simulated;
let ann: Sides<string>;
let bob: Sides<string>;

beforeAll(async () => {
  await simulated.control('salesforce', 'schema', {
    objects: [{ name: 'Lead', fields: [{ name: 'Role__c', type: 'string', length: 100 }] }],
  });
  const people = [
    { email: 'ann@example.com', lastname: 'Ng', company: 'Acme', jobtitle: 'Chief', city: 'Bonn' },
    { email: 'bob@example.com', lastname: 'Om', company: 'Acme', jobtitle: 'Pilot', city: 'Ulm' },
  ];
  await adoptMapping(simulated.context());
  const [first, second] = await simulated.people(people);
  if (!first || !second) throw new Error('not everybody was linked');
  [ann, bob] = [first, second];
});

/** The pair with the title at another field of the lead. */
const moved = (api: string): PairMapping => ({
  ...pair,
  fields: pair.fields.map((field) =>
    field.name === 'jobtitle' ? { ...field, fields: { ...field.fields, salesforce: api } } : field,
  ),
});

/** A worker that starts with this mapping: what `run` does, step by step. */
const start = async (own: PairMapping, hash: string) => {
  const events: [string, unknown][] = [];
  const context: EngineContext = {
    ...simulated.context(),
    ...{ pair: own, mappingHash: hash },
    events: { emit: (event, detail) => void events.push([event, detail]) },
  };
  await adoptMapping(context);
  for (let step = 'page'; step !== 'done'; ) {
    step = await alignStep(context);
    await fixture.query('update tandem.dirty set due = now()');
    await workOnce(context, 'live');
  }
  await simulated.drain(context);
  return events;
};
const titles = async (ids: Sides<string>, salesforce: string) =>
  simulated.values(ids, { hubspot: 'jobtitle', salesforce });

describe('A mapping that was edited', () => {
  it('a field that is another one of Salesforce now has never been seen: its blank clears nothing', async () => {
    const events = await start(moved('Role__c'), 'edited');
    expect(await titles(ann, 'Role__c')).toEqual({ hubspot: 'Chief', salesforce: 'Chief' });
    expect(await titles(bob, 'Role__c')).toEqual({ hubspot: 'Pilot', salesforce: 'Pilot' });
    expect(await titles(ann, 'Title')).toEqual({ hubspot: 'Chief', salesforce: 'Chief' });
    expect(events).toContainEqual([
      'base-forgotten',
      { pair: 'people', type: 'Lead', field: 'jobtitle', links: 2 },
    ]);
    // From then on it is as any other field: an edit of either side flows, a clear too.
    await simulated.editLead(ann.salesforce, { Role__c: '' });
    await simulated.mark({ salesforce: ann.salesforce });
    simulated.pair = moved('Role__c');
    await simulated.drain();
    simulated.pair = pair;
    expect(await titles(ann, 'Role__c')).toEqual({ hubspot: null, salesforce: null });
  });

  it('and back again: what stands there by now meets what HubSpot has, as records do that meet for the first time', async () => {
    const events = await start(pair, 'as before');
    // Ann's was cleared meanwhile, and her lead's old title fills it; Bob's is equal.
    expect(await titles(ann, 'Title')).toEqual({ hubspot: 'Chief', salesforce: 'Chief' });
    expect(await titles(bob, 'Title')).toEqual({ hubspot: 'Pilot', salesforce: 'Pilot' });
    expect(events.filter(([event]) => event === 'base-forgotten')).toHaveLength(1);
  });

  it('of another kind, which cannot read what is stored: the field is told by name, the record goes on', async () => {
    const numbers = pair.fields.find(
      ({ kind }) => kind === 'integer' || kind === 'number' || kind === 'currency',
    );
    if (numbers === undefined) throw new Error('the mirror has no number');
    const retyped = {
      ...pair,
      fields: pair.fields.map((field) =>
        field.name === 'city' ? { ...field, kind: numbers.kind, codecs: numbers.codecs } : field,
      ),
    };
    await simulated.editContact(ann.hubspot, { city: 'Kiel', jobtitle: 'Boss' });
    await start(retyped, 'retyped');
    expect(await titles(ann, 'Title')).toEqual({ hubspot: 'Boss', salesforce: 'Boss' });
    const cities = { hubspot: 'city', salesforce: 'City' };
    expect(await simulated.values(ann, cities)).toEqual({ hubspot: 'Kiel', salesforce: 'Bonn' });
    const parked = await fixture.query<{ field: string; next: string }>(
      'select distinct field, next_step as next from tandem.parked order by field',
    );
    expect(parked).toEqual([
      { field: 'city', next: expect.stringContaining('the kind of the field in the mapping') },
    ]);
    // With the kind put right it goes on where it stood.
    await start(pair, 'mended');
    expect(await simulated.values(ann, cities)).toEqual({ hubspot: 'Kiel', salesforce: 'Kiel' });
    expect(await fixture.query('select from tandem.parked')).toEqual([]);
  });
});

describe('What is stored and cannot be read', () => {
  it('is as if it had never been seen, and keeps neither its record nor anybody else waiting', async () => {
    const spoil = async (of: Sides<string>, entry: string) =>
      fixture.query(
        `update tandem.links set base = (select json_object_agg(key, case key when 'jobtitle' then $2::json else value end)
           from json_each(base)) where hubspot_id = $1`,
        [of.hubspot, entry],
      );
    await spoil(ann, '{"of": "another version"}');
    await spoil(bob, '["Pilot", "Pilot", ["nowhere", 1, 2]]');
    await simulated.editContact(ann.hubspot, { city: 'Rom' });
    await simulated.editContact(bob.hubspot, { city: 'Pisa' });
    for (const { hubspot } of [ann, bob]) await simulated.mark({ hubspot });
    await simulated.drain();
    const cities = { hubspot: 'city', salesforce: 'City' };
    expect(await simulated.values(ann, cities)).toEqual({ hubspot: 'Rom', salesforce: 'Rom' });
    expect(await simulated.values(bob, cities)).toEqual({ hubspot: 'Pisa', salesforce: 'Pisa' });
    expect(await titles(ann, 'Title')).toEqual({ hubspot: 'Boss', salesforce: 'Boss' });
    expect(await titles(bob, 'Title')).toEqual({ hubspot: 'Pilot', salesforce: 'Pilot' });
    // It was seen with this look, and has a base again.
    const stored = await fixture.query<{ title: unknown }>(
      `select base -> 'jobtitle' -> 0 as title from tandem.links order by hubspot_id::bigint`,
    );
    expect(stored).toEqual([{ title: 'Boss' }, { title: 'Pilot' }]);
  });

  it('a parked row of a kind of failure that this version does not know stays parked', async () => {
    await simulated.editContact(bob.hubspot, { city: 'x'.repeat(300) });
    await simulated.mark({ hubspot: bob.hubspot });
    await simulated.drain();
    await fixture.query(
      `update tandem.parked set failure = replace(failure::text, '"value"', '"a category of 2029"')::json`,
    );
    await simulated.editContact(bob.hubspot, { jobtitle: 'Captain' });
    await simulated.mark({ hubspot: bob.hubspot });
    await simulated.drain();
    expect(await titles(bob, 'Title')).toEqual({ hubspot: 'Captain', salesforce: 'Captain' });
    expect(await fixture.query('select field from tandem.parked')).toEqual([{ field: 'city' }]);
  });
});
