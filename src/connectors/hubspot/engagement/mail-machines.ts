/** What an event of an open or click tells of the program that made it. */
export interface MailProgram {
  readonly filteredEvent?: boolean | null | undefined;
  readonly userAgent?: string | null | undefined;
  readonly browser?: { readonly type?: string | null | undefined } | null | undefined;
}

/**
 * Programs that load pictures for their readers, or scan links before them; each names itself. Apple's Mail Privacy Protection does not
 * (its agent is the bare `Mozilla/5.0`), and no browser of a person's sends that alone.
 */
const programs =
  /GoogleImageProxy|YahooMailProxy|ggpht\.com|BingPreview|Barracuda|Proofpoint|Mimecast|\b(?:bot|crawler|spider)\b/i;

/**
 * Whether a program and not a person opened or clicked, as far as the event tells: HubSpot's own filter of bots, a proxy's type of browser, or
 * what the program calls itself (https://developers.hubspot.com/docs/api-reference/legacy/email-analytics-v1/guide: filteredEvent, userAgent,
 * browser). Pure.
 */
export const isMachine = ({ filteredEvent, userAgent, browser }: MailProgram): boolean =>
  filteredEvent === true ||
  browser?.type === 'Proxy' ||
  browser?.type === 'Robot' ||
  userAgent?.trim() === 'Mozilla/5.0' ||
  programs.test(userAgent ?? '');
