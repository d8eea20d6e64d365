import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWebhookDelivery } from '../../../src/connectors/hubspot/webhook-events.ts';
import type { LiveSignal } from '../../../src/model/live.ts';

const at = 1_705_422_467_780;
/** As captured from HubSpot, but for the names. */
const propertyChange = {
  eventId: 2_409_503_945,
  subscriptionId: 2_426_762,
  portalId: 143_553_137,
  appId: 2_633_736,
  occurredAt: at,
  subscriptionType: 'contact.propertyChange',
  attemptNumber: 0,
  objectId: 1801,
  propertyName: 'email',
  propertyValue: 'ada@example.com',
  changeSource: 'CRM_UI',
  sourceId: 'userId:51430432',
};

const signalsOf = (...events: readonly unknown[]): readonly LiveSignal[] =>
  parseWebhookDelivery(events)?.signals ?? [];
const contact = (id: string): LiveSignal['ref'] => ({ system: 'hubspot', type: 'contacts', id });

describe('an event of a delivery', () => {
  const told: LiveSignal = {
    ref: contact('1801'),
    event: 'changed',
    stamp: at,
    fields: { email: 'ada@example.com' },
    changedAt: at,
  };

  it('tells a value with the record’s own stamp, and who entered it', () => {
    const by = { source: 'CRM_UI', sourceId: 'userId:51430432' };
    expect(signalsOf(propertyChange)).toEqual([{ ...told, by }]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, LiveSignal['by']]>([
    ['neither', { changeSource: undefined, sourceId: undefined }, undefined],
    ['no id', { sourceId: undefined }, { source: 'CRM_UI' }],
    ['an id alone', { changeSource: undefined }, undefined],
    ['an id that is a number', { sourceId: 7 }, { source: 'CRM_UI', sourceId: '7' }],
    ['what is no name', { changeSource: { a: 1 }, sourceId: [] }, undefined],
    ['an endless name', { changeSource: 'x'.repeat(5_000) }, undefined],
  ])('is heard with %s of its source', (_what, more, by) => {
    expect(signalsOf({ ...propertyChange, ...more })).toEqual([by ? { ...told, by } : told]);
  });

  it('is an echo where the app that is told made the change itself, and of no other app', () => {
    const app = { appId: 2633736, changeSource: 'INTEGRATION' };
    expect(signalsOf({ ...propertyChange, ...app, sourceId: '2633736' })[0]).toMatchObject({ byUs: true });
    for (const more of [{ sourceId: '2633737' }, { sourceId: undefined }, { sourceId: 'userId:2633736' }]) {
      expect(signalsOf({ ...propertyChange, ...app, ...more })[0]).not.toHaveProperty('byUs');
    }
    const byHand = { ...propertyChange, appId: 2633736, sourceId: '2633736' };
    expect(signalsOf(byHand)[0]).not.toHaveProperty('byUs');
    expect(
      signalsOf({ ...propertyChange, changeSource: 'INTEGRATION', sourceId: undefined })[0],
    ).not.toHaveProperty('byUs');
  });

  it('is no property change: it tells no source', () => {
    expect(signalsOf({ ...propertyChange, subscriptionType: 'contact.creation' })[0]).not.toHaveProperty(
      'by',
    );
  });

  it.each<[string, Readonly<Record<string, unknown>>, LiveSignal['event'], number | null]>([
    ['contact.creation', { changeFlag: 'CREATED' }, 'created', at],
    ['contact.deletion', { changeFlag: 'DELETED' }, 'deleted', null],
    ['contact.restore', {}, 'restored', null],
    ['contact.privacyDeletion', {}, 'erased', null],
  ])('%s', (subscriptionType, more, kind, stamp) => {
    expect(signalsOf({ ...propertyChange, subscriptionType, ...more })).toEqual([
      { ref: contact('1801'), event: kind, stamp, fields: {} },
    ]);
  });

  it('of a merge concerns the new record and all that went into it', () => {
    const merge = {
      ...propertyChange,
      subscriptionType: 'contact.merge',
      primaryObjectId: 1,
      mergedObjectIds: [2, '3'],
      newObjectId: 4,
    };
    expect(signalsOf(merge).map(({ ref, event, stamp }) => [ref.id, event, stamp])).toEqual(
      ['1', '2', '3', '4'].map((id) => [id, 'merged', null]),
    );
    expect(signalsOf({ ...merge, newObjectId: 1 }).map(({ ref }) => ref.id)).toEqual(['1', '2', '3']);
  });

  it('of an association concerns the record where it begins', () => {
    const association = {
      ...propertyChange,
      objectId: undefined,
      subscriptionType: 'contact.associationChange',
      associationType: 'CONTACT_TO_COMPANY',
      fromObjectId: 7,
      toObjectId: 8,
      associationRemoved: false,
    };
    expect(signalsOf(association)).toEqual([
      { ref: contact('7'), event: 'associated', stamp: null, fields: {} },
    ]);
  });

  it.each([
    ['object.propertyChange', '0-2', 'companies'],
    ['object.propertyChange', '2-123456', '2-123456'],
    ['deal.propertyChange', undefined, 'deals'],
    ['line_item.propertyChange', undefined, 'line_items'],
  ])('%s of %s is of type %s', (subscriptionType, objectTypeId, type) => {
    expect(signalsOf({ ...propertyChange, subscriptionType, objectTypeId })[0]?.ref.type).toBe(type);
  });

  it('may call its kind eventType, as older documents do', () => {
    const { subscriptionType, ...rest } = propertyChange;
    expect(signalsOf({ ...rest, eventType: subscriptionType })).toEqual(signalsOf(propertyChange));
  });

  it.each([undefined, null])('that emptied a property (%s) tells a blank', (propertyValue) => {
    expect(signalsOf({ ...propertyChange, propertyValue })[0]?.fields).toEqual({ email: null });
  });

  it('with a name that means something to JavaScript is a field like any other', () => {
    const [signal] = signalsOf({ ...propertyChange, propertyName: '__proto__' });
    expect(Object.keys(signal?.fields ?? {})).toEqual(['__proto__']);
  });

  it.each([
    ['of an unknown kind', { subscriptionType: 'contact.sneezed' }],
    ['of an unknown object', { subscriptionType: 'conversation.creation' }],
    ['of an object called like a method', { subscriptionType: 'constructor.creation' }],
    ['of a custom object without its type', { subscriptionType: 'object.creation' }],
    ['without a record', { objectId: undefined }],
    ['of a record that is no id', { objectId: '1; drop table' }],
    ['of no time', { occurredAt: 'now' }],
    ['of a time beyond all times', { occurredAt: 9e15 }],
  ])('%s is left out and counted; those beside it are not lost', (_name, change) => {
    const parsed = parseWebhookDelivery([{ ...propertyChange, ...change }, propertyChange]);
    expect(parsed).toMatchObject({ unknown: 1 });
    expect(parsed?.signals).toHaveLength(1);
  });

  it('whatever it holds, is read or left out', () => {
    const mutation = fc.dictionary(
      fc.constantFrom(...Object.keys(propertyChange), 'mergedObjectIds'),
      fc.jsonValue(),
    );
    const events = fc.oneof(
      fc.jsonValue(),
      fc.array(
        fc.oneof(
          mutation.map((change) => ({ ...propertyChange, ...change })),
          fc.jsonValue(),
        ),
      ),
    );
    fc.assert(
      fc.property(events, (body) => {
        const parsed = parseWebhookDelivery(body);
        for (const { ref, stamp } of parsed?.signals ?? []) {
          expect(ref.id).toMatch(/^\d{1,20}$/);
          expect(stamp === null || (Number.isInteger(stamp) && stamp < 5e12)).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
