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
 * share a Salesforce value: they are then equal, and the first is what Salesforce's turns into.
 */
export const makeValueTable = (values: Readonly<Record<string, string>> | undefined): ValueTable => {
  if (values === undefined) return sameSpelling;
  const salesforceByHubspot = new Map(Object.entries(values));
  const hubspotBySalesforce = new Map<string, string>();
  for (const [hubspot, salesforce] of salesforceByHubspot) {
    if (!hubspotBySalesforce.has(salesforce)) hubspotBySalesforce.set(salesforce, hubspot);
  }
  return {
    fromHubspot: (value) => salesforceByHubspot.get(value),
    fromSalesforce: (value) => (hubspotBySalesforce.has(value) ? value : undefined),
    toHubspot: (value) => hubspotBySalesforce.get(value) ?? value,
  };
};
