import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { learnOwners } from '../../src/commands/run/owners.ts';
import { type LoadedMappings, loadMappings } from '../../src/mapping/load.ts';
import type { PairMapping } from '../../src/model/mapping.ts';
import { otherSystem, type Sides, type System, systemLabel } from '../../src/model/system.ts';
import { repositoryRoot } from '../../src/settings.ts';
import { lookAtSchemas, type SchemaWatch } from '../../src/sync/schema-watch.ts';
import { withSimulators } from './simulated.ts';

/** What an admin does to the schema of either system under a running engine: noticed at the next look, paused alone, told, and mended by itself. */
const simulated = withSimulators();
const { fixture } = simulated;

/** The mirror's people with two fields more, which an admin can change: a text, and a list that takes nothing else. */
const loadChanged = (): LoadedMappings => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-drift-'));
  cpSync(join(repositoryRoot, 'config/presets/mirror'), folder, { recursive: true });
  appendFileSync(
    join(folder, 'mappings', 'people.yaml'),
    [
      '  - { hubspot: nickname, salesforce: Nickname__c }',
      '  - { hubspot: tier, salesforce: Tier__c, kind: enum, values: { gold: Gold, silver: Silver } }',
      '',
    ].join('\n'),
  );
  const loaded = loadMappings(folder);
  rmSync(folder, { recursive: true });
  return loaded;
};
const mappings = loadChanged();
const found = mappings.pairs.find(({ name }) => name === 'people');
if (found === undefined) throw new Error('the mirror has no people');
const people: PairMapping = found;

const options: Sides<readonly string[]> = { hubspot: ['gold', 'silver'], salesforce: ['Gold', 'Silver'] };
/** The two fields as they are made; `change` is what an admin makes of them. */
interface SchemaChange {
  readonly type?: 'number';
  readonly options?: readonly string[];
}
const schemaOf = (system: System, change: SchemaChange): unknown => {
  const list = change.options ?? options[system];
  const own =
    system === 'hubspot'
      ? [
          { name: 'nickname', type: change.type ?? 'string' },
          { name: 'tier', type: 'enumeration', options: list },
        ]
      : [
          change.type
            ? { name: 'Nickname__c', type: 'double', precision: 8, scale: 0 }
            : { name: 'Nickname__c', type: 'string', length: 40 },
          { name: 'Tier__c', type: 'picklist', picklist: list, restricted: true },
        ];
  return system === 'hubspot'
    ? { objects: [{ name: 'contacts', properties: own }] }
    : { objects: ['Lead', 'Contact'].map((name) => ({ name, fields: own })) };
};
const schema = (system: System, change: SchemaChange = {}): Promise<unknown> =>
  simulated.control(system, 'schema', schemaOf(system, change));
const objectsOf: Sides<readonly string[]> = { hubspot: ['contacts'], salesforce: ['Lead', 'Contact'] };
const apiField = (name: string): Sides<string> => {
  const field = people.fields.find((each) => each.name === name);
  if (field === undefined) throw new Error(`no field ${name}`);
  return field.fields;
};
const rule = async (system: System, kind: 'hide' | 'readonly' | null, name: string): Promise<void> => {
  const field = apiField(name)[system];
  const own = kind === null ? [] : objectsOf[system].map((object) => ({ object, kind, field }));
  await simulated.control(system, 'rules', own);
};

/** One turn of the worker's own watch, whose time has come; what waits for it is worked off after that. */
const watch = async (): Promise<void> => {
  const { engine, operator } = fixture.store;
  const connectors = simulated.connect();
  const eyes: SchemaWatch = {
    pairs: [people],
    store: {
      ...operator,
      raiseProblem: engine.raiseProblem.bind(engine),
      clearProblem: engine.clearProblem.bind(engine),
    },
    events: { emit: () => undefined },
    describe: async (system, types) => {
      const call = { class: 'live', purpose: 'describe' } as const;
      const all = types.map(async (type) => {
        const description = await connectors[system].describe(type, call);
        return [type, { description }] as const;
      });
      return new Map(await Promise.all(all));
    },
  };
  expect(await lookAtSchemas(eyes, { busyMs: 0, idleMs: 0 })).toBe(true);
  await simulated.drain();
};
const paused = async (): Promise<readonly { scope: string; by: string }[]> =>
  (await fixture.store.engine.pauses()).map(({ scope, by }) => ({ scope, by }));
const problems = async () => fixture.store.status.problems();
const parked = async () =>
  fixture.query<{ field: string; system: System }>('select field, system from tandem.parked order by field');

let ids: Sides<string>;
/** An edit on one side, and a look. */
const edit = async (system: System, values: Readonly<Record<string, string>>): Promise<void> => {
  const own = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [apiField(name)[system], value]),
  );
  if (system === 'hubspot') await simulated.editContact(ids.hubspot, own);
  else await simulated.editLeadAsPerson(ids.salesforce, own);
  await simulated.mark({ [system]: ids[system] });
  await simulated.drain();
};
/** What a side holds, as a colleague sees it. */
const held = async (system: System, name: string): Promise<unknown> => {
  const type = system === 'hubspot' ? 'contacts' : 'Lead';
  const response = await fetch(`${simulated.sandbox.access[system]}/_sandbox/records/${type}`);
  const { records } = (await response.json()) as { records: Record<string, unknown>[] };
  const record = records.find(({ id, Id }) => (Id ?? id) === ids[system]);
  const own = system === 'hubspot' ? record?.properties : record;
  return (own as Record<string, unknown> | undefined)?.[apiField(name)[system]];
};

beforeAll(async () => {
  await learnOwners(simulated.connect(), mappings);
  for (const system of ['hubspot', 'salesforce'] as const) await schema(system);
});
beforeEach(async () => {
  await fixture.reset();
  for (const system of ['hubspot', 'salesforce'] as const) {
    await simulated.control(system, 'reset', { contacts: 0, leads: 0 });
    await simulated.control(system, 'rules', []);
    await schema(system);
  }
  simulated.pair = people;
  const [linked] = await simulated.people([
    { email: 'ann@example.com', lastname: 'Ng', company: 'Acme', nickname: '1', tier: 'silver' },
  ]);
  if (!linked) throw new Error('nobody was linked');
  ids = linked;
  await watch();
  expect([await paused(), await problems()]).toEqual([[], []]);
});

type Change = (system: System, on: boolean) => Promise<unknown>;
/** What takes one field from the mapping: by name what is done, and undone. */
const changes: readonly (readonly [string, Change])[] = [
  ['renamed', (system, on) => rule(system, on ? 'hide' : null, 'nickname')],
  ['withdrawn from writing', (system, on) => rule(system, on ? 'readonly' : null, 'nickname')],
  ['of another type', (system, on) => schema(system, on ? { type: 'number' } : {})],
];
const cases = changes.flatMap(([what, change]) =>
  (['hubspot', 'salesforce'] as const).map((system) => [what, systemLabel[system], system, change] as const),
);

describe.each(cases)('a field that is %s in %s', (_what, where, system, change) => {
  it('is paused alone, told to whoever can mend it, and catches up once that is done', async () => {
    const other = otherSystem(system);
    await change(system, true);
    await watch();
    expect(await paused()).toEqual([{ scope: 'people.nickname', by: 'schema' }]);
    expect(await problems()).toMatchObject([
      {
        what: expect.stringMatching(/^people\.nickname is paused/),
        fault: system,
        next: expect.stringMatching(new RegExp(`^An admin of ${where}: .*other fields go on`)),
      },
    ]);
    // Meanwhile everything else goes on, both ways, and the field waits.
    await edit(other, { nickname: '2', jobtitle: 'Head' });
    await edit(system, { city: 'Bonn' });
    expect([await held(system, 'jobtitle'), await held(other, 'city')]).toEqual(['Head', 'Bonn']);
    expect(String(await held(system, 'nickname'))).toBe('1');
    expect(await parked()).toEqual([]);

    await change(system, false);
    await watch();
    expect([await paused(), await problems()]).toEqual([[], []]);
    expect(await held(system, 'nickname')).toBe('2');
    await edit(system, { nickname: '3' });
    expect(await held(other, 'nickname')).toBe('3');
  });
});

describe.each(['hubspot', 'salesforce'] as const)('an option that a list of %s lost', (system) => {
  it('is told, holds the records with it alone, and lets them go once it is back', async () => {
    const other = otherSystem(system);
    const [gold = '', silver = ''] = options[system];
    await schema(system, { options: [silver] });
    await watch();
    expect(await problems()).toMatchObject([
      { what: expect.stringMatching(new RegExp(`lost an option: ${gold}`)), fault: system },
    ]);
    expect(await paused()).toEqual([]);
    await edit(other, { tier: options[other][0] ?? '', jobtitle: 'Head' });
    expect(await parked()).toEqual([{ field: 'tier', system }]);
    expect([await held(system, 'tier'), await held(system, 'jobtitle')]).toEqual([silver, 'Head']);
    // It is told for as long as something is refused because of it.
    await watch();
    expect(await problems()).toHaveLength(1);

    await schema(system);
    await watch();
    expect([await held(system, 'tier'), await parked()]).toEqual([gold, []]);
    await watch();
    expect(await problems()).toEqual([]);
  });
});

describe.each(['hubspot', 'salesforce'] as const)(
  'the match key that is not shown any more in %s',
  (system) => {
    it('pauses the mapping as a whole, and what waited goes once it is back', async () => {
      const other = otherSystem(system);
      await rule(system, 'hide', 'email');
      await watch();
      expect(await paused()).toEqual([{ scope: 'people', by: 'schema' }]);
      await (other === 'hubspot'
        ? simulated.editContact(ids.hubspot, { jobtitle: 'Head' })
        : simulated.editLeadAsPerson(ids.salesforce, { Title: 'Head' }));
      await simulated.mark({ [other]: ids[other] });
      expect(await held(system, 'jobtitle')).not.toBe('Head');
      await rule(system, null, 'email');
      await watch();
      expect([await paused(), await held(system, 'jobtitle')]).toEqual([[], 'Head']);
    });
  },
);
