import type { FieldMapping } from '../../model/mapping.ts';

/** How the values of a field are held against each other. */
export type Comparison = 'email' | 'phone' | 'text' | 'code' | 'host' | 'exact';

/**
 * What a field says of whether two records are one: points where both agree, points (below zero) where both are filled and are
 * strangers. A blank says nothing. After Fellegi and Sunter (1969): a value that few share tells much when it is equal (a birthday, not a
 * country); one that changes in a life, or that people write in many ways, tells little when it is not (a job title).
 */
export interface Weight {
  readonly by: Comparison;
  readonly agree: number;
  readonly differ: number;
}

/** HubSpot's standard properties of contacts and companies, by which text fields say what they are. */
const byProperty: Readonly<Record<string, Weight>> = {
  firstname: { by: 'text', agree: 4, differ: -3 },
  lastname: { by: 'text', agree: 5, differ: -3 },
  name: { by: 'text', agree: 5, differ: -3 },
  company: { by: 'text', agree: 3, differ: -1 },
  jobtitle: { by: 'text', agree: 1.5, differ: -0.3 },
  address: { by: 'text', agree: 4, differ: -2 },
  city: { by: 'text', agree: 2.5, differ: -1.5 },
  zip: { by: 'code', agree: 3, differ: -1.5 },
  state: { by: 'text', agree: 1, differ: -0.7 },
  country: { by: 'text', agree: 0.5, differ: -1 },
  industry: { by: 'text', agree: 0.7, differ: -0.3 },
  date_of_birth: { by: 'code', agree: 5, differ: -2.5 },
};

/** Any other field, by its kind. Owners and consent are no trait of a person; texts of any length are a hint. */
const byKind: Readonly<Record<string, Weight>> = {
  email: { by: 'email', agree: 5, differ: -1.5 },
  phone: { by: 'phone', agree: 4.5, differ: -1 },
  url: { by: 'host', agree: 2.5, differ: -1 },
  domain: { by: 'host', agree: 3, differ: -1.5 },
  text: { by: 'text', agree: 1.5, differ: -0.5 },
  'long-text': { by: 'text', agree: 1, differ: -0.2 },
  country: { by: 'text', agree: 0.5, differ: -1 },
  date: { by: 'code', agree: 4, differ: -2 },
  datetime: { by: 'exact', agree: 1, differ: -0.2 },
  number: { by: 'exact', agree: 0.7, differ: -0.2 },
  integer: { by: 'exact', agree: 0.7, differ: -0.2 },
  currency: { by: 'exact', agree: 0.7, differ: -0.2 },
  percent: { by: 'exact', agree: 0.5, differ: -0.2 },
  enum: { by: 'exact', agree: 0.7, differ: -0.3 },
  'multi-enum': { by: 'exact', agree: 0.7, differ: -0.3 },
};

/** Kinds of text alone: an enum that a company keeps under a standard property's name is still an enum. */
const textKinds: ReadonlySet<string> = new Set(['text', 'long-text', 'country', 'date']);

/** What a mapped field says; null where it says nothing of who a record is. */
export const weightOf = ({ fields, kind }: Pick<FieldMapping, 'fields' | 'kind'>): Weight | null => {
  const known = textKinds.has(kind) ? byProperty[fields.hubspot] : undefined;
  return known ?? byKind[kind] ?? null;
};
