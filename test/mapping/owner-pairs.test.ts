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

describe('who is who among owners', () => {
  it('pairs by email who is active in both; Tandem’s own user and queues are nobody, so that what they own is no question', () => {
    const { pairs, nobodies } = pairOwners({ hubspot, salesforce }, {});
    expect(pairs).toEqual([{ hubspot: '1', salesforce: '005M' }]);
    expect(nobodies).toEqual(['005I', '00GI', '00GP']);
  });

  it('a queue that the table gives to an owner is somebody', () => {
    const { pairs, nobodies } = pairOwners({ hubspot, salesforce }, { 'tom@a.example': 'Inbound' });
    expect(pairs).toContainEqual({ hubspot: '2', salesforce: '00GI' });
    expect(nobodies).toEqual(['005I', '00GP']);
  });

  it('Tandem’s user is somebody where a person signs in with it who owns records in HubSpot, too', () => {
    const own = salesforce.map((owner) =>
      owner.isTandem === true ? { ...owner, email: 'admin@a.example' } : owner,
    );
    const { pairs, nobodies } = pairOwners({ hubspot, salesforce: own }, {});
    expect(pairs).toContainEqual({ hubspot: '3', salesforce: '005I' });
    expect(nobodies).not.toContain('005I');
  });

  it('who is named as nobody is not paired by email', () => {
    const { pairs, nobodies } = pairOwners({ hubspot, salesforce }, { nobody: 'maria@a.example' });
    expect(pairs).toEqual([]);
    expect(nobodies).toContain('005M');
  });
});
