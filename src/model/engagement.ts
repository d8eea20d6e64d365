/** What HubSpot can be asked for about somebody: pages seen, forms sent, what became of mails, what people of the company logged, and on which lists they are. */
export const engagementKinds = ['pages', 'forms', 'mails', 'logged', 'lists'] as const;
export type EngagementKind = (typeof engagementKinds)[number];

/** Of whom details are wanted. Times are milliseconds since 1970. */
export interface WantedEngagement {
  readonly contactId: string;
  /** Mail events and submissions name people by their address alone. */
  readonly email: string | null;
  /** What happened before is not asked for. */
  readonly since: number;
  readonly kinds: ReadonlySet<EngagementKind>;
  /** The form sent last, as the contact names it: `PAGE TITLE: FORM`, or `FORM`. */
  readonly form: string | null;
  /** The lists of which it is known that they joined them, and when; absent: none. */
  readonly joined?: readonly { readonly list: string; readonly at: number }[];
}

/** One thing that somebody did, or that was logged of them, as the vendor tells it. Texts are foreign; URLs have neither query nor hash. */
export interface FoundActivity {
  readonly type:
    | 'pageView'
    | 'formSubmission'
    | 'emailDelivered'
    | 'emailOpen'
    | 'emailClick'
    | 'emailBounce'
    | 'unsubscribe'
    | 'meetingBooked'
    | 'meeting'
    | 'call'
    | 'note'
    | 'listJoined';
  readonly at: number;
  readonly url?: string;
  readonly title?: string;
  readonly form?: string;
  readonly campaign?: string;
  readonly list?: string;
  /** True where a program and not a person opened or clicked; false where the vendor tells that it was a person. */
  readonly machine?: boolean;
  readonly durationMs?: number;
  readonly outcome?: string;
  readonly note?: string;
  /** True of a list that was joined and on which they are no more; absent: they are. */
  readonly isOver?: true;
}

/** An address without what follows `?` and `#`, which may name a person or hold a key. */
export const withoutQuery = (url: string): string => url.split(/[?#]/, 1)[0] ?? '';
