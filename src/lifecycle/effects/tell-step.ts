import type { Owner } from '../../model/owner.ts';
import { type Mail, mailAlert, slackAlert } from '../digest/alert.ts';
import { type ClockTelling, clockAlert, clockMail } from '../digest/clock-alert.ts';
import type { LifecycleContext } from '../run/context.ts';
import type { MailOutcome } from '../run/ports.ts';
import { type Clock, readClock } from '../sla/clock.ts';
import { retryMs } from './backoff.ts';
import { clockOf, isClockStep } from './clock-steps.ts';
import { isHanding, type StepResult } from './effect.ts';
import { digestInput, followUp, ownerOf } from './sales-values.ts';
import type { Standing } from './standing.ts';

/** Where the record is opened; null where that is not known. */
const linkOf = ({ recordUrl }: LifecycleContext, { person }: Standing): string | null =>
  person.sales === null ? null : (recordUrl?.(person.sales.ref.id) ?? null);

/** What is told, by the webhook and by mail, and whose address the mail goes to; a queue has none, and nor has a team of marketing. */
interface Message {
  readonly text: string;
  readonly mail: Mail;
  readonly to: readonly Owner[];
}

const clockMessage = (
  context: LifecycleContext,
  standing: Standing,
  telling: ClockTelling,
  to: readonly Owner[],
): Message => {
  const input = digestInput(context, standing);
  const link = linkOf(context, standing);
  return { text: clockAlert(input, telling, link), mail: clockMail(input, telling, link), to };
};

const noted = (note: string): StepResult => ({ kind: 'done', note });

/** Who is meant by a clock's step: the owner at a reminder, whom sla.yaml names at a breach; the owner where the manager is nobody. */
const meantBy = (
  { models }: LifecycleContext,
  step: ClockTelling['step'],
  owner: Owner | null,
  manager: Owner | null,
): readonly Owner[] => {
  const { tells } = models.sla.breach;
  if (step === 'remind') return [owner].filter((each) => each !== null);
  const named = tells.map((who) => (who === 'owner' ? owner : (manager ?? owner)));
  return [...new Set(named)].filter((each) => each !== null);
};

/** Where somebody who is on the way to a rep, or back from one, is to go, and what keeps them from it. */
const wayWords = async (
  { store }: LifecycleContext,
  { stored }: Standing,
  kind: 'hand-off' | 'return',
): Promise<string> => {
  const { id, turn, reason, program } = stored.journey;
  const isMeant = (each: string): boolean =>
    kind === 'return' ? each === 'return' : isHanding({ kind: each });
  const open = (await store.effectsOf([id])).findLast(
    (each) => isMeant(each.kind) && each.turn === turn && each.doneAt === null,
  );
  const parts = [
    ...(kind === 'return'
      ? [`Given back: ${reason ?? 'no reason'}`, program === null ? null : `to '${program}'`]
      : ['The hand-over stands still']),
    open?.why ?? null,
    open?.next ?? null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
};

/**
 * A return, or a hand-over that stands still, is marketing's to mend: whoever lifecycle.yaml holds accountable for the stage is told, whatever breach.tells
 * says.
 */
const wayMessage = async (
  context: LifecycleContext,
  standing: Standing,
  clock: Clock & { readonly kind: 'hand-off' | 'return' },
  step: ClockTelling['step'],
): Promise<Message> => {
  const { lifecycle, sla } = context.models;
  const { staff, stored, now } = standing;
  const { stage } = stored.journey;
  const telling: ClockTelling = {
    step,
    kind: clock.kind,
    reading: readClock(clock, sla, staff.calendarOf(clock.owner), now),
    to: [lifecycle.stages[stage].accountable.marketing],
    owner: null,
    managerMissing: false,
    about: await wayWords(context, standing, clock.kind),
  };
  return clockMessage(context, standing, telling, []);
};

/** What a clock's step says; null where sla.yaml names nobody to be told. */
const messageOfClock = async (
  context: LifecycleContext,
  standing: Standing,
  step: ClockTelling['step'],
): Promise<Message | null> => {
  const clock = clockOf(standing);
  if (clock === null) return null;
  const { kind } = clock;
  if (kind === 'return' || kind === 'hand-off')
    return wayMessage(context, standing, { ...clock, kind }, step);
  const { staff, now } = standing;
  const id = ownerOf(standing);
  const owner = staff.owners.get(id ?? '') ?? null;
  const manager = staff.managerOf(id);
  const { tells } = context.models.sla.breach;
  if (step === 'escalate' && tells.length === 0) return null;
  const meant = meantBy(context, step, owner, manager);
  const telling: ClockTelling = {
    step,
    kind,
    reading: readClock(clock, context.models.sla, staff.calendarOf(clock.owner), now),
    to: meant.map(({ name }) => name),
    owner: owner?.name ?? null,
    managerMissing: step === 'escalate' && tells.includes('manager') && manager === null,
  };
  return clockMessage(context, standing, telling, meant);
};

const messageOf = async (context: LifecycleContext, standing: Standing): Promise<Message | null> => {
  const { effect, staff } = standing;
  const { kind } = effect;
  if (kind === 'remind' || kind === 'escalate') return messageOfClock(context, standing, kind);
  const input = digestInput(context, standing);
  const [clock, link] = [followUp(context, standing), linkOf(context, standing)];
  const owner = staff.owners.get(ownerOf(standing) ?? '');
  return {
    text: slackAlert(input, clock, link),
    mail: mailAlert(input, clock, link),
    to: owner === undefined ? [] : [owner],
  };
};

/** Mails it to each whose address is known. What one of them got is not sent again for the others. */
const mailAll = async (
  context: LifecycleContext,
  standing: Standing,
  message: Message,
): Promise<StepResult> => {
  const { effect } = standing;
  const addresses = message.to.flatMap(({ kind, email }) =>
    kind === 'user' && email !== null ? [email] : [],
  );
  if (context.mail === undefined || addresses.length === 0) {
    return context.tell === undefined && isClockStep(effect.kind)
      ? noted('nobody was told: neither TANDEM_HANDOFF_WEBHOOK nor an address with SMTP_URL is there')
      : { kind: 'done' };
  }
  const outcomes: MailOutcome[] = [];
  for (const address of addresses) outcomes.push(await context.mail(address, message.mail));
  const failed = outcomes.flatMap((outcome) => (outcome.kind === 'sent' ? [] : [outcome]));
  const [first] = failed;
  if (first === undefined) return { kind: 'done' };
  const why = `not everybody could be told by mail: ${first.why}`;
  // A message by the webhook would be repeated with it.
  const isNobodyTold = context.tell === undefined && outcomes.every(({ kind }) => kind === 'not-sent');
  return isNobodyTold ? { kind: 'wait', ms: retryMs(effect.attempts), why } : noted(why);
};

const tellOne = async (context: LifecycleContext, standing: Standing): Promise<StepResult> => {
  const { effect } = standing;
  if (effect.steps.tell?.state === 'sent')
    return noted('whether they were told is not known: the worker ended while the message was sent');
  if (context.tell === undefined && context.mail === undefined) {
    return isClockStep(effect.kind)
      ? noted('nobody was told: neither TANDEM_HANDOFF_WEBHOOK nor SMTP_URL is set')
      : { kind: 'done' };
  }
  const message = await messageOf(context, standing);
  if (message === null) return noted('nobody was told: breach.tells in sla.yaml is empty');
  try {
    await context.tell?.(message.text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'wait', ms: retryMs(effect.attempts), why: `the owner could not be told: ${why}` };
  }
  return mailAll(context, standing, message);
};

/** Somebody is told once and not twice: a message whose outcome is not known is not sent again. */
export const tellStep = async (
  context: LifecycleContext,
  standings: readonly Standing[],
): Promise<readonly StepResult[]> => {
  const results: StepResult[] = [];
  for (const standing of standings) results.push(await tellOne(context, standing));
  return results;
};
