import { expect, it } from 'vitest';
import type { RecordSnapshot } from '../../src/model/record.ts';
import type { Intent } from '../../src/model/state.ts';
import { makeDraft } from '../../src/sync/draft.ts';
import { settleCreates } from '../../src/sync/settle-creates.ts';
import { peoplePair as pair } from '../mirror.ts';

const source = { system: 'hubspot', type: 'contacts', id: '7' } as const;
const city = { field: 'city', apiField: 'City', sent: 'Oslo', replaced: null, source: 'Oslo' } as const;
const create: Intent = {
  ...{ id: 'intent-1', pair: pair.name, unit: 'hubspot:contacts/7', linkId: null, linkVersion: null },
  ...{ op: 'create', target: { system: 'salesforce', type: 'Lead', id: '' }, source },
  ...{ writes: [{ ...city, rule: 'create', clock: null, lost: null }], cause: 'poll', deadline: 0 },
};
const shown = (type: 'Lead' | 'Contact', fields: RecordSnapshot['fields']): RecordSnapshot => ({
  ...{ ref: { system: 'salesforce', type, id: `${type}-1` }, fields, stamp: 1, createdAt: 1, readAt: 1 },
  ...{ deleted: false, lastModifiedByUs: null },
});

it.each([
  ['a lead', shown('Lead', { City: 'Oslo' })],
  [
    'the contact that its lead was converted to, where the field has another name',
    shown('Contact', { MailingCity: 'Oslo' }),
  ],
])('what a create of unknown outcome wrote is base in %s, and nobody else entered it', (_, target) => {
  const draft = makeDraft({
    ...{ key: create.unit, fence: 1, link: null, dirty: [], intents: [create], parked: [] },
  });
  expect(settleCreates({ pair }, draft, [create], target)).toMatchObject({
    city: { hubspot: 'Oslo', salesforce: 'Oslo' },
  });
  expect(draft.closedIntents).toEqual(['intent-1']);
});
