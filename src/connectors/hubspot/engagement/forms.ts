import { z } from 'zod';
import type { CallContext } from '../../../model/budget.ts';
import { type FoundActivity, type WantedEngagement, withoutQuery } from '../../../model/engagement.ts';
import type { HubSpotHttp } from '../http.ts';
import { paging } from '../wire.ts';

/** Names are asked for again after so long, or when one is not known; then at most once a minute. */
const formsMs = 10 * 60_000;
const formsAgainMs = 60_000;
/** A portal with more forms than 50 pages of 100 is one whose other forms are told by the roll-up alone. */
const formPagesMax = 50;
/** Submissions read of one form in one round: 4 pages of 50, the most that the API gives. */
const submissionPagesMax = 4;
const noteCharsMax = 2_000;

const formsSchema = z.object({ results: z.array(z.object({ id: z.string(), name: z.string() })), paging });
const submissionsSchema = z.object({
  results: z.array(
    z.object({
      submittedAt: z.number(),
      pageUrl: z.string().nullish(),
      values: z.array(z.object({ name: z.string(), value: z.unknown() })).catch([]),
    }),
  ),
  paging,
});
type Submission = z.output<typeof submissionsSchema>['results'][number];

/** Who it is stands on the contact; what else a form asked is what the rep wants to read. */
const known = new Set(['email', 'firstname', 'lastname', 'company', 'jobtitle', 'phone', 'mobilephone']);

const valueText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

const noteOf = ({ values }: Submission): string =>
  values
    .filter(({ name, value }) => !known.has(name) && valueText(value).trim() !== '')
    .map(({ name, value }) => `${name}: ${valueText(value)}`)
    .join('; ')
    .slice(0, noteCharsMax);

const emailOf = ({ values }: Submission): string =>
  valueText(values.find(({ name }) => name === 'email')?.value)
    .trim()
    .toLowerCase();

interface Form {
  readonly id: string;
  readonly name: string;
}

/**
 * Form submissions with their page and what was filled in: by form, newest first, for everybody who sent it in one call or a few
 * (https://developers.hubspot.com/docs/api-reference/legacy/forms-v2/guide, GET submissions for a form; at most 50 a page).
 */
export class HubSpotForms {
  readonly #http: HubSpotHttp;
  #known: readonly Form[] = [];
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(http: HubSpotHttp) {
    this.#http = http;
  }

  /** What these people sent by the form that their contact names last, by contact id. @throws CallFailed */
  async read(
    wanted: readonly WantedEngagement[],
    context: CallContext,
  ): Promise<ReadonlyMap<string, readonly FoundActivity[]>> {
    const byForm = new Map<Form, WantedEngagement[]>();
    for (const person of wanted) {
      const form = person.form === null ? null : await this.#find(person.form, context);
      if (form !== null && person.email !== null) byForm.set(form, [...(byForm.get(form) ?? []), person]);
    }
    const found = new Map<string, FoundActivity[]>();
    for (const [form, people] of byForm) {
      const since = Math.min(...people.map((person) => person.since));
      const byEmail = new Map(people.map((person) => [person.email?.toLowerCase(), person]));
      for (const submission of await this.#submissions(form.id, since, context)) {
        const person = byEmail.get(emailOf(submission));
        if (person === undefined || submission.submittedAt < person.since) continue;
        const url = withoutQuery(submission.pageUrl ?? '');
        const note = noteOf(submission);
        const own = found.get(person.contactId) ?? [];
        own.push({
          type: 'formSubmission',
          at: submission.submittedAt,
          form: form.name,
          ...(url === '' ? {} : { url }),
          ...(note === '' ? {} : { note }),
        });
        found.set(person.contactId, own);
      }
    }
    return found;
  }

  /** The contact says `PAGE TITLE: FORM`, and both may hold a colon: the longest name at its end is the form's. */
  async #find(name: string, context: CallContext): Promise<Form | null> {
    const search = (): Form | undefined =>
      this.#known
        .filter((form) => name === form.name || name.endsWith(`: ${form.name}`))
        .toSorted((a, b) => b.name.length - a.name.length)[0];
    const age = performance.now() - this.#askedAt;
    if (age > formsMs || (search() === undefined && age > formsAgainMs)) {
      this.#known = await this.#list(context);
      this.#askedAt = performance.now();
    }
    return search() ?? null;
  }

  async #list(context: CallContext): Promise<readonly Form[]> {
    const forms: Form[] = [];
    let after: string | undefined;
    for (let page = 0; page < formPagesMax; page += 1) {
      const { body } = await this.#http.read(context, {
        method: 'GET',
        path: '/marketing/v3/forms',
        query: { limit: '100', formTypes: 'all', ...(after === undefined ? {} : { after }) },
        schema: formsSchema,
      });
      forms.push(...body.results);
      const next = body.paging?.next?.after;
      if (next === undefined || next === after) break;
      after = next;
    }
    return forms;
  }

  async #submissions(id: string, since: number, context: CallContext): Promise<readonly Submission[]> {
    const all: Submission[] = [];
    let after: string | undefined;
    for (let page = 0; page < submissionPagesMax; page += 1) {
      const { body } = await this.#http.read(context, {
        method: 'GET',
        path: `/form-integrations/v1/submissions/forms/${encodeURIComponent(id)}`,
        query: { limit: '50', ...(after === undefined ? {} : { after }) },
        schema: submissionsSchema,
      });
      all.push(...body.results);
      const next = body.paging?.next?.after;
      const oldest = body.results.at(-1)?.submittedAt ?? Number.NEGATIVE_INFINITY;
      if (next === undefined || next === after || oldest < since) break;
      after = next;
    }
    return all;
  }
}
