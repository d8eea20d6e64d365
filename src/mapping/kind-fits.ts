const numbers = ['number', 'integer', 'currency', 'percent'];

/**
 * The kinds that a typed field takes, by the vendors' own type names (HubSpot: properties API; Salesforce: describe). Types that
 * are not here hold text, which takes every kind.
 */
const kindsByType: Readonly<Record<string, readonly string[]>> = {
  bool: ['boolean'],
  boolean: ['boolean'],
  number: numbers,
  double: numbers,
  currency: numbers,
  percent: numbers,
  int: ['integer'],
  date: ['date'],
  datetime: ['datetime', 'date'],
  reference: ['reference', 'text'],
};

/** Why a field of this type cannot be written from values of this kind; undefined if it can. */
export const kindFits = (kind: string, type: string): string | undefined => {
  const kinds = Object.hasOwn(kindsByType, type) ? kindsByType[type] : undefined;
  return kinds === undefined || kinds.includes(kind) ? undefined : `it takes kind ${kinds.join(' or ')}`;
};
