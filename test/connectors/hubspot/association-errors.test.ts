import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TieChange } from '../../../src/model/tie.ts';
import { reading, writing } from './harness.ts';
import { type LivePortal, startLivePortal } from './live-portal.ts';

let portal: LivePortal;
let deal = '';
let contact = '';
beforeEach(async () => {
  portal = await startLivePortal();
  [deal = ''] = await portal.load('deals', { dealname: 'D', dealstage: 'closedwon' });
  [contact = ''] = await portal.load('contacts', { email: 'a@gmail.com' });
});
afterEach(async () => await portal.close());

const ref = (type: string, id: string) => ({ system: 'hubspot', type, id }) as const;
const tie = (from: string, id: string, to: string, toId: string): TieChange => ({
  ...{ op: 'tie', from: ref(from, id), to: ref(to, toId), label: null, primary: false },
});
const write = async (...changes: TieChange[]) => await portal.connector.writeTies?.(changes, writing);

/** A 207 with one refusal, as the associations API words it. */
const refusal = (more: Readonly<Record<string, unknown>>) => ({
  status: 207,
  body: {
    ...{ status: 'COMPLETE', results: [], numErrors: 1 },
    errors: [{ status: 'error', category: 'VALIDATION_ERROR', message: 'refused', ...more }],
  },
});
const answer = async (path: string, effect: unknown): Promise<void> => {
  await portal.control('/faults', [{ match: { path }, effect }]);
};
const invalid = 'crm.associations.INVALID_IDENTIFIER';

describe('a refusal of the associations API', () => {
  it('INVALID_IDENTIFIER: one of the two is not there, which is looked at again and no defect', async () => {
    expect(
      await write(tie('deals', deal, 'contacts', '99'), tie('deals', deal, 'contacts', contact)),
    ).toEqual([
      {
        kind: 'refused',
        failure: expect.objectContaining({ category: 'identity', code: 'INVALID_IDENTIFIER' }),
      },
      { kind: 'landed' },
    ]);
  });

  it('INVALID_IDENTIFIER of a record that is to be tied to itself is a value', async () => {
    expect(await write(tie('contacts', contact, 'contacts', contact))).toMatchObject([
      { kind: 'refused', failure: { category: 'value', code: 'TIED_TO_ITSELF' } },
    ]);
  });

  it('INVALID_ASSOCIATION_TYPE: a label that is gone is the mapping’s matter', async () => {
    const subCategory = 'crm.associations.INVALID_ASSOCIATION_TYPE';
    const context = { fromObjectId: [deal], toObjectId: [contact] };
    await answer('/associate/default$', refusal({ subCategory, context }));
    expect(await write(tie('deals', deal, 'contacts', contact))).toMatchObject([
      { kind: 'refused', failure: { category: 'schema' } },
    ]);
  });

  it('that names no row leaves all of the call unknown: none is taken for landed', async () => {
    await answer('/associate/default$', refusal({ subCategory: invalid }));
    const [other = ''] = await portal.load('contacts', { email: 'b@gmail.com' });
    const outcomes = await write(
      tie('deals', deal, 'contacts', contact),
      tie('deals', deal, 'contacts', other),
    );
    expect(outcomes?.map(({ kind }) => kind)).toEqual(['unknown', 'unknown']);
  });

  it('of a read is no answer: nobody is taken for a record without ties', async () => {
    await answer('/batch/read$', refusal({ subCategory: invalid, context: { fromObjectId: [deal] } }));
    await expect(portal.connector.readTies?.('deals', [deal], 'contacts', reading)).rejects.toMatchObject({
      failure: { category: 'identity', code: 'INVALID_IDENTIFIER' },
    });
  });

  it('NO_ASSOCIATIONS_FOUND is an answer: there are none', async () => {
    expect(await portal.connector.readTies?.('deals', [deal], 'contacts', reading)).toEqual(new Map());
  });
});
