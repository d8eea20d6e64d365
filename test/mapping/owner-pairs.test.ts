import { describe, expect, it } from 'vitest';
import { pairOwners } from '../../src/mapping/owner-pairs.ts';
import type { Owner } from '../../src/model/owner.ts';

const user = (id: string, email: string | null, more: Partial<Owner> = {}): Owner => ({
  id,
  kind: 'user',
  name: id,
  email,
  active: true,
  owns: null,
  ...more,
});
const queue = (id: string, name: string): Owner => user(id, null, { kind: 'queue', name, owns: ['Lead'] });

const hubspot = [user('1', 'maria@a.example'), user('2', 'tom@a.example'), user('3', 'admin@a.example')];
const salesforce = [
  user('005M', 'maria@a.example'),
  user('005T', 'tom@a.example', { active: false }),
  user('005I', 'tandem@a.example', { isTandem: true }),
  queue('00GI', 'Inbound'),
  queue('00GP', 'Partners'),
];

const paired = (named: Readonly<Record<string, string>>, type = 'Lead', users = salesforce) =>
  pairOwners(
    { hubspot, salesforce: users },
    Object.entries(named).map(([owner, counterpart]) => ({ owner, counterpart })),
    type,
  );

describe('who is who among owners', () => {
  it('pairs by email who is active in both; Tandem’s own user and queues are nobody, so that what they own is no question', () => {
    const { pairs, nobodies } = paired({});
    expect(pairs).toEqual([{ hubspot: '1', salesforce: '005M' }]);
    expect(nobodies).toEqual(['005I', '00GI', '00GP']);
  });

  it('a queue that the table gives to an owner is somebody', () => {
    const { pairs, nobodies } = paired({ 'tom@a.example': 'Inbound' });
    expect(pairs).toContainEqual({ hubspot: '2', salesforce: '00GI' });
    expect(nobodies).toEqual(['005I', '00GP']);
  });

  it('Tandem’s user is somebody where a person signs in with it who owns records in HubSpot, too', () => {
    const own = salesforce.map((owner) =>
      owner.isTandem === true ? { ...owner, email: 'admin@a.example' } : owner,
    );
    const { pairs, nobodies } = paired({}, 'Lead', own);
    expect(pairs).toContainEqual({ hubspot: '3', salesforce: '005I' });
    expect(nobodies).not.toContain('005I');
  });

  it('who is named as nobody is not paired by email', () => {
    const { pairs, nobodies } = paired({ nobody: 'maria@a.example' });
    expect(pairs).toEqual([]);
    expect(nobodies).toContain('005M');
  });

  it('a queue has the place of its owner’s user on the objects that it can own, and both read as that owner', () => {
    const named = { 'maria@a.example': 'Inbound' };
    const user = { hubspot: '1', salesforce: '005M' };
    const onLeads = paired(named, 'Lead');
    expect(onLeads.pairs).toEqual([user]);
    expect(onLeads.followers).toEqual([{ id: '00GI', primary: '005M' }]);
    expect(onLeads.written).toEqual([{ key: '005M', id: '00GI' }]);
    expect(onLeads.nobodies).toEqual(['005I', '00GP']);
    const onAccounts = paired(named, 'Account');
    expect([onAccounts.pairs, onAccounts.followers, onAccounts.written]).toEqual([[user], [], []]);
  });

  it('an owner whom the table gives a user and a queue has the one on accounts and the other on leads', () => {
    const rows = [
      { owner: '2', counterpart: 'Inbound' },
      { owner: '2', counterpart: '005M' },
    ];
    const onLeads = pairOwners({ hubspot, salesforce }, rows, 'Lead');
    expect(onLeads.written).toEqual([{ key: '005M', id: '00GI' }]);
    const onAccounts = pairOwners({ hubspot, salesforce }, rows, 'Account');
    expect(onAccounts.pairs).toEqual([{ hubspot: '2', salesforce: '005M' }]);
  });

  it('a queue that two owners share is none of their users, so that neither takes the other’s records', () => {
    const { pairs, followers, written } = paired({
      'maria@a.example': 'Inbound',
      'tom@a.example': 'Inbound',
    });
    expect(pairs).toEqual([
      { hubspot: '1', salesforce: '00GI' },
      { hubspot: '2', salesforce: '00GI' },
    ]);
    expect(followers).toEqual([{ id: '005M', primary: '00GI' }]);
    expect(written).toEqual([]);
  });
});
