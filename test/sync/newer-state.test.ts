import { beforeEach, expect, it } from 'vitest';
import { peoplePair as pair } from '../mirror.ts';
import { withStore } from '../store/postgres.ts';
import { FakeEngine } from './fake-engine.ts';
import { FakeClock, FakeSystem } from './fake-system.ts';

const fixture = withStore();
let hubspot: FakeSystem;
let salesforce: FakeSystem;
let engine: FakeEngine;

beforeEach(async () => {
  await fixture.reset();
  const clock = new FakeClock();
  hubspot = new FakeSystem('hubspot', clock);
  salesforce = new FakeSystem('salesforce', clock);
  engine = new FakeEngine(fixture, pair, { hubspot, salesforce });
});

it('what a rep enters between the read of a lead and its lookup, which shows it, is not written over', async () => {
  const id = salesforce.edit({ Email: 'ann@example.com', LastName: 'Ann', Company: 'Acme', Title: null });
  hubspot.edit({ email: 'ann@example.com', lastname: 'Ann', company: 'Acme', jobtitle: 'Pilot' });
  const { readMany } = salesforce;
  let isEdited = false;
  salesforce.readMany = async (...request) => {
    const read = await readMany.apply(salesforce, request);
    if (!isEdited) salesforce.edit({ Title: 'Captain' }, id);
    isEdited = true;
    return read;
  };
  const ref = { system: 'salesforce', type: 'Lead', id } as const;
  const stamp = salesforce.records.get(id)?.stamp ?? null;
  const mark = { pair: pair.name, ref, class: 'live', stamp, cause: 'poll of salesforce' } as const;
  await engine.context().store.commitSignals([mark]);
  await engine.drain();
  expect(hubspot.live()).toMatchObject([{ tandem_salesforce_id: id }]);
  const told = await fixture.query<{ from: string | null; lost: string | null }>(
    `select from_value::text as from, lost::text as lost from tandem.ledger where field = 'jobtitle'`,
  );
  const named = told.flatMap(({ from, lost }) => [from, lost]);
  expect([...named, JSON.stringify(salesforce.records.get(id)?.fields.Title)]).toContain('"Captain"');
});
