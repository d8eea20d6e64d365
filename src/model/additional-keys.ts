import type { RawValue } from './value.ts';

/**
 * Properties of HubSpot in which a record has further values of one that tells who it is, by object and property: the other addresses of a
 * contact (contacts guide, "Additional emails"; read only, filled by merges and by hand) and the other domains of a company (knowledge base, "Add
 * multiple domain names to a company record"). Both are texts with semicolons between the values.
 */
const additionalProperties: Readonly<Record<string, string>> = {
  'contacts email': 'hs_additional_emails',
  'companies domain': 'hs_additional_domains',
};

/** The property with the further values of this one; undefined where HubSpot has none. */
export const additionalProperty = (type: string, property: string): string | undefined =>
  additionalProperties[`${type} ${property}`];

/** The values in such a property, in their order. */
export const listedIn = (raw: RawValue | undefined): readonly string[] =>
  typeof raw === 'string'
    ? raw
        .split(';')
        .map((text) => text.trim())
        .filter((text) => text !== '')
    : [];
