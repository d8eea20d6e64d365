import { describe, expect, test } from 'vitest';
import { emailRules } from './email-rules.ts';
import { makePeople } from './people.ts';
import type { Person } from './person.ts';
import { dataForTests, readSources } from './sources.ts';
import { twinKinds } from './twins.ts';

const present = dataForTests('people from real data');

describe.skipIf(!present)('people from real data', () => {
  const sources = present ? readSources() : null;
  const make = (people: number, seed = 1): Person[] =>
    sources === null ? [] : [...makePeople({ people, seed, sources, rules: emailRules })];
  const rows = sources?.leads.length ?? 0;
  const people = make(rows + 3000);

  test('as many as asked for, each with an own key', () => {
    expect(people).toHaveLength(rows + 3000);
    expect(new Set(people.map(({ key }) => key)).size).toBe(people.length);
  });

  test('no two people share an address in the form that is matched', () => {
    const keys = people.map(({ email }) => emailRules.key(email)).filter((key) => key !== null);
    expect(keys.length).toBeGreaterThan(people.length * 0.8);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test('both records of a person carry the same address, however it is typed', () => {
    const twice = people.flatMap(({ contact, lead }) => (contact && lead ? [{ contact, lead }] : []));
    const keysOf = (contact: NonNullable<Person['contact']>) =>
      [contact.email, contact.hs_additional_emails].map(emailRules.key);
    const differ = twice.filter(({ contact, lead }) => !keysOf(contact).includes(emailRules.key(lead.Email)));
    expect(differ).toEqual([]);
    const former = twice.filter(({ contact }) => contact.hs_additional_emails !== undefined);
    expect(former.length).toBeGreaterThan(100);
    expect(twice.filter(({ contact, lead }) => contact.email !== lead.Email).length).toBeGreaterThan(1000);
  });

  test('60% of the contacts are leads too, and some leads have no contact', () => {
    const ordinary = people.filter(({ why }) => /^X Education lead \d+$/.test(why));
    const contacts = ordinary.filter(({ contact }) => contact !== null);
    const share = contacts.filter(({ lead }) => lead !== null).length / contacts.length;
    expect(share).toBeGreaterThan(0.57);
    expect(share).toBeLessThan(0.63);
    expect(ordinary.length - contacts.length).toBeGreaterThan(200);
  });

  test('whoever has no usable address stays alone, and is on one side only', () => {
    const alone = people.filter(({ email }) => emailRules.key(email) === null);
    expect(alone.length).toBeGreaterThan(150);
    for (const { contact, lead, expect: where } of alone) {
      expect(where).toBe(lead === null ? 'hubspot-only' : 'salesforce-only');
      expect([contact, lead]).toContain(null);
    }
  });

  test('every address case is there once at most, and the bulk of them', () => {
    const ids = people.flatMap(({ why, key }) =>
      /^isemail (\d+)/.test(why) && !key.endsWith('/salesforce') ? [/^isemail (\d+)/.exec(why)?.[1]] : [],
    );
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(110);
  });

  test('each kind of twin is there, apart from a person who exists', () => {
    const keys = new Set(people.map(({ key }) => key));
    const twins = people.filter(({ apartFrom }) => apartFrom.length > 0);
    for (const kind of twinKinds) {
      expect(twins.filter(({ why }) => why.startsWith(`twin: ${kind}`)).length, kind).toBeGreaterThan(10);
    }
    expect(twins.flatMap(({ apartFrom }) => apartFrom).filter((key) => !keys.has(key))).toEqual([]);
  });

  test('address cases are read as they are meant: control characters, entities, blanks', () => {
    const address = (id: string) => sources?.emails.find((found) => found.id === id)?.address;
    expect(address('99')).toBe('test@iana.org\n');
    expect(address('85')).toBe(' test @iana.org');
    expect(address('129')).toBe('"\rtest"@iana.org');
    expect(address('19')).toBe('!#$%&`*+/=?^`{|}~@iana.org');
  });

  test('nothing that a form showed before it was answered', () => {
    const values = people.flatMap(({ contact, lead }) => Object.values({ ...contact, ...lead }));
    expect(values).not.toContain('Select');
  });

  test('leads fit what Salesforce takes', () => {
    const leads = people.flatMap(({ lead }) => (lead === null ? [] : [lead]));
    const unfit = leads.filter(
      ({ LastName, FirstName, Company }) =>
        !LastName?.trim() || !Company?.trim() || LastName.length > 80 || (FirstName ?? '').length > 40,
    );
    expect(unfit).toEqual([]);
  });

  test('the same seed gives the same people, another seed others, and fewer are a beginning of more', () => {
    expect(make(500)).toEqual(people.slice(0, 500));
    expect(make(500, 2)).not.toEqual(people.slice(0, 500));
  });

  test('a row that comes round again is somebody else', () => {
    const number = sources?.leads[0]?.number;
    const [first, again] = [number, `${number}/2`].map((key) => people.find((person) => person.key === key));
    expect(again?.email).not.toBe(first?.email);
    expect(again?.email).toContain('@');
  });
});
