import { expect, it } from 'vitest';
import { loadMappings } from '../../src/mapping/load.ts';
import type { FieldDescription, ObjectDescription } from '../../src/model/record.ts';
import { repositoryRoot } from '../../src/settings.ts';
import { changedFields, essenceOf } from '../../src/sync/schema-drift.ts';
import { withStore } from './postgres.ts';

const fixture = withStore();

const industry: FieldDescription = {
  name: 'Industry',
  label: 'Industry',
  type: 'picklist',
  writable: true,
  requiredOnCreate: false,
  maxLength: 255,
  updateOnly: true,
  unique: false,
  options: null,
  choices: [
    { value: 'Banking', label: 'Banking', active: true, isDefault: false },
    { value: 'Energy', label: 'Energy', active: false, isDefault: false },
  ],
};
const owner: FieldDescription = {
  ...{ name: 'OwnerId', label: 'Owner', type: 'reference', writable: true, requiredOnCreate: false },
  ...{ maxLength: 18, options: null },
  references: { types: ['Group', 'User'], relationship: 'Owner' },
};
const lead = (...fields: readonly FieldDescription[]): ObjectDescription => ({
  type: 'Lead',
  fields: new Map(fields.map((field) => [field.name, field])),
});
const { pairs } = loadMappings(`${repositoryRoot}config/presets/mirror`);

it('reads an object back as it was described, so that nothing seems to have changed', async () => {
  const { operator } = fixture.store;
  await operator.takeSchemaLook('salesforce', 'Lead', { busyMs: 0, idleMs: 0 });
  const described = lead(industry, owner);
  await operator.saveSchema('salesforce', described, 'fingerprint');
  const stored = await operator.storedSchema('salesforce', 'Lead');
  expect(stored).toEqual(described);
  expect(changedFields(pairs, 'salesforce', stored ?? lead(), described)).toEqual([]);
  expect(essenceOf(pairs, 'salesforce', stored ?? lead())).toBe(essenceOf(pairs, 'salesforce', described));
});

it('notices what decides over a value, and not what things are called or proposed', () => {
  const changed = (after: FieldDescription): readonly string[] =>
    changedFields(pairs, 'salesforce', lead(industry), lead(after));
  expect(changed({ ...industry, label: 'Branch', choices: [] })).toEqual([]);
  expect(changed({ ...industry, maxLength: 40 })).toEqual(['Industry']);
  expect(changed({ ...industry, options: ['Banking'] })).toEqual(['Industry']);
  expect(changed({ ...industry, writable: false })).toEqual(['Industry']);
});
