import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TieChange } from '../../../src/model/tie.ts';
import { reading, writing } from './harness.ts';
import { type LivePortal, startLivePortal } from './live-portal.ts';

let portal: LivePortal;
beforeEach(async () => {
  portal = await startLivePortal();
});
afterEach(async () => await portal.close());

const merge = async (type: string, primaryObjectId: string, objectIdToMerge: string): Promise<string> =>
  (await portal.call('POST', `/crm/v3/objects/${type}/merge`, { primaryObjectId, objectIdToMerge }, 'person'))
    .body.id;

describe('any type of record', () => {
  it.each([
    ['companies', 'name', {}],
    ['deals', 'dealname', { dealstage: 'closedwon' }],
    ['pets', 'pet_name', {}],
  ])('%s are written, found, read, polled and listed as contacts are', async (type, name, more) => {
    const { connector } = portal;
    await portal.control('/schema', {
      objects: [
        {
          name: 'pets',
          properties: [{ name: 'pet_name' }, { name: 'tandem_salesforce_id', hasUniqueValue: true }],
        },
      ],
    });
    const start = { stamp: portal.clock.now(), id: '' };
    const row = {
      op: 'upsert',
      key: 'k1',
      identityField: 'tandem_salesforce_id',
      identityValue: '001A',
      fields: { [name]: 'Acme', ...more },
    } as const;
    const [outcome] = await connector.writeMany(type, [row], writing);
    if (outcome?.kind !== 'landed') throw new Error(JSON.stringify(outcome));
    expect(outcome.created).toBe(true);
    const { id } = outcome;
    await connector.writeMany(type, [{ op: 'update', key: 'k2', id, fields: { [name]: 'Beta' } }], writing);
    const found = await connector.findByField(
      type,
      'tandem_salesforce_id',
      ['001a', '001A'],
      [name],
      reading,
    );
    expect(found.map(({ record }) => [record.ref.id, record.fields[name]])).toEqual([[id, 'Beta']]);
    portal.clock.advance(4_000);
    const polled = [];
    for await (const page of connector.changesSince(type, start, 0, [name], reading))
      polled.push(...page.records);
    expect(polled.map((record) => [record.ref.id, record.fields[name]])).toEqual([[id, 'Beta']]);
    expect(
      (await connector.listPage(type, null, [name], reading)).records.map((record) => record.ref.id),
    ).toEqual([id]);
    const description = await connector.describe(type, reading);
    expect(description.fields.get('tandem_salesforce_id')?.unique).toBe(true);
  });

  it('says in the history which values are its own, by the app that its token belongs to', async () => {
    const [id = ''] = await portal.load('companies', { name: 'Acme', city: 'Ulm' });
    portal.clock.advance(1_000);
    await portal.connector.writeMany(
      'companies',
      [{ op: 'update', key: 'k', id, fields: { city: 'Bonn' } }],
      writing,
    );
    portal.clock.advance(1_000);
    await portal.control('/records/companies', { source: 'app', records: [{ id, city: 'Rome' }] });
    const history = await portal.connector.history('companies', [id], ['city'], reading);
    expect(history.get(id)?.city?.map(({ byUs, source }) => [byUs, source])).toEqual([
      [false, 'INTEGRATION'],
      [true, 'INTEGRATION'],
      [false, 'CRM_UI'],
    ]);
  });

  it('is found by a property that is not unique through the search, whatever the case', async () => {
    const ids = await portal.load(
      'companies',
      ...Array.from({ length: 250 }, (_, n) => ({ name: `C${n}`, domain: 'twin.example.com' })),
      { name: 'Other', domain: 'other.example.com' },
    );
    portal.clock.advance(4_000);
    const find = (values: string[]) =>
      portal.connector.findByField('companies', 'domain', values, ['name'], reading);
    const found = await find(['Twin.example.com', 'nobody.example.com']);
    expect(found.map(({ record }) => record.ref.id)).toEqual(ids.slice(0, 250));
    expect(found[0]?.matched).toEqual(['twin.example.com']);
    await find(Array.from({ length: 120 }, (_, n) => `long-domain-number-${n}.example.com`));
    // The refusal that told it is not asked for twice.
    const { calls } = (await portal.control('/stats')).body;
    expect(calls.byStatus['400']).toBe(1);
  });
});

describe('fates', () => {
  it.each([true, false])(
    'follow merges to the last survivor, where batches follow them (%s) and where not',
    async (follows) => {
      await portal.control('/portal', { batchReadFollowsMerges: follows });
      const [a = '', b = '', c = '', gone = ''] = await portal.load(
        'companies',
        { name: 'A' },
        { name: 'B' },
        { name: 'C' },
        { name: 'D' },
      );
      const last = await merge('companies', c, await merge('companies', a, b));
      await portal.call('DELETE', `/crm/v3/objects/companies/${gone}`);
      const fates = await portal.connector.fates('companies', [a, b, c, last, gone, '77'], reading);
      expect([...fates.values()]).toEqual([
        { kind: 'mergedInto', id: last },
        { kind: 'mergedInto', id: last },
        { kind: 'mergedInto', id: last },
        { kind: 'alive' },
        { kind: 'archived' },
        { kind: 'unknown' },
      ]);
    },
  );

  it('know nothing of one that was erased', async () => {
    const [id = ''] = await portal.load('contacts', { email: 'a@gmail.com' });
    await portal.call('POST', '/crm/v3/objects/contacts/gdpr-delete', { objectId: id });
    expect([...(await portal.connector.fates('contacts', [id], reading)).values()]).toEqual([
      { kind: 'unknown' },
    ]);
  });
});

describe('deletions', () => {
  it('are those since a time, in their order, page after page', async () => {
    const ids = await portal.load(
      'contacts',
      ...Array.from({ length: 230 }, (_, n) => ({ lastname: `P${n}` })),
    );
    const archive = async (list: readonly string[]): Promise<void> => {
      await portal.call('POST', '/crm/v3/objects/contacts/batch/archive', {
        inputs: list.map((id) => ({ id })),
      });
    };
    await archive(ids.slice(0, 100));
    portal.clock.advance(60_000);
    const since = portal.clock.now();
    await archive(ids.slice(150, 230));
    portal.clock.advance(1_000);
    await archive(ids.slice(100, 101));
    const page = await portal.connector.deletionsSince?.('contacts', since, reading);
    expect(page?.records.map(({ id }) => id)).toEqual([...ids.slice(150, 230), ids[100]]);
    expect(page?.records.at(-1)?.at).toBe(since + 1_000);
  });
});

describe('ties', () => {
  const ref = (type: string, id: string) => ({ system: 'hubspot', type, id }) as const;

  it('begin, change and end, with the primary mark and the account’s labels', async () => {
    const { connector } = portal;
    const [contact = ''] = await portal.load('contacts', { email: 'a@gmail.com' });
    const [acme = '', beta = ''] = await portal.load('companies', { name: 'Acme' }, { name: 'Beta' });
    await portal.call('POST', '/crm/v4/associations/contacts/companies/labels', {
      name: 'advisor',
      label: 'Advisor',
    });
    const tie = (id: string, label: string | null, primary: boolean): TieChange => ({
      op: 'tie',
      from: ref('contacts', contact),
      to: ref('companies', id),
      label,
      primary,
    });
    const write = async (...changes: TieChange[]) =>
      (await connector.writeTies?.(changes, writing))?.map(({ kind }) => kind);
    const read = async () => {
      const ties =
        (await connector.readTies?.('contacts', [contact], 'companies', reading))?.get(contact) ?? [];
      return ties.map(({ to, labels, primary }) => [to.id, labels, primary]);
    };
    expect(await write(tie(acme, null, true), tie(beta, 'Advisor', false))).toEqual(['landed', 'landed']);
    expect(await read()).toEqual([
      [acme, [], true],
      [beta, ['Advisor'], false],
    ]);
    const before = (await portal.control('/stats')).body.calls.total;
    expect(await write(tie(acme, null, true))).toEqual(['landed']);
    expect((await portal.control('/stats')).body.calls.total - before).toBe(2);
    expect(await write(tie(beta, null, true))).toEqual(['landed']);
    expect(await read()).toEqual([
      [acme, [], false],
      [beta, [], true],
    ]);
    expect(await write({ op: 'untie', from: ref('contacts', contact), to: ref('companies', acme) })).toEqual([
      'landed',
    ]);
    expect(await read()).toEqual([[beta, [], true]]);
  });

  it('change the labels that are named, and keep any other', async () => {
    const { connector } = portal;
    const [deal = ''] = await portal.load('deals', { dealname: 'D', dealstage: 'closedwon' });
    const [ann = '', bob = ''] = await portal.load(
      'contacts',
      { email: 'a@gmail.com' },
      { email: 'b@gmail.com' },
    );
    for (const [name, label] of [
      ['dm', 'Decision maker'],
      ['budget', 'Budget holder'],
      ['news', 'Newsletter'],
    ]) {
      await portal.call('POST', '/crm/v4/associations/deals/contacts/labels', { name, label });
    }
    const relabel = (id: string, add: string[], remove: string[]): TieChange => ({
      ...{ op: 'relabel', from: ref('deals', deal), to: ref('contacts', id), add, remove },
    });
    const write = async (...changes: TieChange[]) =>
      (await connector.writeTies?.(changes, writing))?.map(({ kind }) => kind);
    const read = async () => {
      const ties = (await connector.readTies?.('deals', [deal], 'contacts', reading))?.get(deal) ?? [];
      return ties.map(({ to, labels }) => [to.id, labels.toSorted()]);
    };
    expect(
      await write(relabel(ann, ['Decision maker', 'Newsletter'], []), relabel(bob, [], ['Budget holder'])),
    ).toEqual(['landed', 'landed']);
    expect(await read()).toEqual([
      [ann, ['Decision maker', 'Newsletter']],
      [bob, []],
    ]);
    expect(await write(relabel(ann, ['Budget holder'], ['Decision maker']))).toEqual(['landed']);
    expect(await read()).toContainEqual([ann, ['Budget holder', 'Newsletter']]);
    expect(await write(relabel(ann, [], ['Budget holder', 'Decision maker', 'Gone']))).toEqual(['landed']);
    expect(await read()).toContainEqual([ann, ['Newsletter']]);
    expect(await write(relabel(ann, ['Boss'], []))).toEqual(['refused']);
    expect(await connector.tieLabels?.('deals', 'contacts', reading)).toEqual(
      expect.arrayContaining(['Decision maker', 'Budget holder', 'Newsletter']),
    );
  });

  it('are refused row by row: a label that is none, a record that is not there', async () => {
    const [deal = ''] = await portal.load('deals', { dealname: 'D', dealstage: 'closedwon' });
    const [contact = ''] = await portal.load('contacts', { email: 'a@gmail.com' });
    const change = (id: string, label: string | null): TieChange => ({
      op: 'tie',
      from: ref('deals', deal),
      to: ref('contacts', id),
      label,
      primary: false,
    });
    const outcomes = await portal.connector.writeTies?.(
      [change(contact, 'Boss'), change('99', null), change(contact, null)],
      writing,
    );
    expect(outcomes).toMatchObject([
      { kind: 'refused', failure: { category: 'schema', code: 'NO_SUCH_LABEL' } },
      { kind: 'refused' },
      { kind: 'landed' },
    ]);
    const ties = await portal.connector.readTies?.('contacts', [contact], 'deals', reading);
    expect(ties?.get(contact)?.map(({ to }) => to.id)).toEqual([deal]);
  });

  it('of a record with more than a page of them all come', async () => {
    const [company = ''] = await portal.load('companies', { name: 'Large' });
    const people = await portal.load(
      'contacts',
      ...Array.from({ length: 620 }, (_, n) => ({
        lastname: `P${n}`,
        associations: [{ object: 'companies', id: company }],
      })),
    );
    const ties = await portal.connector.readTies?.('companies', [company], 'contacts', reading);
    expect(ties?.get(company)?.map(({ to }) => to.id)).toEqual(people);
  });

  it('are read in safe batches where a large one is refused', async () => {
    const [company = ''] = await portal.load('companies', { name: 'Acme' });
    const people = await portal.load(
      'contacts',
      ...Array.from({ length: 150 }, (_, n) => ({
        lastname: `P${n}`,
        associations: [{ object: 'companies', id: company }],
      })),
    );
    await portal.control('/faults', [
      { match: { path: 'batch/read$' }, effect: { code: 'VALIDATION_ERROR', times: 1 } },
    ]);
    const ties = await portal.connector.readTies?.('contacts', people, 'companies', reading);
    expect(ties?.size).toBe(150);
  });
});

describe('what the account is', () => {
  it('tells pipelines with their stages, and owners who are there and who have left', async () => {
    const { connector } = portal;
    const [sales] = (await connector.pipelines?.('deals', reading)) ?? [];
    expect(
      sales?.stages.map(({ id, closed, won, probability }) => [id, closed, won, probability]).slice(4),
    ).toEqual([
      ['contractsent', false, false, 0.9],
      ['closedwon', true, true, 1],
      ['closedlost', true, false, 0],
    ]);
    expect(await connector.pipelines?.('contacts', reading)).toEqual([]);
    const owners = (await connector.owners?.(reading)) ?? [];
    expect(owners.filter(({ active }) => !active).map(({ id }) => id)).toEqual(['41629700']);
    expect(owners.length).toBeGreaterThan(3);
    const description = await connector.describe('deals', reading);
    expect(description.fields.get('dealstage')?.options).toContain('closedwon');
    expect(description.fields.get('pipeline')?.options).toEqual(['default']);
  });
});

describe('opting out', () => {
  it('holds for the address, before and after it has a contact, and shows on the contact', async () => {
    const { connector } = portal;
    const id = await portal.create({ email: 'a@gmail.com' });
    const outcomes = await connector.optOut(
      [
        { key: '1', email: 'A@gmail.com' },
        { key: '2', email: 'later@gmail.com' },
        { key: '3', email: 'none' },
      ],
      writing,
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['landed', 'landed', 'refused']);
    expect(await portal.read(id, 'hs_email_optout')).toMatchObject({ hs_email_optout: 'true' });
    const later = await portal.create({ email: 'later@gmail.com' });
    expect(await portal.read(later, 'hs_email_optout')).toMatchObject({ hs_email_optout: 'true' });
    expect(await connector.readOptOut('a@gmail.com', reading)).toBe(true);
    expect(await connector.readOptOut('b@gmail.com', reading)).toBe(false);
    const back = await portal.call('POST', '/communication-preferences/v4/statuses/a@gmail.com', {
      subscriptionId: 71_000_001,
      statusState: 'SUBSCRIBED',
      channel: 'EMAIL',
    });
    expect(back.status).toBe(200);
    expect(await portal.read(id, 'hs_email_optout')).toMatchObject({ hs_email_optout: 'false' });
  });

  it('needs a scope, which the token tells of and HubSpot insists on', async () => {
    const { connector } = portal;
    const scope = 'communication_preferences.read_write';
    const row = { key: '1', email: 'scope@gmail.com' };
    await portal.control('/portal', { withheldScopes: [scope] });
    expect(await connector.scopes(reading)).toEqual(
      expect.toSatisfy((scopes: ReadonlySet<string>) => scopes.has('forms') && !scopes.has(scope)),
    );
    expect(await connector.optOut([row], writing)).toMatchObject([
      { kind: 'refused', failure: { category: 'permission', code: 'MISSING_SCOPES' } },
    ]);
    await portal.control('/portal', { withheldScopes: [] });
    expect(await connector.optOut([row], writing)).toEqual([{ kind: 'landed' }]);
  });

  it('is a part of a write, before the rest of it, and cannot be taken back', async () => {
    const { connector } = portal;
    const known = await portal.create({ email: 'known@gmail.com' });
    const nameless = await portal.create({ firstname: 'Nameless' });
    const update = (key: string, id: string, fields: Record<string, string>) =>
      ({ op: 'update', key, id, fields }) as const;
    const outcomes = await connector.writeMany(
      'contacts',
      [
        update('1', known, { hs_email_optout: 'true', jobtitle: 'CEO' }),
        update('2', nameless, { hs_email_optout: 'true', jobtitle: 'CEO' }),
        {
          op: 'upsert',
          key: '3',
          identityField: 'tandem_salesforce_id',
          identityValue: '00Q1',
          fields: { email: 'new@gmail.com', hs_email_optout: 'true' },
        },
        update('4', known, { firstname: 'Kim' }),
      ],
      writing,
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(['landed', 'refused', 'landed', 'landed']);
    expect(outcomes[1]).toMatchObject({ failure: { code: 'NO_ADDRESS', fields: ['hs_email_optout'] } });
    const names = 'hs_email_optout,jobtitle,firstname';
    const shown = await portal.read(known, names);
    expect(shown).toMatchObject({ hs_email_optout: 'true', jobtitle: 'CEO', firstname: 'Kim' });
    expect((await portal.read(nameless, 'jobtitle')).jobtitle ?? null).toBeNull();
    const [, , created] = outcomes;
    const id = created?.kind === 'landed' ? created.id : '';
    expect(await portal.read(id, 'hs_email_optout')).toMatchObject({ hs_email_optout: 'true' });
    const [back] = await connector.writeMany(
      'contacts',
      [update('5', known, { hs_email_optout: 'false' })],
      writing,
    );
    expect(back).toMatchObject({ kind: 'refused', failure: { code: 'OPT_OUT_STANDS' } });
    expect((await connector.describe('contacts', reading)).fields.get('hs_email_optout')?.writable).toBe(
      true,
    );
  });

  it('names nobody in what it says of a failure', async () => {
    await portal.control('/faults', [
      { match: { path: 'unsubscribe-all' }, effect: { code: 'MISSING_SCOPES', status: 403 } },
    ]);
    const outcomes = await portal.connector.optOut([{ key: '1', email: 'secret@gmail.com' }], writing);
    expect(outcomes).toMatchObject([{ kind: 'refused', failure: { category: 'permission' } }]);
    expect(JSON.stringify(outcomes)).not.toContain('secret');
  });
});
