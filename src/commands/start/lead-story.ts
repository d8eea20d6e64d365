import { execFile } from 'node:child_process';
import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Connection } from 'jsforce';
import { z } from 'zod';
import type { SandboxAccess } from '../../sandbox/start.ts';
import { repositoryRoot } from '../../settings.ts';
import type { Colleague } from './colleagues.ts';
import { quote, type Screen, seconds } from './screen.ts';

const lookEveryMs = 100;
/** Whatever a machine is busy with: longer than this, and something is wrong. */
const patienceMs = 60_000;
const digestLinesMax = 12;
const salesforceApiVersion = '62.0';

export interface LeadStoryOptions {
  readonly access: SandboxAccess;
  readonly marketer: Colleague;
  readonly rep: Colleague;
  readonly screen: Screen;
  readonly config: string;
  readonly data: string;
  /** Between its scenes. */
  readonly pauseMs: number;
}

const post = async (address: string, path: string, body: unknown): Promise<unknown> => {
  const response = await fetch(`${address}/_sandbox/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`/_sandbox/${path}: ${response.status} ${await response.text()}`);
  return response.json();
};

/** Looks until there is an answer, or the signal. */
const until = async <T>(look: () => Promise<T | null>, signal: AbortSignal): Promise<T | null> => {
  const deadline = performance.now() + patienceMs;
  while (!signal.aborted && performance.now() < deadline) {
    const found = await look();
    if (found !== null) return found;
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined);
  }
  return null;
};

const personShape = z.object({ Id: z.string(), Name: z.string() });
const taskShape = z.object({ Subject: z.string(), ActivityDate: z.string().nullable() });

/** A line of Tandem's own text, whole. */
const plainLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trimEnd();

/** The second day of the next March: a day that a rep names. */
const nextMarch = (now: Date): string => `${now.getUTCFullYear() + (now.getUTCMonth() >= 2 ? 1 : 0)}-03-02`;

/**
 * One lead's way there and back: Vera asks for a demo in HubSpot, Ben has her in Salesforce with her history, answers, and HubSpot shows it; then
 * the hand-off account.
 */
export class LeadStory {
  readonly #options: LeadStoryOptions;

  constructor(options: LeadStoryOptions) {
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#play(signal);
    } catch (error) {
      if (!signal.aborted) this.#options.screen.warn(`The story of Vera and Ben broke off: ${String(error)}`);
    }
  }

  async #play(signal: AbortSignal): Promise<void> {
    const { screen, pauseMs } = this.#options;
    const pause = async (): Promise<void> => sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    const ben = await this.#findBen();
    await pause();
    if (signal.aborted) return;
    const vera = await this.#meetVera();
    const askedAt = performance.now();
    const lead = await until(async () => this.#handed(vera), signal);
    if (lead === null) return this.#late(signal, "Vera's hand-off");
    await this.#tellLead(lead, ben, performance.now() - askedAt);
    await pause();
    if (signal.aborted) return;
    const day = nextMarch(new Date());
    await this.#options.rep.update(lead, {
      Tandem_Disposition__c: 'Rejected',
      Tandem_Reason__c: 'Not now',
      Tandem_Recontact_On__c: day,
    });
    const answeredAt = performance.now();
    screen.tell(`${ben} answers in Salesforce: Not now, call again on ${day}`);
    const back = await until(async () => this.#returned(vera), signal);
    if (back === null) return this.#late(signal, "Vera's return");
    screen.change(
      'salesforce',
      'hubspot',
      performance.now() - answeredAt,
      `Vera Lind · reason ${quote(back.reason)} · program ${quote(back.program)} · again on ${back.day ?? 'no day'}`,
    );
    await this.#tellAccount();
  }

  #late(signal: AbortSignal, what: string): void {
    if (!signal.aborted) this.#options.screen.warn(`${what} is not there after ${seconds(patienceMs)}.`);
  }

  /** The org's own assignment rule gives new leads to Ben, who works in both systems. Answers his name. */
  async #findBen(): Promise<string> {
    const [ben] = await this.#query(
      personShape,
      "SELECT Id, Name FROM User WHERE FirstName = 'Ben' AND IsActive = true",
    );
    if (ben === undefined) throw new Error('nobody is called Ben in Salesforce');
    await post(this.#options.access.salesforce, 'assignment', [{ owner: ben.Id }]);
    return ben.Name;
  }

  async #query<Row>(shape: z.ZodType<Row>, soql: string): Promise<readonly Row[]> {
    const { access } = this.#options;
    const connection = new Connection({ loginUrl: access.salesforce, version: salesforceApiVersion });
    await connection.login(access.salesforcePersonUsername, access.salesforcePersonPassword);
    return z.array(shape).parse((await connection.query(soql)).records);
  }

  /** She reads about prices and asks for a demo; answers her contact's id. */
  async #meetVera(): Promise<string> {
    const { access, marketer, screen } = this.#options;
    const email = `vera.lind.${Date.now().toString(36)}@nordlys.example`;
    const vera = await marketer.create({
      email,
      firstname: 'Vera',
      lastname: 'Lind',
      company: 'Nordlys AS',
      jobtitle: 'Head of IT',
    });
    const pricing = { email, type: 'pageView', url: 'https://www.our-company.example/pricing' };
    await post(access.hubspot, 'activity', [
      pricing,
      { email, type: 'formSubmission', form: 'Request a demo' },
    ]);
    screen.tell('Vera Lind reads about prices and asks for a demo, in HubSpot');
    return vera;
  }

  /** The lead, once Ben has everything. */
  async #handed(vera: string): Promise<string | null> {
    const contact = await this.#options.marketer.read(vera, ['tandem_salesforce_id', 'tandem_handed_at']);
    return contact.tandem_handed_at === null ? null : (contact.tandem_salesforce_id ?? null);
  }

  async #tellLead(lead: string, ben: string, tookMs: number): Promise<void> {
    const { rep, screen } = this.#options;
    const shown = await rep.read(lead, ['Tandem_Why_Now__c', 'Tandem_Digest__c', 'Tandem_Due_At__c']);
    const [task] = await this.#query(
      taskShape,
      `SELECT Subject, ActivityDate FROM Task WHERE WhoId = '${lead}'`,
    );
    screen.change('hubspot', 'salesforce', tookMs, `Vera Lind · handed to ${ben}`);
    screen.say(`            Why now  ${plainLine(shown.Tandem_Why_Now__c ?? '')}`);
    if (task) screen.say(`            Task     follow up, due ${task.ActivityDate ?? 'never'}`);
    screen.say(`            Clock    first touch by ${shown.Tandem_Due_At__c ?? 'never'}`);
    const lines = (shown.Tandem_Digest__c ?? '').split('\n');
    for (const line of lines.slice(0, digestLinesMax)) screen.say(`            | ${plainLine(line)}`);
    if (lines.length > digestLinesMax)
      screen.say(`            | … ${lines.length - digestLinesMax} more lines`);
  }

  async #returned(vera: string): Promise<{
    readonly reason: string | null;
    readonly program: string | null;
    readonly day: string | null;
  } | null> {
    const names = ['tandem_stage', 'tandem_return_reason', 'tandem_program', 'tandem_recontact_on'];
    const contact = await this.#options.marketer.read(vera, names);
    if (contact.tandem_stage !== 'nurture') return null;
    return {
      reason: contact.tandem_return_reason ?? null,
      program: contact.tandem_program ?? null,
      day: contact.tandem_recontact_on ?? null,
    };
  }

  /** What `tandem handoffs` says of it. */
  async #tellAccount(): Promise<void> {
    const { screen, config, data } = this.#options;
    const args = ['handoffs', '--offline', '--config', config, '--data', data];
    const { stdout } = await promisify(execFile)(`${repositoryRoot}bin/tandem`, args);
    // As it can be typed: without --offline it would ask both systems, for which the variables are needed.
    screen.tell(`The hand-off account (bin/tandem handoffs --offline --data ${relative('', data)}):`);
    for (const line of stdout.trimEnd().split('\n')) screen.say(`            ${line}`);
  }
}
