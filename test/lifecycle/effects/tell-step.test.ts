import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../src/lifecycle/effects/effect.ts';
import type { Standing } from '../../../src/lifecycle/effects/standing.ts';
import { tellStep } from '../../../src/lifecycle/effects/tell-step.ts';
import { newStored } from '../../../src/lifecycle/look/look.ts';
import type { LifecycleContext } from '../../../src/lifecycle/run/context.ts';
import type { MailOutcome } from '../../../src/lifecycle/run/ports.ts';
import { makeCalendarBook } from '../../../src/lifecycle/sla/calendar-book.ts';
import { makeStaff } from '../../../src/lifecycle/staff/staff.ts';
import type { Owner } from '../../../src/model/owner.ts';
import { peoplePair } from '../../mirror.ts';
import { loadWith, makeDefinition } from '../shipped-files.ts';

const now = Date.parse('2026-11-30T12:00:00Z');
const { scoring, routing, sla } = loadWith({});
if (scoring === null || routing === null || sla === null) throw new Error('the shipped files are wrong');

const owner = (id: string, more: Partial<Owner> = {}): Owner => ({
  ...{
    id,
    kind: 'user',
    name: `Rep ${id}`,
    email: `${id.toLowerCase()}@example.com`,
    active: true,
    owns: null,
  },
  ...more,
});
const owners = [
  owner('005A', { manager: '005B' }),
  owner('005B'),
  owner('00GQ', { kind: 'queue', email: 'queue@example.com' }),
];

const makeStanding = (effect: Partial<Effect> = {}, ownerId = '005A'): Standing => {
  const stored = newStored('j', '7', 0);
  const record = { stamp: now, createdAt: 0, byUs: false };
  const clock = { journey: 'j', turn: 1, kind: 'follow-up' as const, startedAt: now - 7_200_000 };
  return {
    effect: {
      ...{ key: 'j/1/hand-off', kind: 'hand-off', turn: 1, at: now, evidence: 'request/salesforce:00Q1' },
      ...{ journeyId: 'j', contactId: '7', attempts: 0, route: null, steps: {} },
      ...effect,
    },
    stored: { ...stored, journey: { ...stored.journey, stage: 'sales-ready', turn: 1 } },
    person: {
      contact: {
        ...record,
        ref: { system: 'hubspot', type: 'contacts', id: '7' },
        fields: { firstname: 'Vera' },
      },
      sales: {
        ...record,
        ref: { system: 'salesforce', type: 'Lead', id: '00Q1' },
        fields: { OwnerId: ownerId },
      },
    },
    ...{ activities: [], transitions: [], feedback: [], now },
    clocks: [{ ...clock, asked: true, owner: ownerId, pauses: [], doneAt: null }],
    staff: makeStaff(owners, [], makeCalendarBook(sla)),
  } as unknown as Standing;
};
const breach = { key: 'j/1/follow-up/escalate', kind: 'escalate' } as const;

const tellWith = async (
  standing: Standing,
  { webhook = false, mail = null }: { webhook?: boolean; mail?: MailOutcome['kind'] | null },
) => {
  const texts: string[] = [];
  const mails: { readonly to: string; readonly subject: string; readonly body: string }[] = [];
  const context = {
    pair: peoplePair,
    models: { lifecycle: makeDefinition(), scoring, routing, sla },
    store: { effectsOf: async () => [] },
    recordUrl: (id: string) => `https://org.example/${id}`,
    ...(webhook ? { tell: async (text: string) => void texts.push(text) } : {}),
    ...(mail === null
      ? {}
      : {
          mail: async (to: string, { subject, body }: { subject: string; body: string }) => {
            mails.push({ to, subject, body });
            return mail === 'sent' ? { kind: mail } : { kind: mail, why: 'the mail server: ESOCKET' };
          },
        }),
  } as unknown as LifecycleContext;
  const [result] = await tellStep(context, [standing]);
  return { texts, mails, result };
};

describe('telling the owner', () => {
  it('goes by every way that is set, with a link to the record', async () => {
    const { texts, mails, result } = await tellWith(makeStanding(), { webhook: true, mail: 'sent' });
    expect(texts).toEqual([expect.stringContaining('<https://org.example/00Q1|Open in Salesforce>')]);
    expect(mails).toEqual([
      {
        to: '005a@example.com',
        subject: expect.stringContaining('Vera'),
        body: expect.stringContaining('https://org.example/00Q1\n'),
      },
    ]);
    expect(result).toEqual({ kind: 'done' });
  });

  it('is nothing where no way is set, and no mail goes to a queue', async () => {
    expect((await tellWith(makeStanding(), {})).result).toEqual({ kind: 'done' });
    const { mails, result } = await tellWith(makeStanding({}, '00GQ'), { mail: 'sent' });
    expect([mails, result]).toEqual([[], { kind: 'done' }]);
  });

  it('is tried again where the mail certainly was not sent and nothing else was; else it is noted', async () => {
    const alone = await tellWith(makeStanding(), { mail: 'not-sent' });
    expect(alone.result).toMatchObject({ kind: 'wait', why: expect.stringContaining('ESOCKET') });
    const beside = await tellWith(makeStanding(), { webhook: true, mail: 'not-sent' });
    expect(beside.result).toMatchObject({ kind: 'done', note: expect.stringContaining('ESOCKET') });
    const unknown = await tellWith(makeStanding(), { mail: 'refused' });
    expect(unknown.result).toMatchObject({ kind: 'done', note: expect.stringContaining('ESOCKET') });
  });

  it('is not done twice: who may have been told is told no more, and that is noted', async () => {
    const sent = makeStanding({ steps: { tell: { state: 'sent', at: now } } });
    const { texts, mails, result } = await tellWith(sent, { webhook: true, mail: 'sent' });
    expect([texts, mails]).toEqual([[], []]);
    expect(result).toMatchObject({ kind: 'done', note: expect.stringContaining('is not known') });
  });

  it('of a breach goes to whom sla.yaml names, and says so where nobody can be told', async () => {
    const { mails } = await tellWith(makeStanding(breach), { mail: 'sent' });
    expect(mails.map(({ to, subject }) => [to, subject.split(':')[0]])).toEqual(
      sla.breach.tells.map((who) => [who === 'manager' ? '005b@example.com' : '005a@example.com', 'Late']),
    );
    expect((await tellWith(makeStanding(breach), {})).result).toMatchObject({
      kind: 'done',
      note: expect.stringContaining('neither'),
    });
  });
});
