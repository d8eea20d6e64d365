import { describe, expect, it } from 'vitest';
import { agreedOwner } from '../../../src/lifecycle/effects/account-owners.ts';
import type { Owner } from '../../../src/model/owner.ts';

const makeOwner = (id: string, more: Partial<Owner> = {}): Owner => ({
  ...{ id, kind: 'user', name: id, email: null, active: true, owns: null },
  ...more,
});
const owners = new Map(
  [
    makeOwner('ana'),
    makeOwner('ben'),
    makeOwner('left', { active: false }),
    makeOwner('tandem', { isTandem: true }),
    makeOwner('queue', { kind: 'queue' }),
  ].map((owner) => [owner.id, owner]),
);
const account = (OwnerId: string, deleted = false) => ({ fields: { OwnerId }, deleted });

describe('the owner of the accounts', () => {
  it.each([
    ['one account', [account('ana')], 'ana'],
    ['several of the same person', [account('ana'), account('ana')], 'ana'],
    ['of two people none is guessed', [account('ana'), account('ben')], null],
    ['a deleted one says nothing', [account('ana'), account('ben', true)], 'ana'],
    ['nor one whose owner left', [account('left'), account('ben')], 'ben'],
    ['nor one that Tandem made', [account('tandem'), account('ben')], 'ben'],
    ['nor a queue, nor a stranger', [account('queue'), account('stranger')], null],
    ['none at all', [], null],
  ])('%s', (_, accounts, expected) => {
    expect(agreedOwner(accounts, { owners })).toBe(expected);
  });
});
