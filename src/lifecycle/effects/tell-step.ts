import type { Owner } from '../../model/owner.ts';
import { mailAlert, slackAlert } from '../digest/alert.ts';
import { type ClockTelling, clockAlert } from '../digest/clock-alert.ts';
import type { LifecycleContext } from '../run/context.ts';
import { type Clock, readClock } from '../sla/clock.ts';
import { retryMs } from './backoff.ts';
import { clockOf, isClockStep } from './clock-steps.ts';
import type { StepResult } from './effect.ts';
import { digestInput, followUp, ownerOf } from './sales-values.ts';
import type { Standing } from './standing.ts';

/** Where the record is opened; null where that is not known. */
const linkOf = ({ recordUrl }: LifecycleContext, { person }: Standing): string | null =>
  person.sales === null ? null : (recordUrl?.(person.sales.ref.id) ?? null);

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

/** Where somebody who was given back is to go, and what keeps them from it. */
const returnWords = async ({ store }: LifecycleContext, { stored }: Standing): Promise<string> => {
  const { id, turn, reason, program } = stored.journey;
  const open = (await store.effectsOf([id])).findLast(
    (each) => each.kind === 'return' && each.turn === turn && each.doneAt === null,
  );
  const parts = [
    `Given back: ${reason ?? 'no reason'}`,
    program === null ? null : `to '${program}'`,
    open?.why ?? null,
    open?.next ?? null,
  ];
  return parts.filter((part) => part !== null).join(' · ');
};

/** A return is marketing's to mend: whoever lifecycle.yaml holds accountable for those who are on their way back is told, whatever breach.tells says. */
const returnText = async (
  context: LifecycleContext,
  standing: Standing,
  clock: Clock,
  step: ClockTelling['step'],
): Promise<string> => {
  const { lifecycle, sla } = context.models;
  const { staff, stored, now } = standing;
  const { stage } = stored.journey;
  const telling: ClockTelling = {
    step,
    kind: 'return',
    reading: readClock(clock, sla, staff.calendarOf(clock.owner), now),
    to: [lifecycle.stages[stage].accountable.marketing],
    owner: null,
    managerMissing: false,
    about: await returnWords(context, standing),
  };
  return clockAlert(digestInput(context, standing), telling, linkOf(context, standing));
};

/** The text that a clock's step says; null where sla.yaml names nobody to be told. */
const clockText = async (
  context: LifecycleContext,
  standing: Standing,
  step: ClockTelling['step'],
): Promise<string | null> => {
  const clock = clockOf(standing);
  if (clock === null) return null;
  if (clock.kind === 'return') return returnText(context, standing, clock, step);
  const { staff, now } = standing;
  const id = ownerOf(standing);
  const owner = staff.owners.get(id ?? '') ?? null;
  const manager = staff.managerOf(id);
  const { tells } = context.models.sla.breach;
  if (step === 'escalate' && tells.length === 0) return null;
  const telling: ClockTelling = {
    step,
    kind: clock.kind,
    reading: readClock(clock, context.models.sla, staff.calendarOf(clock.owner), now),
    to: meantBy(context, step, owner, manager).map(({ name }) => name),
    owner: owner?.name ?? null,
    managerMissing: step === 'escalate' && tells.includes('manager') && manager === null,
  };
  return clockAlert(digestInput(context, standing), telling, linkOf(context, standing));
};

const textOf = async (context: LifecycleContext, standing: Standing): Promise<string | null> => {
  const { kind } = standing.effect;
  return kind === 'remind' || kind === 'escalate'
    ? clockText(context, standing, kind)
    : slackAlert(digestInput(context, standing), followUp(context, standing), linkOf(context, standing));
};

/** A mail to whoever has the lead now; nobody where a queue has it, or their address is not known. */
const mailOne = async (context: LifecycleContext, standing: Standing): Promise<StepResult> => {
  const { effect, staff } = standing;
  const owner = staff.owners.get(ownerOf(standing) ?? '');
  if (context.mail === undefined || owner?.kind !== 'user' || owner.email === null) return { kind: 'done' };
  const mail = mailAlert(
    digestInput(context, standing),
    followUp(context, standing),
    linkOf(context, standing),
  );
  const outcome = await context.mail(owner.email, mail);
  if (outcome.kind === 'sent') return { kind: 'done' };
  const why = `the owner could not be told by mail: ${outcome.why}`;
  // A message by the webhook would be repeated with it.
  return outcome.kind === 'not-sent' && context.tell === undefined
    ? { kind: 'wait', ms: retryMs(effect.attempts), why }
    : noted(why);
};

const tellOne = async (context: LifecycleContext, standing: Standing): Promise<StepResult> => {
  const { effect } = standing;
  const mails = !isClockStep(effect.kind);
  if (effect.steps.tell?.state === 'sent') return { kind: 'done' };
  if (context.tell === undefined) {
    return mails ? mailOne(context, standing) : noted('nobody was told: TANDEM_HANDOFF_WEBHOOK is not set');
  }
  const text = await textOf(context, standing);
  if (text === null) return noted('nobody was told: breach.tells in sla.yaml is empty');
  try {
    await context.tell(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'wait', ms: retryMs(effect.attempts), why: `the owner could not be told: ${why}` };
  }
  return mails ? mailOne(context, standing) : { kind: 'done' };
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
