/** How a choice is spelled on each side. Inside, a choice is known by its Salesforce spelling. */
export interface ValueTable {
  /** Undefined where the table does not list the value. */
  fromHubspot(value: string): string | undefined;
  fromSalesforce(value: string): string | undefined;
  toHubspot(value: string): string;
}

const sameSpelling: ValueTable = {
  fromHubspot: (value) => value,
  fromSalesforce: (value) => value,
  toHubspot: (value) => value,
};

/**
 * The table of a mapping's `values` (HubSpot → Salesforce); without one both sides spell alike. Several HubSpot values may
 * share a Salesforce value: they are then equal, and the first is what Salesforce's turns into. `also` (Salesforce → HubSpot): values that
 * are read as if they were the one that HubSpot's maps to, so that they too arrive there, and are left as they are until HubSpot's changes.
 */
export const makeValueTable = (
  values: Readonly<Record<string, string>> | undefined,
  also: Readonly<Record<string, string>> = {},
): ValueTable => {
  if (values === undefined) return sameSpelling;
  const salesforceByHubspot = new Map(Object.entries(values));
  const hubspotBySalesforce = new Map<string, string>();
  for (const [hubspot, salesforce] of salesforceByHubspot) {
    if (!hubspotBySalesforce.has(salesforce)) hubspotBySalesforce.set(salesforce, hubspot);
  }
  const readAs = new Map(Object.entries(also));
  return {
    fromHubspot: (value) => salesforceByHubspot.get(value),
    fromSalesforce: (value) =>
      hubspotBySalesforce.has(value) ? value : salesforceByHubspot.get(readAs.get(value) ?? ''),
    toHubspot: (value) => hubspotBySalesforce.get(value) ?? value,
  };
};
