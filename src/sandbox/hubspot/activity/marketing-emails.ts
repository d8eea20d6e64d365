/**
 * A marketing email. Two ids name it: its own, of the marketing email API, and the one that its events carry, which only
 * GET /email/public/v1/campaigns/{id} leads back from.
 */
export interface MarketingEmail {
  readonly id: string;
  readonly campaignId: number;
  readonly name: string;
  readonly subject: string;
  readonly type: 'BATCH_EMAIL' | 'AUTOMATED_EMAIL';
  readonly createdAt: number;
}

const since = Date.UTC(2025, 5, 2, 8);
const firstId = 212_476_546_342;
const firstCampaignId = 351_204_101;

const shipped: readonly (readonly [name: string, subject: string, type: MarketingEmail['type']])[] = [
  ['Monthly newsletter', 'What is new this month', 'BATCH_EMAIL'],
  ['Product update', 'New: what our customers asked for', 'BATCH_EMAIL'],
  ['Case study', 'How others did it', 'AUTOMATED_EMAIL'],
  ['Webinar invitation', 'Save your seat', 'BATCH_EMAIL'],
  ['Nurture: first mail', 'Is now a better time?', 'AUTOMATED_EMAIL'],
];

const make = (
  at: number,
  name: string,
  subject: string,
  type: MarketingEmail['type'],
  createdAt: number,
): MarketingEmail => ({
  id: String(firstId + at * 17),
  campaignId: firstCampaignId + at * 23,
  name,
  subject,
  type,
  createdAt,
});

const shippedEmails = (): MarketingEmail[] =>
  shipped.map(([name, subject, type], at) => make(at, name, subject, type, since));

/** The marketing emails of a portal. */
export class MarketingEmails {
  #emails: MarketingEmail[] = shippedEmails();

  clear(): void {
    this.#emails = shippedEmails();
  }

  all(): readonly MarketingEmail[] {
    return this.#emails;
  }

  byId(id: string): MarketingEmail | undefined {
    return this.#emails.find((email) => email.id === id);
  }

  byCampaign(campaignId: number): MarketingEmail | undefined {
    return this.#emails.find((email) => email.campaignId === campaignId);
  }

  /** By either id, or by name whatever its case; a name that is not there is that of a new email. */
  take(nameOrId: string, now: number): MarketingEmail {
    const wanted = nameOrId.trim();
    const found = this.#emails.find(
      ({ id, campaignId, name }) =>
        id === wanted || String(campaignId) === wanted || name.toLowerCase() === wanted.toLowerCase(),
    );
    if (found !== undefined) return found;
    const email = make(this.#emails.length, wanted, wanted, 'BATCH_EMAIL', now);
    this.#emails.push(email);
    return email;
  }

  exportState(): readonly MarketingEmail[] {
    return this.#emails;
  }

  importState(emails: readonly MarketingEmail[]): void {
    this.#emails = [...emails];
  }
}
