import { beforeEach, describe, expect, it } from 'vitest';
import type { RecordSnapshot } from '../../src/model/record.ts';
import type { RecordRef, System } from '../../src/model/system.ts';
import { decideNew } from '../../src/sync/decided-new.ts';
import { erasedPrefix, liftedCause } from '../../src/sync/identity.ts';
import type { Candidates } from '../../src/sync/match.ts';
import { peoplePair as pair } from '../mirror.ts';
import { withStore } from '../store/postgres.ts';
import { makePair, makeSnapshot } from './builders.ts';
import { FakeEngine } from './fake-engine.ts';
import { FakeClock, FakeSystem } from './fake-system.ts';

const lead = (id: string, overrides: Partial<RecordSnapshot> = {}): RecordSnapshot =>
  makeSnapshot('salesforce', {}, { ref: { system: 'salesforce', type: 'Lead', id }, ...overrides });
const contact = makeSnapshot('hubspot', {});

describe('the word that a record is somebody new', () => {
  const decide = (
    system: System,
    found: Partial<Pick<Candidates, 'naming' | 'matching' | 'converted'>>,
    linked: readonly string[] = [],
  ): string => {
    const verdict = decideNew(
      makePair(),
      system,
      { naming: [], matching: [], converted: [], ...found },
      ({ id }) => linked.includes(id),
      [lead('ruled out').ref],
    );
    if (verdict.kind === 'none' && verdict.asConverted) return 'create as converted';
    if (verdict.kind === 'link') return `link ${verdict.other.ref.id}`;
    return verdict.kind === 'review'
      ? `review ${verdict.candidates.map(({ id }) => id).join(' ')}`
      : 'create';
  };

  it.each<[string, System, Parameters<typeof decide>[1], readonly string[], string]>([
    ['candidates by match key do not count', 'hubspot', { matching: [lead('a'), lead('b')] }, [], 'create'],
    [
      'what an earlier try created is it',
      'hubspot',
      { naming: [lead('a')], matching: [lead('b')] },
      [],
      'link a',
    ],
    ['an upsert would hit who names it and is linked', 'hubspot', { naming: [lead('a')] }, ['a'], 'review a'],
    [
      'who was ruled out is not it, whoever it names',
      'hubspot',
      { naming: [lead('ruled out')] },
      [],
      'review ruled out',
    ],
    [
      'a converted lead that names it cannot be written any more',
      'hubspot',
      { converted: [{ lead: lead('a').ref, contact: null }] },
      [],
      'create as converted',
    ],
    ['several name it', 'hubspot', { naming: [lead('a'), lead('b')] }, [], 'review a b'],
    [
      'a deleted one that names it is no hindrance',
      'hubspot',
      { naming: [lead('a', { deleted: true })] },
      [],
      'create',
    ],
    ['HubSpot has one contact an email', 'salesforce', { matching: [contact] }, ['1'], 'review 1'],
    ['twins alone are no hindrance there', 'salesforce', {}, [], 'create'],
  ])('%s', (_name, system, found, linked, expected) => {
    expect(decide(system, found, linked)).toBe(expected);
  });
});

describe('a record that was decided to be somebody new', () => {
  const fixture = withStore();
  let hubspot: FakeSystem;
  let salesforce: FakeSystem;

  let engine: FakeEngine;

  const questions = async () => (await fixture.store.status.reviews(pair.name, 10)).items;
  const asked = async (): Promise<readonly string[]> => (await questions()).map(({ ref }) => ref.id).sort();

  const decideNewOf = async (ref: RecordRef): Promise<void> => {
    const review = (await questions()).find((each) => each.ref.id === ref.id);
    if (!review) throw new Error(`nothing is asked of ${ref.id}`);
    await fixture.store.operator.decideNew(
      review,
      { cause: liftedCause, never: erasedPrefix },
      { pair: pair.name, ref, class: 'live', stamp: null, cause: 'decided by hand' },
    );
  };

  /** Every record is looked at again, as after a sweep. */
  const lookAtAll = async (): Promise<void> => {
    const refs = [
      ...[...hubspot.records.keys()].map((id): RecordRef => ({ system: 'hubspot', type: 'contacts', id })),
      ...[...salesforce.records.keys()].map((id): RecordRef => ({ system: 'salesforce', type: 'Lead', id })),
    ];
    await fixture.store.engine.commitSignals(
      refs.map((ref) => ({ pair: pair.name, ref, class: 'live', stamp: null, cause: 'test' })),
    );
    await engine.drain();
  };

  const person = { email: 'twin@example.com', firstname: 'Ann', lastname: 'Ng' };
  const leadOf = (name: string) => ({ Email: 'twin@example.com', LastName: name, Company: 'Example' });
  const leadsNaming = (id: string): readonly string[] =>
    [...salesforce.records].flatMap(([leadId, { fields }]) => (fields.HubSpot_Id__c === id ? [leadId] : []));

  beforeEach(async () => {
    await fixture.reset();
    const clock = new FakeClock();
    hubspot = new FakeSystem('hubspot', clock);
    salesforce = new FakeSystem('salesforce', clock);
    engine = new FakeEngine(fixture, pair, { hubspot, salesforce });
  });

  it('gets a counterpart of its own, once, and is not asked about again, however often it is read', async () => {
    const [first, second] = [salesforce.edit(leadOf('One')), salesforce.edit(leadOf('Two'))];
    const id = hubspot.edit(person);
    await engine.align();
    expect(await asked()).toEqual([first, second, id].sort());
    expect(salesforce.counts.creates).toBe(0);

    await decideNewOf({ system: 'hubspot', type: 'contacts', id });
    await engine.drain();
    const [created] = leadsNaming(id);
    expect(leadsNaming(id)).toHaveLength(1);
    expect([first, second]).not.toContain(created);
    expect(hubspot.records.get(id)?.fields.tandem_salesforce_id).toBe(created);
    expect(await asked()).toEqual([first, second].sort());

    hubspot.edit({ jobtitle: 'Pilot' }, id);
    await engine.poll('hubspot');
    await lookAtAll();
    expect(salesforce.records.get(created ?? '')?.fields.Title).toBe('Pilot');
    expect(salesforce.counts.creates).toBe(1);
    expect(hubspot.counts.creates).toBe(0);
    expect(await asked()).toEqual([first, second].sort());
  });

  it('is created once where the answer was lost, and by one of two workers', async () => {
    salesforce.edit(leadOf('One'));
    salesforce.edit(leadOf('Two'));
    const id = hubspot.edit(person);
    await engine.align();
    let cut = false;
    salesforce.faultFor = ({ op }) => {
      if (op !== 'upsert' || cut) return null;
      cut = true;
      return 'cut-after';
    };
    await decideNewOf({ system: 'hubspot', type: 'contacts', id });
    await Promise.all([engine.drain('worker-1'), engine.drain('worker-2')]);
    expect(cut).toBe(true);
    expect(salesforce.counts.creates).toBe(1);
    expect(leadsNaming(id)).toHaveLength(1);
    expect(hubspot.records.get(id)?.fields.tandem_salesforce_id).toBe(leadsNaming(id)[0]);
  });

  it('keeps the decision where its identity field names a record of somebody else', async () => {
    const taken = hubspot.edit(person);
    await engine.align();
    const [leadId = ''] = leadsNaming(taken);
    const id = hubspot.edit({ email: 'other@example.com', lastname: 'Lee', tandem_salesforce_id: leadId });
    await lookAtAll();
    expect(await asked()).toEqual([id]);
    await decideNewOf({ system: 'hubspot', type: 'contacts', id });
    salesforce.faultFor = ({ op }) => (op === 'upsert' && leadsNaming(id).length === 0 ? 'cut-after' : null);
    await engine.drain();
    await lookAtAll();
    expect(leadsNaming(id)).toHaveLength(1);
    expect(leadsNaming(taken)).toEqual([leadId]);
    expect(hubspot.records.get(id)?.fields.tandem_salesforce_id).toBe(leadsNaming(id)[0]);
    expect(await asked()).toEqual([]);
  });

  it('is not linked with the last of its candidates either', async () => {
    const [first, second] = [salesforce.edit(leadOf('One')), salesforce.edit(leadOf('Two'))];
    const id = hubspot.edit(person);
    await engine.align();
    salesforce.remove(second);
    await decideNewOf({ system: 'hubspot', type: 'contacts', id });
    await engine.drain();
    expect(salesforce.counts.creates).toBe(1);
    expect(leadsNaming(id)).toHaveLength(1);
    expect(leadsNaming(id)).not.toContain(first);
  });

  it('is asked about all the same where HubSpot has its email already, and nothing is sent', async () => {
    const [first, second] = [salesforce.edit(leadOf('One')), salesforce.edit(leadOf('Two'))];
    await engine.align();
    await decideNewOf({ system: 'salesforce', type: 'Lead', id: first });
    await engine.drain();
    expect(hubspot.counts.creates).toBe(1);
    await lookAtAll();
    await decideNewOf({ system: 'salesforce', type: 'Lead', id: second });
    await engine.drain();
    expect(hubspot.counts.creates).toBe(1);
    expect(await questions()).toMatchObject([
      { ref: { id: second }, cause: 'decided to be new, but HubSpot has a contact with its email already' },
    ]);
    // Once the email is another's no more, the decision counts without being asked for again.
    salesforce.edit({ Email: 'two@example.com' }, second);
    await engine.poll('salesforce');
    expect(hubspot.counts.creates).toBe(2);
    expect(await asked()).toEqual([]);
  });

  it('lifts the tombstone of a record that was changed while its counterpart was deleted', async () => {
    const id = hubspot.edit(person);
    await engine.align();
    const [old = ''] = leadsNaming(id);
    hubspot.edit({ jobtitle: 'Pilot' }, id);
    salesforce.remove(old);
    await lookAtAll();
    expect(await asked()).toEqual([id]);
    await lookAtAll();
    expect(salesforce.counts.creates).toBe(1);

    await decideNewOf({ system: 'hubspot', type: 'contacts', id });
    await engine.drain();
    await lookAtAll();
    const live = leadsNaming(id).filter((leadId) => salesforce.records.get(leadId)?.deleted === false);
    expect(live).toHaveLength(1);
    expect(salesforce.records.get(live[0] ?? '')?.fields.Title).toBe('Pilot');
    expect(await asked()).toEqual([]);
  });
});
