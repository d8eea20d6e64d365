import { describe, expect, it } from 'vitest';
import { otherSystem } from '../../src/model/system.ts';
import { workOnce } from '../../src/sync/work.ts';
import { withCrossedEdit } from './crossed-edit.ts';

const crossedEdit = withCrossedEdit();
const { simulated, settledBy, edit, toldBy, take, tell, write, values, ledger, kept } = crossedEdit;

describe.each(['hubspot', 'salesforce'] as const)(
  'an edit in %s that a write of ours came over unseen',
  (target) => {
    const crossed = { before: async () => edit(target, 'by a person') };

    it('and a signal told of afterwards is put back and flows, where the field is the newest one’s', async () => {
      settledBy('newest', target);
      await write(target, crossed);
      expect((await values())[target]).toBe('second');
      await tell(target, 'by a person');
      await simulated.drain();
      expect(await values()).toEqual({ hubspot: 'by a person', salesforce: 'by a person' });
      const lines = await ledger();
      expect(lines).toContainEqual(
        expect.objectContaining({ system: target, rule: 'crossed', from: '"second"', to: '"by a person"' }),
      );
      expect(lines.at(-1)).toMatchObject({
        system: otherSystem(target),
        rule: 'conflict:newest',
        lost: '"second"',
      });
    });

    it('is put back by the next look where its putting back had no known outcome and never came', async () => {
      settledBy('newest', target);
      await write(target, crossed);
      await tell(target, 'by a person');
      await workOnce(simulated.context(crossedEdit.losing(target)), 'live');
      expect((await values())[target]).toBe('second');
      await crossedEdit.passDeadline();
      await simulated.drain();
      expect(await values()).toEqual({ hubspot: 'by a person', salesforce: 'by a person' });
    });

    it('stays replaced where the field’s rule prefers the other side, and is in the ledger as what lost', async () => {
      settledBy(`prefer-${otherSystem(target)}`, target);
      await write(target, crossed);
      await tell(target, 'by a person');
      await simulated.drain();
      expect(await values()).toEqual({ hubspot: 'second', salesforce: 'second' });
      expect((await ledger()).at(-1)).toMatchObject({
        ...{ system: target, from: '"by a person"', to: '"second"', lost: '"by a person"' },
        rule: `conflict:prefer-${otherSystem(target)}`,
      });
    });
  },
);

describe('what a signal says', () => {
  it('of a linked lead is kept until it is looked at, and no longer', async () => {
    await edit('salesforce', 'by a person');
    await tell('salesforce', 'by a person');
    expect((await kept())[0]?.changed).toContain('by a person');
    await simulated.drain();
    expect(await kept()).toEqual([]);
  });

  it('of a contact is not kept: its history tells', async () => {
    await edit('hubspot', 'by a person');
    await tell('hubspot', 'by a person');
    expect((await kept())[0]?.changed).not.toContain('by a person');
  });

  it('of our own write is not kept', async () => {
    await take(toldBy('salesforce', 'by us', Date.now(), 'client=tandem'), 'stream');
    expect((await kept())[0]?.changed).not.toContain('by us');
  });
});
