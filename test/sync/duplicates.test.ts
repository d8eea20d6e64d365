import { beforeEach, describe, expect, it } from 'vitest';
import type { DuplicateChoice } from '../../src/model/mapping.ts';
import type { Sides } from '../../src/model/system.ts';
import { pollOnce } from '../../src/sync/poll.ts';
import { pair, withSimulators } from './simulated.ts';

const simulated = withSimulators();
const { fixture } = simulated;

/** The standard rule that compares names, as it is shipped: it warns. */
const byName = {
  object: 'Lead',
  kind: 'duplicate',
  name: 'Standard_Lead_Duplicate_Rule',
  fields: ['LastName', 'Company'],
  set: { allowSave: true },
};
const blocking = { ...byName, set: {} };

const rules = (...wanted: readonly unknown[]): Promise<unknown> =>
  simulated.control('salesforce', 'rules', wanted);
const choose = (duplicates: DuplicateChoice): void => {
  simulated.pair = {
    ...pair,
    duplicates,
    ...(pair.conversion
      ? { conversion: { ...pair.conversion, form: { ...pair.conversion.form, duplicates } } }
      : {}),
  };
};

/** A lead that sales entered under an address of its own, and has a contact by now. */
const load = async (system: 'hubspot' | 'salesforce', type: string, record: object): Promise<string> => {
  const { ids } = (await simulated.control(system, `records/${type}`, { records: [record] })) as {
    ids: string[];
  };
  return ids[0] ?? '';
};
const lead = (values: object = {}): Promise<string> =>
  load('salesforce', 'Lead', { LastName: 'Ng', Company: 'Acme', ...values });
const contact = (values: object = {}): Promise<string> =>
  load('hubspot', 'contacts', { email: 'ann@acme.example', lastname: 'Ng', company: 'Acme', ...values });
const leads = async (): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const response = await fetch(`${simulated.sandbox.access.salesforce}/_sandbox/records/Lead`);
  return ((await response.json()) as { records: Record<string, unknown>[] }).records;
};

const look = async (ids: Partial<Sides<string>>): Promise<void> => {
  await simulated.mark(ids);
  await simulated.drain();
};
const reviews = async () => {
  const { items } = await fixture.store.status.reviews(pair.name, 10);
  return items.map(({ ref, cause, candidates }) => ({
    record: ref.id,
    cause,
    candidates: candidates.map(({ id }) => id),
  }));
};
const parked = async () =>
  fixture.query<{ field: string; code: string; category: string; message: string; next_step: string }>(
    `select field, failure ->> 'code' as code, failure ->> 'category' as category, failure ->> 'message' as message,
     next_step from tandem.parked where discarded_at is null`,
  );
const linkOf = async (id: string) => (await fixture.store.engine.linksOf(pair.name, 'hubspot', [id])).get(id);
const decideNew = async (): Promise<void> => {
  const [review] = (await fixture.store.status.reviews(pair.name, 1)).items;
  if (!review) throw new Error('nothing is asked');
  await fixture.store.operator.decideNew(
    review,
    { cause: 'lifted by hand', never: 'erased ' },
    { pair: pair.name, ref: review.ref, class: 'live', stamp: null, cause: 'decided by hand: somebody new' },
  );
  await simulated.drain();
};

beforeEach(async () => {
  await fixture.reset();
  for (const system of ['hubspot', 'salesforce'] as const)
    await simulated.control(system, 'reset', { contacts: 0, leads: 0 });
  await rules();
  simulated.pair = pair;
  return () => {
    simulated.pair = pair;
  };
});

describe('a creation that a duplicate rule of Salesforce refuses', () => {
  it('is a question with the records that the rule found, and says in words what was refused and what to do', async () => {
    const [first, second] = [await lead(), await lead({ Title: 'Head' })];
    await rules(byName);
    const id = await contact();
    await look({ hubspot: id });
    expect(await reviews()).toEqual([
      {
        record: id,
        cause: "Salesforce's duplicate rule Standard_Lead_Duplicate_Rule takes it for a record that is there",
        candidates: [first, second].sort(),
      },
    ]);
    expect(await parked()).toEqual([
      {
        field: '',
        code: 'DUPLICATES_DETECTED',
        category: 'identity',
        message: 'Use one of these records? (duplicate rule Standard_Lead_Duplicate_Rule)',
        next_step: `Look at whom the rule means: tandem reviews show hubspot:contacts/${id}. tandem reviews decide hubspot:contacts/${id} create saves it beside them.`,
      },
    ]);
    expect(await leads()).toHaveLength(2);
    expect(await simulated.context().store.backlog(pair.name)).toMatchObject({ dirty: 0, openIntents: 0 });
  });

  it('is not sent again for the same values, and is for others', async () => {
    await lead();
    await rules(byName);
    const id = await contact();
    await look({ hubspot: id });
    const before = await simulated.patches();
    await look({ hubspot: id });
    await pollOnce(simulated.context(), 'hubspot');
    await simulated.drain();
    expect(await simulated.patches()).toBe(before);
    expect(await reviews()).toHaveLength(1);
    await simulated.editContact(id, { lastname: 'Ngo' });
    await look({ hubspot: id });
    expect(await leads()).toHaveLength(2);
    expect([await reviews(), await parked()]).toEqual([[], []]);
  });

  it('decided the same: the link begins with that record, and nothing is made', async () => {
    const same = await lead({ Title: 'Head' });
    await rules(byName);
    const id = await contact({ phone: '+1 415 555 0100' });
    await look({ hubspot: id });
    await simulated.editContact(id, { tandem_salesforce_id: same });
    await look({ hubspot: id });
    expect((await linkOf(id))?.ids.salesforce).toBe(same);
    expect([await reviews(), await parked()]).toEqual([[], []]);
    const [only, ...others] = await leads();
    expect(only).toMatchObject({ Id: same, Email: 'ann@acme.example', HubSpot_Id__c: id });
    expect(others).toEqual([]);
  });

  it('decided somebody else: saved once beside them, the others still by the rule', async () => {
    const other = await lead();
    await rules(byName);
    const [id, next] = [await contact(), await contact({ email: 'next@acme.example' })];
    await look({ hubspot: id });
    await decideNew();
    const link = await linkOf(id);
    expect(link?.ids.salesforce).not.toBe(other);
    expect([await reviews(), await parked()]).toEqual([[], []]);
    await look({ hubspot: next });
    expect(await reviews()).toMatchObject([
      { record: next, candidates: [other, link?.ids.salesforce].sort() },
    ]);
    expect(await leads()).toHaveLength(2);
  });

  it('decided somebody else, and the rule finds a third one since: asked again, with that one', async () => {
    const first = await lead();
    await rules(blocking);
    const id = await contact();
    await look({ hubspot: id });
    await rules();
    const third = await lead();
    await rules(byName);
    await decideNew();
    expect(await reviews()).toMatchObject([{ record: id, candidates: [first, third].sort() }]);
    await decideNew();
    expect(await leads()).toHaveLength(3);
    expect(await reviews()).toEqual([]);
  });

  it('decided somebody else where the rule blocks: nobody can save it, and that is said', async () => {
    const other = await lead();
    await rules(blocking);
    const id = await contact();
    await look({ hubspot: id });
    await decideNew();
    expect(await leads()).toHaveLength(1);
    expect(await reviews()).toEqual([
      {
        record: id,
        cause:
          "decided to be new, but Salesforce's duplicate rule Standard_Lead_Duplicate_Rule lets nobody save it",
        candidates: [other],
      },
    ]);
    expect((await parked())[0]?.next_step).toContain('let the rule warn instead of block');
    // The rule is mended, and everything that it refused is asked for once more: the person's word stands.
    await rules(byName);
    await fixture.store.operator.retryParked({ code: 'DUPLICATES_DETECTED' }, 'retry');
    await simulated.drain();
    expect(await leads()).toHaveLength(2);
    expect([await reviews(), await parked()]).toEqual([[], []]);
  });

  it('left alone is neither asked nor listed as refused any more', async () => {
    await lead();
    await rules(byName);
    const id = await contact();
    await look({ hubspot: id });
    expect(await fixture.store.operator.leaveReviews([`hubspot:contacts/${id}`])).toBe(1);
    await look({ hubspot: id });
    expect([await reviews(), await parked()]).toEqual([[], []]);
  });

  it('goes by itself where the mapping says save, and asks all the same where the rule blocks', async () => {
    choose('save');
    await lead();
    await rules(byName);
    await look({ hubspot: await contact() });
    expect(await leads()).toHaveLength(2);
    await rules(blocking);
    await look({ hubspot: await contact({ email: 'next@acme.example' }) });
    expect(await leads()).toHaveLength(2);
    expect(await reviews()).toMatchObject([{ candidates: expect.arrayContaining([expect.any(String)]) }]);
  });
});

describe('a question about a record', () => {
  it('is over once the record is merged into the one that its candidate is linked with', async () => {
    const [linked] = await simulated.people([{ email: 'one@acme.example', lastname: 'Ng', company: 'Acme' }]);
    await rules(byName);
    const id = await contact();
    await look({ hubspot: id });
    expect(await reviews()).toMatchObject([{ record: id, candidates: [linked?.salesforce] }]);
    const { access } = simulated.sandbox;
    const response = await fetch(`${access.hubspot}/crm/v3/objects/contacts/merge`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access.hubspotPersonToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ primaryObjectId: linked?.hubspot, objectIdToMerge: id }),
    });
    const survivor = ((await response.json()) as { id: string }).id;
    await look({ hubspot: linked?.hubspot ?? '' });
    await look({ hubspot: id });
    expect((await linkOf(survivor))?.ids.salesforce).toBe(linked?.salesforce);
    expect([await reviews(), await parked()]).toEqual([[], []]);
    expect(await leads()).toHaveLength(1);
  });
});

describe('whom a rule finds', () => {
  const across = { ...byName, fields: ['LastName'], against: ['Lead', 'Contact', 'Account'] };

  it('may be converted, linked already, or not shown, and the question says so', async () => {
    const linked = await simulated.people([{ email: 'one@acme.example', lastname: 'Ng', company: 'Acme' }]);
    const hidden = await lead({ Company: 'Hidden' });
    await rules({ ...across }, { object: 'Lead', kind: 'unshare', when: { Company: 'Hidden' } });
    const id = await contact();
    await look({ hubspot: id });
    const own = linked[0]?.salesforce ?? '';
    expect(await reviews()).toEqual([
      {
        record: id,
        cause: `Salesforce's duplicate rule Standard_Lead_Duplicate_Rule takes it for a record that is there; salesforce:Lead/${own} is linked with another record already`,
        candidates: [own],
      },
    ]);
    expect(hidden).not.toBe('');
  });

  it('may be nobody whom the integration is shown: a question without candidates, which can be answered', async () => {
    await lead({ Title: 'Secret' });
    await rules(byName, { object: 'Lead', kind: 'unshare', when: { Title: 'Secret' } });
    const id = await contact();
    await look({ hubspot: id });
    expect(await reviews()).toEqual([
      {
        record: id,
        cause:
          "Salesforce's duplicate rule Standard_Lead_Duplicate_Rule takes it for a record that is there; it names none that is shown to Tandem",
        candidates: [],
      },
    ]);
    await decideNew();
    expect(await leads()).toHaveLength(2);
    expect(await reviews()).toEqual([]);
  });

  it('may be a contact of sales, which the contact of marketing is linked with', async () => {
    const other = await load('salesforce', 'Contact', { LastName: 'Ng', Email: 'private@ng.example' });
    await rules(across);
    const id = await contact();
    await look({ hubspot: id });
    expect(await reviews()).toMatchObject([{ record: id, candidates: [other] }]);
    await simulated.editContact(id, { tandem_salesforce_id: other });
    await look({ hubspot: id });
    expect((await linkOf(id))?.ids.salesforce).toBe(other);
  });

  it('may be of an object that the mapping knows nothing of: named, but no candidate', async () => {
    const rule = { ...byName, fields: ['Phone'], against: ['Account'] };
    const account = await load('salesforce', 'Account', { Name: 'Acme', Phone: '+1 415-555-0100' });
    await rules(rule);
    const id = await contact({ phone: '+1 415-555-0100' });
    await look({ hubspot: id });
    expect(await reviews()).toEqual([
      {
        record: id,
        cause: `Salesforce's duplicate rule Standard_Lead_Duplicate_Rule takes it for a record that is there; salesforce:Account/${account} is of an object that this mapping does not align`,
        candidates: [],
      },
    ]);
  });
});

describe('an update that a duplicate rule refuses', () => {
  const onUpdate = { ...blocking, on: 'update' };
  const fields = { hubspot: 'jobtitle', salesforce: 'Title' };

  it('is parked with the rule and the record that it found, without further looks, and goes once that is gone', async () => {
    const [ids] = await simulated.people([{ email: 'ann@acme.example', lastname: 'Old', company: 'Acme' }]);
    if (!ids) throw new Error('nobody was linked');
    const other = await lead();
    await rules(onUpdate);
    await simulated.editContact(ids.hubspot, { lastname: 'Ng', jobtitle: 'Head' });
    await look({ hubspot: ids.hubspot });
    expect(await reviews()).toEqual([]);
    expect(await parked()).toMatchObject([
      {
        field: '',
        code: 'DUPLICATES_DETECTED',
        message: `Use one of these records? (duplicate rule Standard_Lead_Duplicate_Rule: salesforce:Lead/${other})`,
        next_step: expect.stringMatching(/Merge the records in Salesforce/),
      },
    ]);
    expect((await simulated.values(ids, fields)).salesforce).not.toBe('Head');
    await rules();
    await fixture.store.operator.retryParked({}, 'retry');
    await simulated.drain();
    expect((await simulated.values(ids, fields)).salesforce).toBe('Head');
    expect(await parked()).toEqual([]);
  });

  it('for its address keeps that one back, and the other fields go on', async () => {
    simulated.pair = {
      ...pair,
      lifeEvents: { ...(pair.lifeEvents as never as object), emailChange: 'send' } as never,
    };
    const [ids] = await simulated.people([{ email: 'ann@acme.example', lastname: 'Ann', company: 'Acme' }]);
    if (!ids) throw new Error('nobody was linked');
    await lead({ Email: 'taken@acme.example' });
    await rules({ ...onUpdate, fields: ['Email'] });
    await simulated.editContact(ids.hubspot, { email: 'taken@acme.example', jobtitle: 'Head' });
    await look({ hubspot: ids.hubspot });
    expect(await parked()).toMatchObject([{ field: 'email', code: 'DUPLICATES_DETECTED' }]);
    expect((await simulated.values(ids, fields)).salesforce).toBe('Head');
  });

  it('is saved where the mapping says save and the rule only warns', async () => {
    choose('save');
    const [ids] = await simulated.people([{ email: 'ann@acme.example', lastname: 'Old', company: 'Acme' }]);
    if (!ids) throw new Error('nobody was linked');
    await lead();
    await rules({ ...byName, on: 'update' });
    await simulated.editContact(ids.hubspot, { lastname: 'Ng' });
    await look({ hubspot: ids.hubspot });
    const names = await simulated.values(ids, { hubspot: 'lastname', salesforce: 'LastName' });
    expect([names.salesforce, await parked()]).toEqual(['Ng', []]);
  });
});
