import { describe, expect, it } from 'vitest';
import { checkConsents, checkLiveConsents } from '../../src/mapping/check-consent.ts';
import type { FieldMapping } from '../../src/model/mapping.ts';
import { peoplePair } from '../mirror.ts';

const without = (...names: readonly string[]) => ({
  ...peoplePair,
  fields: peoplePair.fields.filter(({ name }) => !names.includes(name)),
});
const changed = (name: string, change: Partial<FieldMapping>) => ({
  ...peoplePair,
  fields: peoplePair.fields.map((field) => (field.name === name ? { ...field, ...change } : field)),
});
const lineOf = (name: string) => peoplePair.fields.find((field) => field.name === name)?.line;
const granted = new Set(['crm.objects.contacts.write', 'communication_preferences.read_write']);
const readOnly = new Set(['crm.objects.contacts.write', 'communication_preferences.read']);

describe('consent that has nowhere to go', () => {
  it('is named where no row carries it, or one that is no latch, with the row to add', () => {
    expect(checkConsents([peoplePair])).toEqual([]);
    expect(checkConsents([without('do_not_call')])).toMatchObject([
      {
        ...{ level: 'note', file: peoplePair.file, line: 1 },
        what: 'people: who is not to be called (Salesforce DoNotCall) is not mapped',
        fix: expect.stringMatching(/hubspot: do_not_call, salesforce: DoNotCall, .*latch: true/),
      },
    ]);
    expect(checkConsents([without('hs_email_optout')])).toMatchObject([
      { what: 'people: who gets no marketing email (Salesforce HasOptedOutOfEmail) is not mapped' },
    ]);
    expect(checkConsents([changed('do_not_call', { latch: false })])).toMatchObject([
      { line: lineOf('do_not_call'), what: expect.stringMatching(/is no latch$/), fix: 'add latch: true' },
    ]);
  });

  it('is an opt-out that the private app may not write, at its line; what HubSpot does not say is not guessed', () => {
    const errors = (scopes: ReadonlySet<string> | null, pair = peoplePair) =>
      checkLiveConsents([pair], scopes).filter(({ level }) => level === 'error');
    expect(errors(granted)).toEqual([]);
    expect(errors(null)).toEqual([]);
    expect(errors(new Set(['communication_preferences.write']))).toEqual([]);
    expect(errors(readOnly, changed('hs_email_optout', { direction: 'to-salesforce' }))).toEqual([]);
    expect(errors(readOnly)).toMatchObject([
      {
        ...{ file: peoplePair.file, line: lineOf('hs_email_optout') },
        what: 'HubSpot contacts.hs_email_optout cannot be written',
        why: expect.stringMatching(
          /^consent has nowhere to go: .*no scope communication_preferences\.read_write/,
        ),
        fix: expect.stringMatching(/give the private app the scope communication_preferences\.read_write/),
      },
    ]);
  });

  it('is a bounce that nobody maps, which is good to know and no more', () => {
    expect(checkLiveConsents([without('hs_email_hard_bounce_reason_enum')], granted)).toMatchObject([
      {
        level: 'note',
        isMild: true,
        what: expect.stringMatching(/bounces \(Salesforce EmailBouncedReason\)/),
      },
    ]);
  });
});
