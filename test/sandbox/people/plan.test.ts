import { describe, expect, it } from 'vitest';
import { makePeoplePlan } from '../../../src/sandbox/people/plan.ts';

const contactsOf = (seed: number, count: number) => {
  const plan = makePeoplePlan(seed, count, 0);
  return Array.from({ length: count }, (_, index) => plan.contact(index));
};

describe('people plan', () => {
  it('makes the same people from the same seed, others from another, whatever was drawn between', () => {
    expect(contactsOf(1, 60)).toEqual(contactsOf(1, 80).slice(0, 60));
    expect(contactsOf(2, 60)).not.toEqual(contactsOf(1, 60));
  });

  it('gives everybody an email of their own and fills what a company knows', () => {
    const people = contactsOf(1, 1_500);
    expect(new Set(people.map((person) => person.email)).size).toBe(1_500);
    for (const person of people) {
      expect(person.email).toMatch(/^[a-z0-9.-]+@[a-z0-9-]+\.example\.com$/);
      expect(person.email.length).toBeLessThanOrEqual(80);
      expect(person.lastName).not.toBe('');
      expect(person.company).not.toBe('');
      expect(person.phone).toMatch(/^\+\d+ \d+ \d{7}$/);
    }
  });

  it.each([
    ['Latin', /\p{Script=Latin}/u],
    ['Cyrillic', /\p{Script=Cyrillic}/u],
    ['Greek', /\p{Script=Greek}/u],
    ['Arabic', /\p{Script=Arabic}/u],
    ['Hebrew', /\p{Script=Hebrew}/u],
    ['Han', /\p{Script=Han}/u],
    ['Hangul', /\p{Script=Hangul}/u],
    ['Thai', /\p{Script=Thai}/u],
    ['Devanagari', /\p{Script=Devanagari}/u],
  ])('has names in %s', (_script, letters) => {
    expect(contactsOf(1, 600).some((person) => letters.test(person.lastName))).toBe(true);
  });

  it('makes 60% of the leads the same people, each contact at most once, with the differences life has', () => {
    const plan = makePeoplePlan(1, 500, 300);
    const leads = Array.from({ length: 300 }, (_, index) => plan.lead(index));
    const shared = leads.flatMap(({ entry, contact }) => (contact === null ? [] : [{ entry, contact }]));
    expect(shared).toHaveLength(180);
    expect(new Set(shared.map(({ contact }) => contact)).size).toBe(180);
    for (const { entry, contact } of shared) {
      expect(entry.email.toLowerCase()).toBe(plan.contact(contact).email);
      expect(entry.lastName).not.toBe('');
      expect(entry.company).not.toBe('');
    }
    const differ = (field: 'email' | 'phone' | 'title' | 'country') =>
      shared.filter(({ entry, contact }) => entry[field] !== plan.contact(contact)[field]).length;
    for (const field of ['email', 'phone', 'title', 'country'] as const) {
      expect(differ(field)).toBeGreaterThan(9);
      expect(differ(field)).toBeLessThan(171);
    }
    const contacts = new Set(Array.from({ length: 500 }, (_, index) => plan.contact(index).email));
    const others = leads.filter(({ contact }) => contact === null);
    expect(others.some(({ entry }) => contacts.has(entry.email))).toBe(false);
  });

  it('has no more shared people than contacts', () => {
    const plan = makePeoplePlan(1, 5, 100);
    const shared = Array.from({ length: 100 }, (_, index) => plan.lead(index).contact).filter(
      (c) => c !== null,
    );
    expect([...shared].sort()).toEqual([0, 1, 2, 3, 4]);
  });
});
