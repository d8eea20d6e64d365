import { Forms } from './forms.ts';
import { makeGuid } from './guid.ts';
import { MarketingEmails } from './marketing-emails.ts';
import { type Timed, TimedLog } from './timed-log.ts';

/** A page that a known visitor saw, or a form that they sent; `owner` is the contact's id. */
export interface WebEvent extends Timed {
  readonly kind: 'page' | 'form';
  readonly url: string;
  readonly title: string;
  readonly referrer: string;
  /** The form's guid and the conversion's; null for a page view. */
  readonly form: { readonly guid: string; readonly conversionId: string } | null;
}

/** One submission of a form, as it was sent; `owner` is the form's guid. */
export interface Submission extends Timed {
  readonly conversionId: string;
  readonly email: string;
  readonly pageUrl: string;
  readonly values: readonly { readonly name: string; readonly value: string }[];
}

export const mailEventTypes = ['SENT', 'DELIVERED', 'OPEN', 'CLICK', 'BOUNCE', 'STATUSCHANGE'] as const;
export type MailEventType = (typeof mailEventTypes)[number];

/**
 * Who loaded the picture or the link: a person's own program, a proxy that a mail provider puts between (opens of it count), or a machine
 * that checks mail before anybody sees it (its events are filtered from all figures).
 */
export type MailReader = 'person' | 'proxy' | 'bot';

/** Something that became of a marketing email; `owner` is the recipient's address. */
export interface MailEvent extends Timed {
  readonly type: MailEventType;
  /** Null for a change of subscriptions outside of any email. */
  readonly campaignId: number | null;
  readonly reader: MailReader;
  /** CLICK. */
  readonly url: string | null;
  /** BOUNCE. */
  readonly bounce: { readonly isHard: boolean; readonly reason: string } | null;
  /** STATUSCHANGE: the types unsubscribed from; empty means all email. */
  readonly unsubscribedFrom: readonly string[] | null;
}

export interface ActivityState {
  readonly ordinal: number;
  readonly web: readonly WebEvent[];
  readonly mail: readonly MailEvent[];
  readonly submissions: readonly Submission[];
  readonly forms: ReturnType<Forms['exportState']>;
  readonly emails: ReturnType<MarketingEmails['exportState']>;
}

/** At some 300 bytes each, a tenth of a gigabyte for each log at the most. */
const logMax = 300_000;

/** What visitors did, and the forms and emails that they did it with. */
export class PortalActivity {
  readonly web = new TimedLog<WebEvent>(logMax);
  readonly mail = new TimedLog<MailEvent>(logMax);
  readonly submissions = new TimedLog<Submission>(logMax);
  readonly forms = new Forms();
  readonly emails = new MarketingEmails();
  #ordinal = 0;
  #seed = 0;

  clear(seed: number): void {
    this.#seed = seed;
    this.#ordinal = 0;
    for (const log of [this.web, this.mail, this.submissions]) log.importState([]);
    this.forms.clear();
    this.emails.clear();
  }

  /** The next entry's ordinal. */
  next(): number {
    this.#ordinal += 1;
    return this.#ordinal;
  }

  /** An id for the entry of this ordinal, the same for the same seed. */
  guid(use: string, ordinal: number): string {
    return makeGuid(this.#seed, `${use} ${ordinal}`);
  }

  /** Somebody is erased: nothing of what they did is left. */
  forget(contactIds: readonly string[], addresses: readonly string[]): void {
    const gone = new Set(addresses);
    this.web.remove(({ owner }) => contactIds.includes(owner));
    this.mail.remove(({ owner }) => gone.has(owner));
    this.submissions.remove(({ email }) => gone.has(email));
  }

  exportState(): ActivityState {
    return {
      ordinal: this.#ordinal,
      web: this.web.exportState(),
      mail: this.mail.exportState(),
      submissions: this.submissions.exportState(),
      forms: this.forms.exportState(),
      emails: this.emails.exportState(),
    };
  }

  importState(state: ActivityState): void {
    this.#ordinal = state.ordinal;
    this.web.importState(state.web);
    this.mail.importState(state.mail);
    this.submissions.importState(state.submissions);
    this.forms.importState(state.forms);
    this.emails.importState(state.emails);
  }
}
