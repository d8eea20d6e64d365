import { beforeAll, describe, expect, it } from 'vitest';
import { contentJson, contentNow } from '../../../src/commands/explain/content.ts';
import type { Catalogue } from '../../../src/lifecycle/content/model.ts';
import { renewContent } from '../../../src/lifecycle/run/content-pass.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { Mode } from '../../../src/lifecycle/stage/journey.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { repositoryRoot } from '../../../src/settings.ts';
import { makeCatalogue, makePiece, site } from '../content/catalogue.ts';
import { withOffice } from './office.ts';

const office = withOffice();
let contact = '';
let lead = '';

const catalogue = makeCatalogue([
  makePiece('guide', { stages: new Set(['sales-ready']) }),
  makePiece('offer', { stages: new Set(['sales-ready']), expiresAt: Date.UTC(2100, 0, 1) }),
]);

/** The office with this behaviour of content, by this catalogue or none. */
const by = (mode: Mode, content: Catalogue | null = catalogue): LifecycleContext => {
  const { lifecycle } = office.context.models;
  const context = office.with({ behaviours: { ...lifecycle.behaviours, content: mode } });
  const { content: _, ...models } = context.models;
  return { ...context, models: content === null ? models : { ...models, content } };
};
const shown = (): Promise<RawFields> =>
  office.read('salesforce', 'Lead', lead, 'Tandem_Content__c', 'Tandem_Next_Step__c', 'Tandem_Digest__c');
const kept = () =>
  office.simulated.fixture.query<{ piece: string; mode: string; over: boolean }>(
    'select piece, mode, until is not null as over from tandem.recommended order by piece',
  );
/** Another look, and what follows from it. */
const again = async (context: LifecycleContext): Promise<number> => {
  const ordered = await renewContent(context);
  await office.settle(context);
  return ordered;
};

beforeAll(async () => {
  [lead = ''] = await office.create('Lead', [
    { Email: 'ada@example.com', FirstName: 'Ada', LastName: 'Lind', Company: 'Nordlys' },
  ]);
  await office.simulated.align();
  const [link] = await office.simulated.fixture.query<{ contact: string }>(
    'select hubspot_id as contact from tandem.links where ended_at is null',
  );
  contact = link?.contact ?? '';
}, 60_000);

describe('content, by its behaviour', () => {
  it('off, or without a catalogue: a hand-over shows what it showed before, and nothing is kept', async () => {
    for (const context of [by('off'), by('act', null)]) {
      await office.edit('Lead', lead, { Tandem_Request__c: 'Name a prospect' });
      await office.mark('salesforce', 'Lead', [lead]);
      await office.settle(context);
      expect(await again(context)).toBe(0);
    }
    const fields = await shown();
    expect(fields.Tandem_Content__c).toBeNull();
    expect(fields.Tandem_Digest__c).toContain('Say or send this');
    expect(`${fields.Tandem_Digest__c}${fields.Tandem_Next_Step__c}`).not.toContain('Send:');
    expect(await kept()).toEqual([]);
  });

  it('observe: what would be recommended is kept, and nobody sees it', async () => {
    const before = await shown();
    expect(await again(by('observe'))).toBe(1);
    expect(await kept()).toEqual([
      { piece: 'guide', mode: 'observe', over: false },
      { piece: 'offer', mode: 'observe', over: false },
    ]);
    expect(await shown()).toEqual(before);
    expect(await again(by('observe'))).toBe(0);
  });

  it('act: whoever has a digest is shown it by itself, once', async () => {
    const context = by('act');
    expect(await again(context)).toBe(1);
    const fields = await shown();
    expect(fields.Tandem_Content__c).toContain(`1. About guide (guide)\n${site}/guide\nWhy: for sales-ready`);
    expect(fields.Tandem_Digest__c).toContain('Send: About guide');
    expect(await kept()).toMatchObject([{ mode: 'act' }, { mode: 'act' }]);
    expect(await again(context)).toBe(0);
  });

  it('a piece that expires, and one that is taken out, are shown no longer', async () => {
    await office.simulated.fixture.query(
      "update tandem.journeys set content_until = now() - interval '1 second'",
    );
    expect(await again(by('act'))).toBe(1);
    const over = [makePiece('guide', { stages: new Set(['sales-ready']) })];
    const [, offer = makePiece('offer')] = catalogue.pieces;
    const expired = makeCatalogue([...over, { ...offer, expiresAt: Date.UTC(2020, 0, 1) }], {
      fingerprint: 'expired',
    });
    expect(await again(by('act', expired))).toBe(1);
    expect((await shown()).Tandem_Content__c).not.toContain('About offer');
    expect(await kept()).toEqual([
      { piece: 'guide', mode: 'act', over: false },
      { piece: 'offer', mode: 'act', over: true },
    ]);
    await again(by('act', makeCatalogue([makePiece('none')], { fingerprint: 'none' })));
    expect((await shown()).Tandem_Content__c).toBeNull();
  });

  it('a pause keeps what stands, and recommends nothing; what was written in it is made anew afterwards', async () => {
    const offer = { stages: new Set(['sales-ready', 'opportunity'] as const) };
    const context = by('act', makeCatalogue([makePiece('offer', offer)], { fingerprint: 'offer' }));
    expect(await again(context)).toBe(1);
    const before = await shown();
    expect(before.Tandem_Digest__c).toContain('Send: About offer');
    const paused: LifecycleContext = { ...context, contentPaused: true };
    expect(await again(paused)).toBe(0);
    expect(await shown()).toEqual(before);
    // Somebody of sales gives the lead to a colleague: the digest is written anew.
    const users = await office.rows(
      'User',
      ({ IsActive, Name }) => IsActive === true && Name !== 'Tandem Integration',
    );
    const owner = await office.read('salesforce', 'Lead', lead, 'OwnerId');
    const other = users.find(({ Id }) => Id !== owner.OwnerId);
    await office.edit('Lead', lead, { OwnerId: other?.Id ?? null });
    await office.mark('salesforce', 'Lead', [lead]);
    await office.simulated.fixture.query(
      "update tandem.effects set state = 'open', due = now(), steps = '{}', done_at = null where kind = 'show'",
    );
    await office.settle(paused);
    const during = await shown();
    expect(during.Tandem_Content__c).toBe(before.Tandem_Content__c);
    expect(`${during.Tandem_Digest__c}${during.Tandem_Next_Step__c}`).not.toContain('About offer');
    expect(await kept()).toContainEqual({ piece: 'offer', mode: 'act', over: false });
    expect(await again(context)).toBe(1);
    const after = await shown();
    expect(`${after.Tandem_Digest__c}${after.Tandem_Next_Step__c}`).toContain('About offer');
    expect(await again(context)).toBe(0);
  });

  it('where hand-offs do not act, nothing is shown by itself', async () => {
    const context = by('act');
    const { lifecycle } = context.models;
    const behaviours = { ...lifecycle.behaviours, 'hand-off': 'observe' as const };
    expect(
      await renewContent({
        ...context,
        models: { ...context.models, lifecycle: { ...lifecycle, behaviours } },
      }),
    ).toBe(0);
  });

  it('explain says of each piece why it fits, or why not; by a folder without a lifecycle nothing', async () => {
    const { store } = office.simulated.fixture;
    const found = await contentNow(store, `${repositoryRoot}config`, [contact]);
    const { recommended, left } = found === null ? { recommended: [], left: [] } : contentJson(found);
    expect(recommended).toMatchObject([{ id: 'guide-first-month', why: ['for sales-ready'] }]);
    expect(left).toContainEqual(
      expect.objectContaining({ id: 'case-industry', reason: 'segment', why: 'it is for industry' }),
    );
    expect(await contentNow(store, `${repositoryRoot}config/presets/mirror`, [contact])).toBeNull();
  });
});
