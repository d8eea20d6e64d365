/** The change sources that are an app's: a private app's token or an OAuth app. */
const appSources: ReadonlySet<string> = new Set(['INTEGRATION', 'API']);

/**
 * Whether the app of that id made a change, as its source says: histories and webhooks name an app by its id (echo suppression in HubSpot's webhooks guide).
 * Where the id is not known, nothing is.
 */
export const isOfApp = (
  source: string | undefined,
  sourceId: string | null | undefined,
  appId: string | null | undefined,
): boolean =>
  source !== undefined && appSources.has(source) && typeof appId === 'string' && sourceId === appId;
