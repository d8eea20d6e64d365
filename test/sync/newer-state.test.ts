import { beforeEach, expect, it } from 'vitest';
import type { WorkClass } from '../../src/model/budget.ts';
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

/** Somebody edits a lead as soon as the worker has read it, once. */
const editOnceRead = (id: string, fields: Record<string, string>): void => {
  const { readMany } = salesforce;
  let isEdited = false;
  salesforce.readMany = async (type, ids, names) => {
    const read = await readMany.call(salesforce, type, ids, names);
    if (ids.includes(id) && !isEdited) {
      isEdited = true;
      salesforce.edit(fields, id);
    }
    return read;
  };
};

const mark = async (
  system: 'hubspot' | 'salesforce',
  id: string,
  workClass: WorkClass = 'live',
): Promise<void> => {
  const ref = { system, type: pair.types[system], id };
  const stamp = { hubspot, salesforce }[system].records.get(id)?.stamp ?? null;
  const cause = `poll of ${system}`;
  await engine.context().store.commitSignals([{ pair: pair.name, ref, class: workClass, stamp, cause }]);
};

/** What the ledger names of the title, and what stands in the lead. */
const namedOf = async (id: string): Promise<readonly unknown[]> => {
  const told = await fixture.query<{ from: string | null; lost: string | null }>(
    `select from_value::text as from, lost::text as lost from tandem.ledger where field = 'jobtitle'`,
  );
  const now = JSON.stringify(salesforce.records.get(id)?.fields.Title);
  return [...told.flatMap(({ from, lost }) => [from, lost]), now];
};

it('what a rep enters between the read of a lead and its lookup, which shows it, is not written over', async () => {
  const id = salesforce.edit({ Email: 'ann@example.com', LastName: 'Ann', Company: 'Acme', Title: null });
  hubspot.edit({ email: 'ann@example.com', lastname: 'Ann', company: 'Acme', jobtitle: 'Pilot' });
  editOnceRead(id, { Title: 'Captain' });
  await mark('salesforce', id);
  await engine.drain();
  expect(hubspot.live()).toMatchObject([{ tandem_salesforce_id: id }]);
  expect(await namedOf(id)).toContain('"Captain"');
});

it('nor what a lookup for somebody else shows, who has the same address and is looked at in the same batch', async () => {
  const ann = { Email: 'ann@example.com', LastName: 'Ann', Company: 'Acme' };
  const id = salesforce.edit({ ...ann, Title: 'Clerk' });
  await engine.align();
  const contact = [...hubspot.records.keys()][0] ?? '';
  hubspot.edit({ jobtitle: 'Pilot' }, contact);
  const twin = salesforce.edit(ann);
  editOnceRead(id, { Title: 'Captain' });
  await mark('hubspot', contact);
  await mark('salesforce', twin);
  await engine.drain();
  expect(await namedOf(id)).toContain('"Captain"');
});

it('nor what the search for others of the same person shows, who wants no email any more', async () => {
  const id = salesforce.edit({ Email: 'ann@example.com', LastName: 'Ann', Company: 'Acme', Title: 'Clerk' });
  await engine.align();
  const contact = [...hubspot.records.keys()][0] ?? '';
  hubspot.edit({ jobtitle: 'Pilot', hs_email_optout: true }, contact);
  editOnceRead(id, { Title: 'Captain' });
  await mark('hubspot', contact, 'consent');
  await engine.drain();
  expect(await namedOf(id)).toContain('"Captain"');
});

it('what one look saw, and put off since the other side was behind, is not written over by the next, which is shown an older state of it', async () => {
  const id = salesforce.edit({ Email: 'ann@example.com', LastName: 'Ann', Company: 'Acme', Title: 'Clerk' });
  await engine.align();
  const contact = [...hubspot.records.keys()][0] ?? '';
  hubspot.edit({ jobtitle: 'Pilot' }, contact);
  salesforce.edit({ Title: 'Captain' }, id);
  const { readMany } = hubspot;
  let looks = 0;
  hubspot.readMany = async (...asked) => {
    looks += 1;
    hubspot.staleReads = looks === 1 ? 1 : 0;
    salesforce.staleReads = looks === 2 ? 1 : 0;
    return readMany.apply(hubspot, asked);
  };
  await mark('hubspot', contact);
  await engine.drain();
  expect(await namedOf(id)).toContain('"Captain"');
});
