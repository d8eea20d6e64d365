import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/model/failure.ts';
import { nextStepOf, nextStepOfParked } from '../../src/sync/next-step.ts';

const refusal = (code: string, more: Partial<Failure> = {}): Failure => ({
  ...{ category: 'permission', system: 'salesforce', code, message: 'no', fields: [] },
  ...more,
});

describe('what a person does about a refusal for want of a right', () => {
  it.each([
    ['STORAGE_LIMIT_EXCEEDED', 'salesforce', /^Free storage in Salesforce/],
    ['ENTITY_IS_LOCKED', 'salesforce', /approval process/],
    ['API_DISABLED_FOR_ORG', 'salesforce', /API Enabled/],
    ['API_CURRENTLY_DISABLED', 'salesforce', /^Salesforce has switched the API off/],
    ['FUNCTIONALITY_NOT_ENABLED', 'salesforce', /what the cause names/],
    ['MISSING_SCOPES', 'hubspot', /^Give the private app in HubSpot the scope/],
    ['READ_ONLY_VALUE', 'hubspot', /direction: to-salesforce/],
  ] as const)('%s is no right to write a field', (code, system, words) => {
    const step = nextStepOf(refusal(code, { system }));
    expect(step).toMatch(words);
    expect(step).not.toContain('write access');
  });

  it('is a right to the fields that are blamed, by name, else to the record', () => {
    const fields = ['Title', 'City'];
    expect(nextStepOf(refusal('INVALID_FIELD_FOR_INSERT_UPDATE', { fields }))).toBe(
      'Give the integration user write access to Title, City in Salesforce.',
    );
    expect(nextStepOf(refusal('INSUFFICIENT_ACCESS_OR_READONLY'))).toMatch(
      /the object, its records \(sharing/,
    );
  });

  it('says of what is parked that it is tried again, and of a value what a changed rule asks for', () => {
    expect(nextStepOfParked(refusal('ENTITY_IS_LOCKED'))).toMatch(
      /tried again by itself, within the hour\.$/,
    );
    expect(nextStepOfParked(refusal('FIELD_CUSTOM_VALIDATION_EXCEPTION', { category: 'value' }))).toMatch(
      /^Correct the value at its source, or make Salesforce accept it\. .*rule or trigger there: tandem failures retry\.$/,
    );
  });
});
