import { beforeAll, describe, expect, it } from 'vitest';
import { journeyOf, journeyWords } from '../../../src/commands/explain/journey.ts';
import type { Sides } from '../../../src/model/system.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { withOffice } from './office.ts';

const office = withOffice();
let people: readonly Sides<string>[] = [];
let ana = '';

const forward = { Tandem_Request__c: 'Set stage', Tandem_Request_Detail__c: 'sales-ready' };
const no = { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'No budget' };

const nextPerson = (): Sides<string> => {
  const [person, ...others] = people;
  if (person === undefined) throw new Error('nobody is left');
  people = others;
  return person;
};
/** What people change of a lead, one after the other, before anybody looks. */
const edits = async (
  { salesforce }: Sides<string>,
  ...changes: readonly (readonly [string, RawFields])[]
): Promise<void> => {
  for (const [by, fields] of changes) await office.edit('Lead', salesforce, fields, by);
  await office.mark('salesforce', 'Lead', [salesforce]);
  await office.settle();
};
const told = async ({ hubspot }: Sides<string>) =>
  (await journeyOf(office.simulated.fixture.store, [hubspot])) ?? expect.fail('no journey');
const movedBy = async (person: Sides<string>, cause: string) => {
  const found = (await told(person)).transitions.findLast((each) => each.cause === cause);
  return [found?.by, found?.byName];
};

beforeAll(async () => {
  people = await office.people(4);
  ana =
    [...(await office.context.staff()).owners.values()].find(({ name }) => name === 'Ana Souza')?.id ?? '';
}, 120_000);

describe('who moved somebody on', () => {
  it('is kept with the move, and shown by name: a request, and a verdict of somebody who is not the owner', async () => {
    const person = nextPerson();
    await edits(person, ['bokoy', forward]);
    expect((await movedBy(person, 'stage-set'))[1]).toBe('Ben Okoye');
    await edits(person, ['asouz', no]);
    expect(await movedBy(person, 'rejected')).toEqual([ana, 'Ana Souza']);
    expect(journeyWords(await told(person))).toContainEqual(
      expect.stringMatching(/→ returned \(rejected: No budget; by Ana Souza\)/),
    );
  });

  it.each(['tandem', 'autoproc'])(
    'is nobody who is known where %s has changed the lead since',
    async (by) => {
      const person = nextPerson();
      await edits(person, ['bokoy', forward]);
      await edits(person, ['asouz', no], [by, { Title: 'CTO' }]);
      expect(await movedBy(person, 'rejected')).toEqual(['salesforce', null]);
      expect(journeyWords(await told(person)).join('\n')).toMatch(/rejected: No budget; by salesforce/);
    },
  );

  it('is the rep whose status it was, where the history tells that of an automation that came later', async () => {
    const person = nextPerson();
    await edits(person, ['bokoy', forward]);
    await edits(person, ['asouz', { Status: 'Working - Contacted' }], ['autoproc', { Title: 'CTO' }]);
    expect(await movedBy(person, 'touched')).toEqual([ana, 'Ana Souza']);
  });
});
