import { cut, foreign } from '../digest/plain-text.ts';
import { fullMomentText, localDay } from '../digest/when.ts';
import type { LifecycleDefinition } from '../stage/definition.ts';
import type { Journey, Refusal } from '../stage/journey.ts';
import { type Stage, salesStages } from '../stage/stages.ts';
import { requestWords } from './request.ts';

/** Length of `Tandem_Request_Result__c`, in UTF-16 units. */
export const resultMax = 255;
const shownMax = 60;

export const done = (what: string): string => `Done: ${what}.`;
export const notDone = (why: string): string => `Not done: ${why}.`;

const shown = (text: string): string => `'${foreign(text, shownMax)}'`;
const listed = (names: readonly string[]): string => names.join(', ');
const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

export const unknownRequest = (word: string): string =>
  notDone(`${shown(word)} is none of the requests (${listed(requestWords)})`);

const programChoice = (programs: readonly string[]): string =>
  programs.length === 0 ? 'No programs are set up' : `Programs: ${listed(programs)}`;
export const missingProgram = (programs: readonly string[]): string =>
  notDone(`no program was named in the detail. ${programChoice(programs)}`);
export const unknownProgram = (name: string, programs: readonly string[]): string =>
  notDone(`${shown(name)} is none of the programs. ${programChoice(programs)}`);
export const optedOut = notDone('they opted out of email, and no program would reach them');

const mendFirst = (reason: string | null): string =>
  `they came back to be mended first${reason === null ? '' : ` (${reason})`}, and nobody mails them before. Correct the record, or merge the duplicate; then ask again`;
/** `reason`: the one that brought them back to be mended. */
export const inRepair = (reason: string | null): string => notDone(mendFirst(reason));

const stageChoice = ({ requestable, stages }: LifecycleDefinition): string =>
  requestable.size === 0
    ? 'No stages can be set by a request'
    : `Stages that can be set: ${listed([...requestable].map((stage) => stages[stage].label))}`;
export const missingStage = (definition: LifecycleDefinition): string =>
  notDone(`no stage was named in the detail. ${stageChoice(definition)}`);
export const unknownStage = (name: string, definition: LifecycleDefinition): string =>
  notDone(`${shown(name)} is no stage. ${stageChoice(definition)}`);

export const missingDay = notDone('no day was named in the detail. Write it as 2027-03-01');

/** A request for the stage that they are in. */
export const standsThere = (stage: Stage, { stages }: LifecycleDefinition): string =>
  salesStages.has(stage)
    ? done(`they are with sales already (${stages[stage].label})`)
    : done(`they are in ${stages[stage].label} already`);

/** What a request moved. `journey` is the one after it. */
export const movedTo = (to: Stage, journey: Journey, { stages }: LifecycleDefinition): string => {
  if (to === 'sales-ready') return done('handed over to sales; the lead shows owner, digest and due time');
  if (to !== 'returned' && to !== 'nurture') return done(`the stage is ${stages[to].label} now`);
  const program = journey.program === null ? '' : `, program ${shown(journey.program)}`;
  const day = (at: number | null): string | null => (at === null ? null : localDay(at, 'UTC'));
  const [back, cooled] = [day(journey.recontactAt), day(journey.cooledAt)];
  const until =
    back === null
      ? cooled === null
        ? ''
        : `; before ${cooled} they come to sales only if they ask for contact`
      : `; they come back to sales on ${back}`;
  return done(`back with marketing${program}${until}`);
};

const reasons: Readonly<Partial<Record<Refusal, string>>> = {
  'open-deal': 'a deal is open for them, and while it is they stay there',
  protected: 'they are a customer, and customers stay customers until they leave',
  excluded:
    'they are excluded (a competitor, a job seeker or one of us by the rules in scoring.yaml) and are not handed over',
  off: 'requests are switched off',
  'to-mend': mendFirst(null),
  late: 'something newer happened meanwhile; ask again if you still want it',
  'too-old': 'something newer happened meanwhile; ask again if you still want it',
};

/** Why the stage machine did not move them. */
export const refusedMove = (
  why: Refusal,
  from: Stage,
  wanted: Stage,
  definition: LifecycleDefinition,
): string => {
  const known = reasons[why];
  if (known !== undefined) return notDone(known);
  const { stages, requestable } = definition;
  const [now, then] = [stages[from].label, stages[wanted].label];
  return requestable.has(wanted)
    ? notDone(`from ${now} nobody goes to ${then} by a request`)
    : notDone(`${then} cannot be set by a request. ${stageChoice(definition)}`);
};

/** It was asked for so often that no person can have meant it. */
export const cameTooOften = (times: number, minutes: number): string =>
  notDone(
    `it was asked for ${times} times in ${minutes} minutes, as an automation does it. Empty the field, then ask again`,
  );

export const noPrimaryContact = notDone(
  'this opportunity has no primary contact. Give a contact role the mark Primary, then ask again',
);
export const primaryNotLinked = notDone(
  'the primary contact of this opportunity is not in HubSpot, and nothing is known of them here',
);

export const notInHubSpot = notDone(
  'they are not in HubSpot (a valid email address is needed), and nobody is handed over who is not',
);

export const joinedProgram = (program: string): string => done(`added to ${shown(program)}`);
export const notJoined = (why: string): string => notDone(foreign(why, 200));

/** What was left, and the lists that keep their people by filters. `isMarked`: the portal's own campaigns know it by `tandem_suppressed`. */
export const leftPrograms = (left: readonly string[], kept: readonly string[], isMarked = false): string => {
  const what =
    left.length === 0 ? 'they were in no program of Tandem' : `removed from ${listed(left.map(shown))}`;
  const rest =
    kept.length === 0 ? '' : `. ${capital(listed(kept.map(shown)))} fills itself by filters and keeps them`;
  const mark = isMarked ? '; HubSpot marks them as suppressed' : '';
  return done(`${what}${mark}${rest}. Campaigns of Salesforce stay as they are`);
};

/** Why somebody was not put into the program that their move has. */
export const keptOff = (program: string): string =>
  `not added to ${shown(program)}: taken out of campaigns on request, until somebody enrolls them in a program or takes tandem_suppressed away`;

/** The result as it stands in the record: what became of it, and when, so that two equal answers can be told apart. */
export const resultText = (said: string, at: number): string => {
  const when = ` (${fullMomentText(at, { zone: 'UTC' })} UTC)`;
  return `${cut(said, resultMax - when.length)}${when}`;
};
