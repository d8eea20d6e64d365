import { DatabaseError } from 'pg';
import { expect, it } from 'vitest';
import { explainStoreError } from '../../src/store/errors.ts';

const refusal = (code: string): DatabaseError => {
  const error = new DatabaseError('could not extend file for ann@example.com', 0, 'error');
  error.code = code;
  return error;
};

it.each([
  ['53100', 'its disk is full', 'Make room'],
  ['25006', 'it may only be read', 'DATABASE_URL'],
  ['58030', 'its files cannot be read or written', 'disk and rights'],
  ['XX001', 'its files are damaged', 'backup'],
])('says what %s means and what helps, without what the database quotes', (code, what, next) => {
  const error = explainStoreError(refusal(code));
  expect(error).toMatchObject({
    name: 'UnreachableError',
    message: `The store (PostgreSQL) cannot be used: ${what} (${code}).`,
    next: expect.stringContaining(next),
  });
});

it.each(['23505', '22001', 'XX000', '42P01'])(
  'leaves %s, a defect or a matter of one row, as it is',
  (code) => {
    const error = refusal(code);
    expect(explainStoreError(error)).toBe(error);
  },
);
