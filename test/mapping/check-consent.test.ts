import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkConsents, checkLiveConsents } from '../../src/mapping/check-consent.ts';
import { loadMappings } from '../../src/mapping/load.ts';
import type { ConsentName, FieldMapping, PairMapping } from '../../src/model/mapping.ts';
import { repositoryRoot } from '../../src/settings.ts';
import { peoplePair } from '../mirror.ts';

const without = (...names: readonly string[]) => ({
  ...peoplePair,
  fields: peoplePair.fields.filter(({ name }) => !names.includes(name)),
});
const changed = (name: string, change: Partial<FieldMapping>) => ({
  ...peoplePair,
  fields: peoplePair.fields.map((field) => (field.name === name ? { ...field, ...change } : field)),
});
const decided = (pair: PairMapping, ...names: readonly ConsentName[]): PairMapping => ({
  ...pair,
  consentNowhere: { names, line: 7 },
});
const lineOf = (name: string) => peoplePair.fields.find((field) => field.name === name)?.line;
const granted = new Set(['crm.objects.contacts.write', 'communication_preferences.read_write']);
const readOnly = new Set(['crm.objects.contacts.write', 'communication_preferences.read']);

describe('consent that has nowhere to go', () => {
  it('is an error where no row carries it, or one that is no latch, with both ways out', () => {
    expect(checkConsents([peoplePair])).toEqual([]);
    expect(checkConsents([without('do_not_call')])).toEqual([
      {
        ...{ level: 'error', file: peoplePair.file, line: 1 },
        what: 'people: who is not to be called (Salesforce DoNotCall) is not mapped',
        why: expect.stringMatching(/^consent has nowhere to go: /),
        fix: expect.stringMatching(
          /hubspot: do_not_call, salesforce: DoNotCall, .*latch: true.*; or, .* write 'consentNowhere: \[do-not-call\]'$/,
        ),
      },
    ]);
    expect(checkConsents([without('hs_email_optout')])).toMatchObject([
      {
        level: 'error',
        what: 'people: who gets no marketing email (Salesforce HasOptedOutOfEmail) is not mapped',
      },
    ]);
    expect(checkConsents([changed('do_not_call', { latch: false })])).toMatchObject([
      {
        ...{ level: 'error', line: lineOf('do_not_call'), what: expect.stringMatching(/is no latch$/) },
        fix: expect.stringMatching(/^add latch: true; or, .*consentNowhere/),
      },
    ]);
  });

  it('is an error for those who were converted, where their form has no such row', () => {
    const { conversion } = peoplePair;
    if (!conversion) throw new Error('people convert');
    const fields = conversion.form.fields.filter(({ name }) => name !== 'hs_email_optout');
    const half = { ...peoplePair, conversion: { ...conversion, form: { ...conversion.form, fields } } };
    expect(checkConsents([half])).toMatchObject([
      {
        ...{ level: 'error', line: lineOf('hs_email_optout') },
        what: expect.stringMatching(/HasOptedOutOfEmail\) is not mapped once converted$/),
        fix: expect.stringMatching(/^delete 'converted: false'/),
      },
    ]);
    expect(checkConsents([decided(half, 'opt-out')])).toMatchObject([{ level: 'note', isMild: true }]);
  });

  it('is good to know and no more where the company decided so, at the line that says it', () => {
    const pair = decided(without('do_not_call', 'hs_email_optout'), 'do-not-call');
    expect(checkConsents([pair])).toMatchObject([
      {
        level: 'error',
        what: expect.stringContaining('HasOptedOutOfEmail'),
        fix: expect.stringMatching(/add opt-out to 'consentNowhere'$/),
      },
      {
        ...{
          level: 'note',
          isMild: true,
          line: 7,
          what: expect.stringMatching(/DoNotCall\) is not mapped$/),
        },
        why: expect.stringMatching(/^the company decided so/),
      },
    ]);
    const bounces = decided(without('hs_email_hard_bounce_reason_enum'), 'bounce');
    expect(checkLiveConsents([bounces], granted)).toMatchObject([{ level: 'note', isMild: true, line: 7 }]);
  });

  it('is one of contacts as much as of leads, which the shipped mapping of contacts carries', () => {
    const types = { hubspot: 'contacts', salesforce: 'Contact' };
    const { conversion, ...contacts } = { ...without('do_not_call'), types };
    expect(checkConsents([contacts])).toMatchObject([{ what: expect.stringContaining('DoNotCall') }]);
    expect(checkConsents([{ ...contacts, types: { ...types, hubspot: 'companies' } }])).toEqual([]);
    const config = mkdtempSync(join(tmpdir(), 'tandem-consent-'));
    try {
      for (const file of ['presets/mirror/mappings/companies.yaml', 'objects/contacts.yaml'])
        cpSync(join(repositoryRoot, 'config', file), join(config, 'mappings', basename(file)));
      const { pairs } = loadMappings(config);
      expect(pairs).toHaveLength(2);
      expect([...checkConsents(pairs), ...checkLiveConsents(pairs, granted)]).toEqual([]);
    } finally {
      rmSync(config, { recursive: true, force: true });
    }
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

  it('is a bounce that nobody maps, which is looked at with the systems', () => {
    const pair = without('hs_email_hard_bounce_reason_enum');
    expect(checkConsents([pair])).toEqual([]);
    expect(checkLiveConsents([pair], granted)).toMatchObject([
      {
        level: 'error',
        what: expect.stringMatching(/bounces \(Salesforce EmailBouncedReason\) is not mapped$/),
        fix: expect.stringMatching(/EmailBouncedReason, kind: text, .*consentNowhere: \[bounce\]/),
      },
    ]);
  });
});
