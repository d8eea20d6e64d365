import { beforeEach, expect } from 'vitest';
import type { Connector } from '../../src/connectors/connector.ts';
import { parseJournalEvents } from '../../src/connectors/hubspot/journal-events.ts';
import { parseWebhookDelivery } from '../../src/connectors/hubspot/webhook-events.ts';
import { readChangeEvent } from '../../src/connectors/salesforce/streaming/change-event.ts';
import type { LiveSignal, LiveSource } from '../../src/model/live.ts';
import type { ConflictRule, PairMapping } from '../../src/model/mapping.ts';
import { otherSystem, type Sides, type System } from '../../src/model/system.ts';
import { takeLive } from '../../src/sync/live-intake.ts';
import { workOnce } from '../../src/sync/work.ts';
import { pair, withSimulators } from './simulated.ts';

const title = { hubspot: 'jobtitle', salesforce: 'Title' } as const;

/** What happens around a write of the title. */
export interface Meanwhile {
  readonly before?: () => Promise<void>;
  readonly after?: () => Promise<void>;
  /** Its answer is lost. */
  readonly isCut?: boolean;
}

/**
 * Somebody edits a field between Tandem's read of the record and its own write of that field: a signal alone tells that there was an edit. Call at
 * the top of a test file.
 */
export const withCrossedEdit = () => {
  const simulated = withSimulators();
  const { fixture } = simulated;

  let ids: Sides<string>;
  /** When the last edit was made: the simulators have this process's clock. */
  let editedAt: number;

  beforeEach(async () => {
    await fixture.reset();
    await simulated.control('hubspot', 'reset', { contacts: 0, leads: 0 });
    await simulated.control('salesforce', 'reset', { contacts: 0, leads: 0 });
    await simulated.control('salesforce', 'history', { Lead: [] });
    const [one] = await simulated.people([
      { email: 'ann@example.com', lastname: 'Ann', company: 'Acme', jobtitle: 'first' },
    ]);
    if (!one) throw new Error('nobody was linked');
    ids = one;
    return () => {
      simulated.pair = pair;
    };
  });

  /** What settles a conflict of the title, and who wins where two edits are too close for the clocks. */
  const settledBy = (conflict: ConflictRule, tie: System): void => {
    const settled = (form: PairMapping): PairMapping => ({
      ...form,
      fields: form.fields.map((field) => (field.name === 'jobtitle' ? { ...field, conflict, tie } : field)),
    });
    const { conversion } = pair;
    simulated.pair = {
      ...settled(pair),
      ...(conversion ? { conversion: { ...conversion, form: settled(conversion.form) } } : {}),
    };
  };

  const edit = async (system: System, value: string): Promise<void> => {
    editedAt = Date.now();
    if (system === 'hubspot') await simulated.editContact(ids.hubspot, { jobtitle: value });
    else await simulated.editLeadAsPerson(ids.salesforce, { Title: value });
  };

  /** What the vendor says of a change of the title, in its own form. */
  const toldBy = (
    system: System,
    value: string,
    at: number,
    origin = 'client=SfdcInternalAPI/',
  ): readonly LiveSignal[] => {
    if (system === 'hubspot') {
      const event = {
        ...{ subscriptionType: 'contact.propertyChange', occurredAt: at, changeSource: 'CRM_UI' },
        ...{ objectId: Number(ids.hubspot), propertyName: 'jobtitle', propertyValue: value },
      };
      return parseWebhookDelivery([event])?.signals ?? [];
    }
    const commitTimestamp = Math.floor(at / 1_000) * 1_000;
    const ChangeEventHeader = {
      ...{ entityName: 'Lead', changeType: 'UPDATE', recordIds: [ids.salesforce], commitTimestamp },
      changeOrigin: `com/salesforce/api/soap/58.0;${origin}`,
    };
    const LastModifiedDate = new Date(commitTimestamp).toISOString();
    const payload = { ChangeEventHeader, Title: value, LastModifiedDate };
    const read = readChangeEvent('Lead', { payload, event: { replayId: 1 } });
    return read.kind === 'signals' ? read.signals : [];
  };

  const toldByJournal = (value: string, at: number): readonly LiveSignal[] =>
    parseJournalEvents([
      {
        ...{ action: 'UPDATE', occurredAt: new Date(at).toISOString() },
        ...{ objectTypeId: '0-1', objectId: ids.hubspot, propertyChanges: { jobtitle: value } },
      },
    ]).signals;

  const take = async (signals: readonly LiveSignal[], source: LiveSource): Promise<void> => {
    const context = simulated.context();
    const [first] = signals;
    if (!first) throw new Error('the vendor says nothing');
    const { system } = first.ref;
    await takeLive(
      { pairs: [context], live: fixture.store.live, wake: context.wake },
      { system, source, signals },
    );
  };

  const tell = async (system: System, value: string, at = editedAt): Promise<void> =>
    take(toldBy(system, value, at), system === 'hubspot' ? 'webhooks' : 'stream');

  /** Salesforce's stamps are whole seconds: what is to come after a read is in a later one. */
  const nextSecond = async (): Promise<void> => {
    await expect.poll(() => Date.now() % 1_000, { interval: 5, timeout: 2_000 }).toBeLessThan(50);
  };

  /** The system, where something happens just before the next write of the title is carried out, and just after it. */
  const crossing = (system: System, { before, after, isCut = false }: Meanwhile): Sides<Connector> => {
    const systems = simulated.connect();
    const inner = systems[system];
    const crossed: Connector = {
      ...inner,
      writeMany: async (type, rows, call) => {
        const isTitle = rows.some(({ fields }) => Object.hasOwn(fields, title[system]));
        if (isTitle) await before?.();
        const outcomes = await inner.writeMany(type, rows, call);
        if (isTitle) await after?.();
        return isTitle && isCut ? rows.map(() => ({ kind: 'unknown', cause: 'cut' })) : outcomes;
      },
    };
    return { ...systems, [system]: crossed };
  };

  /** The system, where no write of the title is carried out, and none is answered. */
  const losing = (system: System): Sides<Connector> => {
    const systems = simulated.connect();
    const inner = systems[system];
    const writeMany: Connector['writeMany'] = async (type, rows, call) =>
      rows.some(({ fields }) => Object.hasOwn(fields, title[system]))
        ? rows.map(() => ({ kind: 'unknown', cause: 'cut' }))
        : inner.writeMany(type, rows, call);
    return { ...systems, [system]: { ...inner, writeMany } };
  };

  /** The end of what is under way with no known outcome. */
  const passDeadline = async (): Promise<void> => {
    await fixture.query('update tandem.intents set deadline = now()');
    await fixture.query('update tandem.dirty set due = now()');
  };

  /** Tandem's write of `second` to this side, which comes over what happens meanwhile. */
  const write = async (target: System, meanwhile: Meanwhile): Promise<void> => {
    await edit(otherSystem(target), 'second');
    if (target === 'salesforce') await nextSecond();
    await simulated.mark({ [otherSystem(target)]: ids[otherSystem(target)] });
    await workOnce(simulated.context(crossing(target, meanwhile)), 'live');
  };

  const values = async (): Promise<Sides<unknown>> => simulated.values(ids, title);
  const ledger = async () =>
    fixture.query<{ system: string; from: string; to: string; rule: string; lost: string }>(
      `select system, from_value::text as from, to_value::text as to, rule, lost::text as lost
     from tandem.ledger where field = 'jobtitle' and event = 'write' order by id`,
    );
  const kept = async (): Promise<readonly { changed: string }[]> =>
    fixture.query<{ changed: string }>('select changed::text as changed from tandem.dirty');
  return {
    ...{
      simulated,
      settledBy,
      edit,
      toldBy,
      toldByJournal,
      take,
      tell,
      nextSecond,
      write,
      values,
      ledger,
      kept,
      losing,
      passDeadline,
    },
    link: () => ids,
    lastEditAt: () => editedAt,
  };
};
