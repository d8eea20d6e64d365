import type { System } from '../../model/system.ts';
import type { OwnField, OwnFieldType } from './own-fields.ts';

const externalIdWords: Readonly<Record<System, Readonly<Record<'unique' | 'not unique', string>>>> = {
  hubspot: { unique: ', *require unique values*', 'not unique': '' },
  salesforce: { unique: ', *external id*, *unique*', 'not unique': ', *external id*, not unique' },
};

const words = (system: System, type: OwnFieldType): string => {
  const isHubspot = system === 'hubspot';
  switch (type.kind) {
    case 'text':
      return `${isHubspot ? 'single-line text' : `text (${type.charsMax})`}${type.externalId === undefined ? '' : externalIdWords[system][type.externalId]}`;
    case 'long-text':
      return `long text area (${type.charsMax})`;
    case 'picklist':
      return isHubspot ? 'dropdown select' : 'picklist';
    case 'number':
      return isHubspot ? 'number' : 'number (3, 0)';
    case 'date':
      return isHubspot ? 'date picker' : 'date';
    case 'datetime':
      return isHubspot ? 'date and time picker' : 'date/time';
    case 'checkbox':
      return isHubspot ? 'single checkbox' : 'checkbox';
    case 'formula':
      return 'formula (text)';
  }
};

/** What an admin chooses where the field is created, in the vendor's own words; the values of a list are in docs/admins/fields.md. */
export const typeWords = ({ system, type }: Pick<OwnField, 'system' | 'type'>): string => words(system, type);
