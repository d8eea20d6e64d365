import { describe, expect, it } from 'vitest';
import { byHand, dies, invitation, wanted, withNurtured } from './nurtured.ts';

/** Nobody gets nurture mails while a rep works them: asserted on the lists of HubSpot's simulator. More of it, at night: programs.nightly.test.ts. */
const people = withNurtured(6);

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
