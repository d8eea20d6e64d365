import { setTimeout as sleep } from 'node:timers/promises';
import { systems } from '../../src/model/system.ts';
import type { Person } from '../../test/e2e/harness/person.ts';
import type { LinkedIds } from '../kit/people.ts';
import type { Newcomer, Part, TraceEdit } from './trace.ts';

/** Salesforce's stamps are whole seconds: whoever edits second does so visibly later. */
const apartMs = 1_100;

const enter = async (person: Person, { email, on, name }: Newcomer): Promise<void> => {
  const [first, company] = ['Nora', 'Newcomers Ltd'];
  if (on.includes('hubspot'))
    await person.createContact({ email, firstname: first, lastname: name, company, jobtitle: 'Planner' });
  if (on.includes('salesforce'))
    await person.createLead({
      Email: email,
      FirstName: first,
      LastName: name,
      Company: company,
      Title: 'Planner',
    });
};

const editsOn = (edits: readonly TraceEdit[], from: 'hubspot' | 'salesforce') =>
  edits
    .filter((edit) => edit.from === from)
    .map(({ person: ids, field, value }) => ({
      id: ids[from],
      values: { [field[from]]: from === 'hubspot' ? (value ?? '') : value },
    }));

/** The person does one part of the trace. `corrected` is whose address is put right, if there is somebody. */
export const act = async (person: Person, part: Part, corrected: LinkedIds | undefined): Promise<void> => {
  const { email, from: correctedOn } = part.correction;
  for (const newcomer of part.newcomers) await enter(person, newcomer);
  for (const from of systems) {
    const isCorrected = corrected !== undefined && correctedOn === from;
    if (from === 'hubspot') {
      const correction = isCorrected ? [{ id: corrected.hubspot, values: { email } }] : [];
      await person.editContacts([...editsOn(part.edits, from), ...correction]);
      await sleep(apartMs);
    } else {
      const correction = isCorrected ? [{ id: corrected.salesforce, values: { Email: email } }] : [];
      await person.editLeads([...editsOn(part.edits, from), ...correction]);
    }
  }
};
