import { describe, expect, it } from 'vitest';
import { codecKinds } from '../../../src/mapping/codecs/registry.ts';
import { loadMappings } from '../../../src/mapping/load.ts';
import type { RecordSnapshot } from '../../../src/model/record.ts';
import type { RawFields } from '../../../src/model/value.ts';
import { repositoryRoot } from '../../../src/settings.ts';
import { rankCandidates } from '../../../src/sync/similarity/rank-candidates.ts';
import { makeField, makePair, makeSnapshot } from '../builders.ts';

const { pairs } = loadMappings(`${repositoryRoot}config/presets/mirror`);
const people = pairs.find(({ name }) => name === 'people');

const ann = makeSnapshot('hubspot', {
  email: 'ann.ng@acme.com',
  firstname: 'Ann',
  lastname: 'Ng',
  phone: '+1 415 555 2671',
  company: 'Acme',
  city: 'San Francisco',
  zip: '94105',
});

const lead = (id: string, fields: RawFields, type = 'Lead'): RecordSnapshot =>
  makeSnapshot('salesforce', fields, { ref: { system: 'salesforce', type, id } });

const rank = (candidates: readonly RecordSnapshot[], record = ann) => {
  if (!people) throw new Error('the mirror has no people');
  return rankCandidates(people, record, candidates);
};
const order = (candidates: readonly RecordSnapshot[], record = ann): readonly string[] =>
  rank(candidates, record).map(({ ref, place }) => `${place} ${ref.id}`);

describe('candidates are ranked', () => {
  it.each<[string, RawFields, RawFields]>([
    ['by name', { FirstName: 'Ann', LastName: 'Ngo' }, { FirstName: 'Bob', LastName: 'Ng' }],
    ['by the name before the @', { Email: 'ann.ng@gmail.com' }, { Email: 'info@acme.com' }],
    ['by the domain', { Email: 'ann.ng@acme.com' }, { Email: 'ann.ng@gmail.com' }],
    ['by phone, however it is written', { Phone: '(415) 555-2671' }, { Phone: '(415) 555-0000' }],
    ['by company', { Company: 'ACME Inc.' }, { Company: 'Brix' }],
    ['by city', { City: 'san francisco' }, { City: 'Oakland' }],
    ['by postal code, a slip aside', { PostalCode: '94150' }, { PostalCode: '10001' }],
    [
      'exchanged names before others',
      { FirstName: 'Ng', LastName: 'Ann' },
      { FirstName: 'Ng', LastName: 'Bo' },
    ],
    ['a name in one field', { LastName: 'Ann Ng' }, { LastName: 'Ng' }],
    ['a blank before a stranger', { LastName: 'Ng' }, { LastName: 'Ng', FirstName: 'Robert' }],
    [
      'more that agrees before one field that does',
      { LastName: 'Ng', City: 'San Francisco' },
      { LastName: 'Ng' },
    ],
  ])('%s', (_name, better, worse) => {
    expect(order([lead('worse', worse), lead('better', better)])).toEqual(['1 better', '2 worse']);
  });

  it('a fill is no value: two leads without company are not alike by it', () => {
    const filled = lead('filled', { LastName: '[not provided]', Company: '[not provided]' });
    const bare = { ...ann, fields: { company: '[not provided]', lastname: '[not provided]' } };
    expect(rank([filled], bare)).toMatchObject([{ score: 0, fields: [] }]);
  });

  it('equals share a place and keep their order', () => {
    const fields = { LastName: 'Ng' };
    expect(order([lead('b', fields), lead('a', fields), lead('c', {})])).toEqual(['1 b', '1 a', '3 c']);
  });

  it('whatever the order they are given in', () => {
    const all = [
      lead('a', { FirstName: 'Ann', LastName: 'Ng', City: 'San Francisco' }),
      lead('b', { FirstName: 'Ann', LastName: 'Ng' }),
      lead('c', { FirstName: 'Bob', LastName: 'Ng' }),
    ];
    expect(order(all)).toEqual(order([...all].reverse()));
  });

  it('in the form of their own object: a contact by its mailing address', () => {
    const field = (name: string, salesforce: string) =>
      makeField({ name, fields: { hubspot: name, salesforce } });
    const own = makePair([field('lastname', 'LastName'), field('city', 'City')]);
    const form = {
      ...makePair([field('lastname', 'LastName'), field('city', 'MailingCity')]),
      types: { hubspot: 'contacts', salesforce: 'Contact' },
    };
    const fields = { LastName: 'Ng', MailingCity: 'San Francisco' };
    const candidates = [lead('lead', fields), lead('contact', fields, 'Contact')];
    const ranked = rankCandidates({ ...own, conversion: { flag: 'IsConverted', form } }, ann, candidates);
    expect(ranked.map(({ ref, place }) => `${place} ${ref.id}`)).toEqual(['1 contact', '2 lead']);
  });

  it('twins on the own side as well', () => {
    const own = lead('own', { FirstName: 'Ann', LastName: 'Ng', Email: 'x@acme.com' });
    expect(order([lead('twin', { LastName: 'Ng', FirstName: 'Anne' }), ann], own)).toEqual(['1 twin', '2 1']);
  });

  it('with score, and for each field both values, its points and the reason', () => {
    const [first, second] = rank([
      lead('same', {
        Email: 'Ann.Ng@acme.com',
        FirstName: 'Ann',
        LastName: 'Ng',
        Phone: '4155552671',
        Company: 'Acme',
        City: 'San Francisco',
        PostalCode: '94105',
      }),
      lead('other', { FirstName: 'Bob', LastName: 'Ng', City: 'san francisco' }),
    ]);
    expect(first).toMatchObject({ place: 1, score: 1 });
    expect(second?.score).toBeLessThan(0.5);
    const of = (name: string) => second?.fields.find(({ field }) => field === name);
    expect(of('lastname')).toMatchObject({ own: 'Ng', theirs: 'Ng', similarity: 1, points: 5, why: 'equal' });
    expect(of('firstname')).toMatchObject({ own: 'Ann', theirs: 'Bob', points: -3, why: 'different' });
    expect(of('city')).toMatchObject({ why: 'equal but for case, accents or punctuation' });
    expect(of('zip')).toEqual({
      field: 'zip',
      own: '94105',
      theirs: null,
      similarity: null,
      points: 0,
      why: 'blank on one side',
    });
    expect(of('hs_email_optout')).toBeUndefined();
  });

  it('a value that its kind cannot read is compared as it stands', () => {
    const odd = { ...ann, fields: { email: 'ann at acme' } };
    expect(order([lead('b', { Email: 'bob@acme.com' }), lead('a', { Email: 'ann at acme' })], odd)).toEqual([
      '1 a',
      '2 b',
    ]);
  });

  it('companies by name and domain', () => {
    const companies = makePair([
      makeField({ name: 'name', fields: { hubspot: 'name', salesforce: 'Name' } }),
      makeField({
        name: 'domain',
        fields: { hubspot: 'domain', salesforce: 'Website' },
        kind: 'domain',
        codecs: codecKinds.domain.make({}),
      }),
    ]);
    const acme = makeSnapshot('hubspot', { name: 'Acme Inc', domain: 'acme.com' });
    const ranked = rankCandidates(companies, acme, [
      lead('far', { Name: 'Acme', Website: 'https://brix.com' }),
      lead('near', { Name: 'Acme', Website: 'https://www.acme.com/about' }),
    ]);
    expect(ranked.map(({ ref }) => ref.id)).toEqual(['near', 'far']);
  });
});
