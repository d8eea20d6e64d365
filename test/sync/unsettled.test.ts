import { describe, expect, it } from 'vitest';
import type { RecordSnapshot } from '../../src/model/record.ts';
import type { FieldWrite, Intent, Link } from '../../src/model/state.ts';
import type { RecordRef, System } from '../../src/model/system.ts';
import type { RawFields } from '../../src/model/value.ts';
import { makeDraft, movedBase } from '../../src/sync/draft.ts';
import type { EngineContext } from '../../src/sync/engine.ts';
import type { Found } from '../../src/sync/found.ts';
import type { Overtaken } from '../../src/sync/overtaken.ts';
import { settleAnew, settleUnderWay } from '../../src/sync/unsettled.ts';
import { peoplePair as pair } from '../mirror.ts';

const refs: Readonly<Record<System, RecordRef>> = {
  hubspot: { system: 'hubspot', type: 'contacts', id: '7' },
  salesforce: { system: 'salesforce', type: 'Lead', id: '00Q7' },
};
const link: Link = {
  id: 'link-7',
  pair: pair.name,
  ids: { hubspot: '7', salesforce: '00Q7' },
  types: { hubspot: 'contacts', salesforce: 'Lead' },
  version: 1,
  base: {
    jobtitle: { hubspot: 'Clerk', salesforce: 'Clerk' },
    company: { hubspot: 'Clerk', salesforce: 'Clerk' },
  },
  stamps: { hubspot: 1, salesforce: 1 },
  ended: null,
};

const shown = (system: System, fields: RawFields): RecordSnapshot => ({
  ref: refs[system],
  stamp: 1,
  readAt: 1,
  createdAt: 1,
  lastModifiedByUs: null,
  deleted: false,
  fields,
});

const write = (field: string, apiField: string, sent: string): FieldWrite => ({
  ...{ field, apiField, sent, replaced: 'Clerk', source: sent },
  ...{ rule: 'changed-there', clock: null, lost: null },
});

/** A write of unknown outcome to one side, computed from the other. */
const intentTo = (system: System, ...writes: FieldWrite[]): Intent => ({
  ...{ id: 'intent-1', pair: pair.name, unit: 'link:link-7', linkId: link.id, linkVersion: 1, op: 'update' },
  ...{ target: refs[system], source: refs[system === 'hubspot' ? 'salesforce' : 'hubspot'] },
  ...{ writes, cause: 'poll', deadline: 0 },
});

const foundWith = (intent: Intent, found: Partial<Record<System, RawFields>>): Found => {
  const unit = { key: 'link:link-7', fence: 1, link, dirty: [], intents: [intent], parked: [] };
  const snapshots = {
    hubspot: found.hubspot && shown('hubspot', found.hubspot),
    salesforce: found.salesforce && shown('salesforce', found.salesforce),
  };
  return { draft: makeDraft(unit), link, found: snapshots };
};

const context = { pair } as unknown as EngineContext;

const settle = (
  intent: Intent,
  found: Partial<Record<System, RawFields>>,
  stays: System | null,
  goesOnAs = pair,
  overtaken: Overtaken = new Map(),
) => {
  const each = foundWith(intent, found);
  settleUnderWay(context, each, stays, overtaken, goesOnAs);
  return { base: movedBase(each.draft, link), ledger: each.draft.ledger };
};

const pilot = write('jobtitle', 'jobtitle', 'Pilot');
const toLead = write('jobtitle', 'Title', 'Pilot');

it('what had landed on a lead before it was converted is base and in the ledger: its contact shows it as settled', () => {
  const { base, ledger } = settle(
    intentTo('salesforce', toLead),
    { salesforce: { Title: 'Pilot' } },
    'hubspot',
  );
  expect(base.jobtitle).toMatchObject({ hubspot: 'Pilot', salesforce: 'Pilot' });
  expect(ledger).toMatchObject([{ event: 'write', field: 'jobtitle', from: 'Clerk', to: 'Pilot' }]);
});

it('what did not land on it before will not land any more', () => {
  expect(settle(intentTo('salesforce', toLead), { salesforce: { Title: 'Clerk' } }, 'hubspot')).toEqual({
    base: {},
    ledger: [],
  });
});

it.each(['Pilot', 'Clerk'])(
  'what was on the way to the record that stays, which shows %s, is remembered until the history tells',
  (jobtitle) => {
    const { base, ledger } = settle(intentTo('hubspot', pilot), { hubspot: { jobtitle } }, 'hubspot');
    expect(base.jobtitle).toEqual({
      ...link.base.jobtitle,
      late: { to: 'hubspot', sent: 'Pilot' },
    });
    expect(ledger).toEqual([]);
  },
);

it('a field that was never settled has no base to remember it in: what stands there is settled at once', () => {
  const mobile = { ...write('city', 'city', 'Rome'), replaced: 'Oslo' };
  const { base, ledger } = settle(intentTo('hubspot', mobile), { hubspot: { city: 'Rome' } }, 'hubspot');
  expect(base.city).toMatchObject({ hubspot: 'Rome', salesforce: 'Rome' });
  expect(ledger).toMatchObject([{ field: 'city', from: 'Oslo', to: 'Rome' }]);
});

it('a field that was never settled begins with what its write was decided from where that came over an edit: the next look puts it right', () => {
  const rome = { ...write('city', 'city', 'Rome'), replaced: 'Oslo' };
  const found = { hubspot: { city: 'Rome' } };
  const { base, ledger } = settle(
    intentTo('hubspot', rome),
    found,
    'hubspot',
    pair,
    new Map([[rome, 'Bergen']]),
  );
  expect(base.city).toEqual({ hubspot: 'Oslo', salesforce: 'Rome', late: { to: 'hubspot', sent: 'Rome' } });
  expect(ledger).toEqual([]);
});

it('where the link ends, the ledger names the edit that a write came over, and not what that edit itself had replaced', () => {
  const found = { hubspot: { jobtitle: 'Pilot' } };
  const won = { ...pilot, rule: 'conflict:newest', lost: 'Clerk' };
  for (const each of [pilot, won]) {
    const { ledger } = settle(intentTo('hubspot', each), found, null, pair, new Map([[each, 'Captain']]));
    expect(ledger).toMatchObject([{ field: 'jobtitle', from: 'Captain', to: 'Pilot', lost: 'Captain' }]);
  }
});

it('where the link ends, the ledger names what was replaced', () => {
  const { ledger } = settle(intentTo('hubspot', pilot), { hubspot: { jobtitle: 'Pilot' } }, null);
  expect(ledger).toMatchObject([{ field: 'jobtitle', from: 'Clerk', to: 'Pilot' }]);
});

it('what landed in a field that the contact of a converted lead has not is in the ledger at once: nobody looks at it there', () => {
  const acme = write('company', 'company', 'Acme');
  const { base, ledger } = settle(
    intentTo('hubspot', acme),
    { hubspot: { company: 'Acme' } },
    'hubspot',
    pair.conversion?.form,
  );
  expect(base.company).toMatchObject({ hubspot: 'Acme', salesforce: 'Acme' });
  expect(ledger).toMatchObject([{ field: 'company', from: 'Clerk', to: 'Acme' }]);
});

describe('a link that goes on with a record of values of its own', () => {
  const survivor = { system: 'salesforce', type: 'Lead', id: 'survivor' } as const;
  const settleWith = (overtaken: boolean) => {
    const each = foundWith(intentTo('hubspot', pilot), { hubspot: { jobtitle: 'Pilot' } });
    settleAnew(context, each, new Map(overtaken ? [[pilot, 'Captain']] : []));
    each.draft.to = { ref: survivor, stamp: 0, follows: null, fresh: true };
    return { base: movedBase(each.draft, link), ledger: each.draft.ledger };
  };

  it('has what landed before in the ledger alone: nobody has compared it with them', () => {
    const { base, ledger } = settleWith(false);
    expect(base).toEqual({});
    expect(ledger).toMatchObject([{ field: 'jobtitle', from: 'Clerk', to: 'Pilot' }]);
  });

  it('begins with what a write was decided from that came over an edit, so that the next look puts it right', () => {
    const late = { to: 'hubspot', sent: 'Pilot' };
    expect(settleWith(true)).toEqual({
      base: { jobtitle: { hubspot: 'Clerk', salesforce: 'Pilot', late } },
      ledger: [],
    });
  });
});
