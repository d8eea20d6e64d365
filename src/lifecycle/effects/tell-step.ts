import type { Owner } from '../../model/owner.ts';
import { mailAlert, slackAlert } from '../digest/alert.ts';
import { type ClockTelling, clockAlert } from '../digest/clock-alert.ts';
import type { LifecycleContext } from '../run/context.ts';
import { readClock } from '../sla/clock.ts';
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

/** The text that a clock's step says; null where sla.yaml names nobody to be told. */
const clockText = (
  context: LifecycleContext,
  standing: Standing,
  step: ClockTelling['step'],
): string | null => {
  const clock = clockOf(standing);
  if (clock === null) return null;
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

const textOf = (context: LifecycleContext, standing: Standing): string | null => {
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
  const text = textOf(context, standing);
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
