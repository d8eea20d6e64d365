import { expect, it } from 'vitest';
import { learnTypeIds } from '../../src/commands/run/object-types.ts';
import { parseJournalEvents } from '../../src/connectors/hubspot/journal-events.ts';
import {
  type ObjectTypeIds,
  objectTypeIdOf,
  parseWebhookDelivery,
} from '../../src/connectors/hubspot/webhook-events.ts';
import { makeLog } from '../../src/log.ts';
import { takeLive } from '../../src/sync/live-intake.ts';
import { withObjects } from './simulated-objects.ts';

const objects = withObjects();

const learn = async (): Promise<ObjectTypeIds> =>
  learnTypeIds(objects.simulated.connect().hubspot, objects.mappings.pairs, makeLog(undefined, 'silent'));

it('Signals: events of a custom object that the mapping knows by name, which carry its type id, are taken', async () => {
  const typeIds = await learn();
  const objectTypeId = typeIds.get('projects') ?? '';
  expect(objectTypeId).toMatch(/^2-\d+$/);
  // The journal is asked for it, too.
  expect(objectTypeIdOf('projects', typeIds)).toBe(objectTypeId);
  // Earlier than the record: a read is as new as the event.
  const occurredAt = Date.now() - 60_000;
  const { id = '' } = await objects.hubspot('POST', '/crm/v3/objects/projects', {
    properties: { name: 'Apollo' },
  });
  const delivery = parseWebhookDelivery(
    [{ subscriptionType: 'object.creation', objectTypeId, objectId: Number(id), occurredAt }],
    typeIds,
  );
  const journal = parseJournalEvents(
    [{ action: 'CREATE', objectTypeId, objectId: id, occurredAt: new Date(occurredAt).toISOString() }],
    typeIds,
  );
  const ref = { system: 'hubspot', type: 'projects', id };
  expect(delivery?.signals.map((signal) => signal.ref)).toEqual([ref]);
  expect(journal.signals.map((signal) => signal.ref)).toEqual([ref]);
  const { fixture } = objects.simulated;
  const { engine: store, live } = fixture.store;
  const intake = {
    pairs: objects.mappings.pairs.map((pair) => ({
      ...{ pair, mappingHash: objects.mappings.hash, store },
    })),
    live,
    wake: { wake: () => undefined },
  };
  const signals = delivery?.signals ?? [];
  const taken = await takeLive(intake, { system: 'hubspot', source: 'webhooks', signals });
  expect(taken.ignored).toBe(0);
  await objects.drain();
  expect(await objects.link('projects', 'hubspot', id)).toBeDefined();
});

it('Signals: a mapping whose object no schema names is polled, and the worker says so', async () => {
  const pairs = [{ types: { hubspot: 'nothing', salesforce: 'Nothing__c' } }];
  const hubspot = objects.simulated.connect().hubspot;
  const said: unknown[] = [];
  const log = { ...makeLog(undefined, 'silent'), warn: (line: unknown) => void said.push(line) };
  expect(await learnTypeIds(hubspot, pairs, log as never)).toEqual(new Map());
  expect(said).toMatchObject([{ event: 'object-types-unknown', types: 'nothing' }]);
});
