import { describe, expect, it } from 'vitest';
import { journeyOf, journeyWords } from '../../../src/commands/explain/journey.ts';
import { byHand, dies, invitation, wanted, withNurtured } from './nurtured.ts';

/** Nobody gets nurture mails while a rep works them: asserted on the lists of HubSpot's simulator. More of it, at night: programs.nightly.test.ts. */
const people = withNurtured(9);

describe('whoever goes forward from nurture', () => {
  it('by a hand-over leaves every program that Tandem puts people into, and no other list', async () => {
    const at = await people.inNurture();
    await people.ask(at, 'Enroll in program', 'Nurture: champions');
    await people.ask(at, 'Enroll in program', invitation);
    await people.put(at, 'Nurture: budget', byHand);
    const programs = ['Nurture: budget', 'Nurture: champions', 'Nurture: later'];
    expect(await people.on(at)).toEqual([byHand, invitation, ...programs]);
    await people.toSales(at);
    expect(await people.shows(at)).toEqual(['sales-ready', [byHand, invitation]]);
    const { hubspot } = people.person(at);
    expect(await people.office.read('hubspot', 'contacts', hubspot, 'tandem_program')).toEqual({
      tandem_program: null,
    });
  });

  it('by a hand-off that is only observed stays in the program, until a rep works them all the same', async () => {
    const at = await people.inNurture();
    const pilot = people.filed({ 'hand-off': 'observe' });
    await people.asksForContact(at, pilot);
    expect(await people.shows(at)).toEqual(['sales-ready', ['Nurture: later']]);
    expect(await people.orders(at, 'programs')).toHaveLength(1);
    await people.edit(at, { Status: 'Working - Contacted' }, pilot);
    expect(await people.shows(at)).toEqual(['working', []]);
  });
});

describe('a death on the way', () => {
  it('before they left: the next process takes them off the list', async () => {
    const at = await people.inNurture();
    await people.tell(at, wanted);
    await expect(people.round({ ...people.filed(), leavePrograms: dies })).rejects.toThrow('gone');
    expect(await people.on(at)).toEqual(['Nurture: later']);
    await people.tryAgain();
    expect(await people.shows(at)).toEqual(['sales-ready', []]);
  });

  it('between leaving and joining: they come onto the next list, and are not taken out again', async () => {
    const at = await people.inNurture('No budget');
    const { stages } = people.office.context.models.lifecycle;
    const lead = { ...stages.lead, program: 'Nurture: not ready yet' };
    const context = people.office.with({ stages: { ...stages, lead } });
    await people.tell(at, { ...wanted, Tandem_Request_Detail__c: 'lead' });
    await expect(people.round({ ...context, joinProgram: dies })).rejects.toThrow('gone');
    expect(await people.shows(at)).toEqual(['lead', []]);
    await people.tryAgain({ ...context, leavePrograms: dies });
    expect(await people.on(at)).toEqual(['Nurture: not ready yet']);
  });
});

describe('who is to be mended first', () => {
  it('is on no list of a program, and no request puts them on one', async () => {
    const at = people.somebody();
    await people.toSales(at);
    await people.ask(at, 'Enroll in program', invitation);
    await people.put(at, 'Nurture: budget', byHand);
    await people.giveBack(at, 'Duplicate');
    expect(await people.shows(at)).toEqual(['returned', [byHand]]);
    await people.ask(at, 'Enroll in program', 'Nurture: champions');
    expect(await people.answer(at)).toMatch(/^Not done: they came back to be mended first \(Duplicate\)/);
    // Marketing would write to them by this.
    const said = await people.askInHubspot(at, 'Hold', '2027-03-01');
    expect(said).toMatch(/^Not done: they came back to be mended first/);
    expect(await people.shows(at)).toEqual(['returned', [byHand]]);
  });
});

describe('who was taken out of campaigns on request', () => {
  const fields = ['tandem_program', 'tandem_suppressed'] as const;
  const marks = (at: number) =>
    people.office.read('hubspot', 'contacts', people.person(at).hubspot, ...fields);

  it('is put on no list by the next return, which says so, until a request enrolls them', async () => {
    const at = await people.inNurture();
    await people.ask(at, 'Remove from campaigns');
    expect(await people.on(at)).toEqual([]);
    // The move that put them there is past, and the program is over all the same.
    expect(await marks(at)).toEqual({ tandem_program: null, tandem_suppressed: 'true' });
    await people.toSales(at);
    await people.giveBack(at, 'No budget');
    expect(await people.shows(at)).toEqual(['nurture', []]);
    expect(await marks(at)).toEqual({ tandem_program: null, tandem_suppressed: 'true' });
    const told =
      (await journeyOf(people.office.simulated.fixture.store, [people.person(at).hubspot])) ??
      expect.fail('no journey');
    const words = journeyWords(told).join('\n');
    expect(words).toMatch(/return done \S+: not added to 'Nurture: budget': taken out of campaigns/);
    expect(words).toContain('Taken out of campaigns on request: in no program until');
    await people.ask(at, 'Enroll in program', 'Nurture: champions');
    expect(await people.on(at)).toEqual(['Nurture: champions']);
    await people.toSales(at);
    await people.giveBack(at, 'No budget');
    expect(await people.shows(at)).toEqual(['nurture', ['Nurture: budget']]);
    expect(await marks(at)).toEqual({ tandem_program: 'Nurture: budget', tandem_suppressed: 'false' });
  });

  it('in the very save that gives them back, is on no list either', async () => {
    const at = people.somebody();
    await people.toSales(at);
    const no = { Tandem_Disposition__c: 'Rejected', Tandem_Reason__c: 'Not now' };
    await people.edit(at, { ...no, Tandem_Request__c: 'Remove from campaigns' });
    expect(await people.shows(at)).toEqual(['nurture', []]);
    expect(await people.answer(at)).toMatch(/^Done: they were in no program of Tandem/);
  });

  it('is put on lists again once a person takes the mark away in HubSpot', async () => {
    const at = people.somebody();
    await people.ask(at, 'Remove from campaigns');
    await people.toSales(at);
    const { hubspot } = people.person(at);
    await people.office.simulated.editContact(hubspot, { tandem_suppressed: 'false' });
    await people.giveBack(at, 'Not now');
    expect(await people.shows(at)).toEqual(['nurture', ['Nurture: later']]);
  });
});
