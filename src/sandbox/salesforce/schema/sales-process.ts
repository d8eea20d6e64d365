/** The stages of a new company, in order (Setup, Opportunity Stages; the defaults of an Enterprise org). */
export const opportunityStages = [
  { name: 'Prospecting', probability: 10, forecast: 'Pipeline' },
  { name: 'Qualification', probability: 10, forecast: 'Pipeline' },
  { name: 'Needs Analysis', probability: 20, forecast: 'Pipeline' },
  { name: 'Value Proposition', probability: 50, forecast: 'Pipeline' },
  { name: 'Id. Decision Makers', probability: 60, forecast: 'Pipeline' },
  { name: 'Perception Analysis', probability: 70, forecast: 'Pipeline' },
  { name: 'Proposal/Price Quote', probability: 75, forecast: 'BestCase' },
  { name: 'Negotiation/Review', probability: 90, forecast: 'Forecast' },
  { name: 'Closed Won', probability: 100, forecast: 'Closed' },
  { name: 'Closed Lost', probability: 0, forecast: 'Omitted' },
] as const;

/** API name → label, as ForecastCategory and ForecastCategoryName show them. */
export const forecastCategories = {
  Omitted: 'Omitted',
  Pipeline: 'Pipeline',
  BestCase: 'Best Case',
  Forecast: 'Commit',
  Closed: 'Closed',
} as const;

/** The statuses of a lead, in order; the last but one is what conversion leaves. */
export const leadStatuses = [
  { name: 'Open - Not Contacted', isDefault: true, isConverted: false },
  { name: 'Working - Contacted', isDefault: false, isConverted: false },
  { name: 'Closed - Converted', isDefault: false, isConverted: true },
  { name: 'Closed - Not Converted', isDefault: false, isConverted: false },
] as const;

/** The statuses of a task, in order (a new company's values). */
export const taskStatuses = [
  { name: 'Not Started', isDefault: true, isClosed: false },
  { name: 'In Progress', isDefault: false, isClosed: false },
  { name: 'Completed', isDefault: false, isClosed: true },
  { name: 'Waiting on someone else', isDefault: false, isClosed: false },
  { name: 'Deferred', isDefault: false, isClosed: false },
] as const;

export const taskPriorities = [
  { name: 'High', isDefault: false, isHigh: true },
  { name: 'Normal', isDefault: true, isHigh: false },
  { name: 'Low', isDefault: false, isHigh: false },
] as const;

/** What a contact does in a deal (OpportunityContactRole.Role, a new company's values). */
export const contactRoles = [
  'Business User',
  'Decision Maker',
  'Economic Buyer',
  'Economic Decision Maker',
  'Evaluator',
  'Executive Sponsor',
  'Influencer',
  'Technical Buyer',
  'Other',
] as const;
