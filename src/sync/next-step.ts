import { blocklistedCode, duplicatesCode, type Failure, unreachableCode } from '../model/failure.ts';
import { systemLabel } from '../model/system.ts';

/** Refusals for want of a right of which the code says more: no right of the integration helps against a full storage. */
const permissionSteps: Readonly<Record<string, string>> = {
  STORAGE_LIMIT_EXCEEDED:
    'Free storage in Salesforce, or buy more (Setup, Storage Usage): nothing can be saved there.',
  ENTITY_IS_LOCKED:
    'The record is locked in Salesforce, mostly by an approval process: have that end, or let the integration user edit locked records.',
  API_DISABLED_FOR_ORG:
    'Switch the API on in Salesforce: give the integration user the permission API Enabled; the edition must have the API.',
  API_CURRENTLY_DISABLED:
    'Salesforce has switched the API off for now: look at Setup and at its status page, or ask its support.',
  FUNCTIONALITY_NOT_ENABLED:
    'Switch on in Salesforce what the cause names, or take what needs it out of the mapping.',
  MISSING_SCOPES:
    'Give the private app in HubSpot the scope that the cause names (docs/admins/setup.md lists all that are needed).',
  READ_ONLY_VALUE:
    'HubSpot writes this property itself: set direction: to-salesforce for the field in the mapping, or map another property.',
};

const permissionStep = ({ code, fields, system }: Failure): string => {
  const known = Object.hasOwn(permissionSteps, code) ? permissionSteps[code] : undefined;
  if (known !== undefined) return known;
  const there = systemLabel[system];
  return fields.length > 0
    ? `Give the integration user write access to ${fields.join(', ')} in ${there}.`
    : `Give the integration user the right to it in ${there}: the object, its records (sharing, record type) and their fields.`;
};

/** The step for who reads a parked row: what is refused for want of a right is tried again from time to time (sync/schema-watch.ts). */
export const nextStepOfParked = (failure: Failure): string =>
  failure.category === 'permission'
    ? `${permissionStep(failure)} It is tried again by itself, within the hour.`
    : nextStepOf(failure);

/** The step that helps, for the person who reads a parked row or that a call fails. */
export const nextStepOf = (failure: Failure): string => {
  const there = systemLabel[failure.system];
  switch (failure.category) {
    case 'value':
      if (failure.code === blocklistedCode) {
        return `Leave it as it is, or enter another address: ${there} takes this one from nobody any more. It is tried again by itself when it changes.`;
      }
      return `Correct the value at its source, or make ${there} accept it. It is tried again by itself when the value, the record there or the field's definition changes; after a change of a rule or trigger there: tandem failures retry.`;
    case 'identity':
      if (failure.code === unreachableCode) {
        return `Look for the record in ${there}. If it is there, share it with the integration user again: Tandem looks by itself, within the hour. If it is gone for good, nothing is to be done; if it was a person who was erased, tandem erase RECORD --yes empties what is kept of them.`;
      }
      if (failure.code === duplicatesCode) {
        return `Merge the records in ${there}, correct the value, or let the rule pass it; it is tried again when either record changes, or by tandem failures retry.`;
      }
      return `Look at the record in ${there}: it may be deleted, merged, converted or a duplicate. It is tried again when either record changes.`;
    case 'permission':
      return permissionStep(failure);
    case 'schema':
      return `The field or object is not in ${there}: correct the mapping or create it there.`;
    case 'credentials':
      return `Check the credentials for ${there}.`;
    case 'request':
      return 'This is a defect of Tandem: report it with the code and message.';
    case 'throttled':
    case 'locked':
    case 'unavailable':
      return 'Nothing to do: it is tried again by itself.';
  }
};
