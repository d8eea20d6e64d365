import { describe, expect, it } from 'vitest';
import { checkAssignment, checkOwners, namesOwners } from '../../../src/lifecycle/config/owner-check.ts';
import type { Owner } from '../../../src/model/owner.ts';
import { loadWith, shippedText } from '../shipped-files.ts';

const idOf = (number: number, prefix = '005'): string => `${prefix}Sb000000000${number}IAA`.slice(0, 18);
const [ana, ben, gone, tandem, machine, nobody] = [1, 2, 3, 4, 5, 9].map((number) => idOf(number));
const [queue, leadsAlone, casesAlone] = ['00GSb0000000003MAA', '00GSb0000000001MAA', '00GSb0000000002MAA'];

const makeOwner = (id: string, name: string, more: Partial<Owner> = {}): Owner => ({
  ...{ id, kind: 'user', name, email: null, active: true, owns: null },
  ...more,
});
const owners = [
  makeOwner(ana ?? '', 'Ana Souza'),
  makeOwner(ben ?? '', 'Ben Okoye'),
  makeOwner(gone ?? '', 'Sam Former', { active: false }),
  makeOwner(tandem ?? '', 'Integration', { isTandem: true }),
  makeOwner(machine ?? '', 'Automated Process', { isMachine: true }),
  makeOwner(queue ?? '', 'Unrouted Leads', { kind: 'queue', owns: ['Lead', 'Task'] }),
  makeOwner(leadsAlone ?? '', 'Inbound Leads', { kind: 'queue', owns: ['Lead'] }),
  makeOwner(casesAlone ?? '', 'Cases', { kind: 'queue', owns: ['Case'] }),
];

const routing = (by: string, fallback = queue): string => `version: '1'
by: ${by}
rules:
  - { kind: territory, name: DACH, when: "contact.country == 'DE'", owner: ${nobody} }
  - { kind: territory, name: UK, when: "contact.country == 'GB'", owner: ${gone} }
  - { kind: territory, name: FR, when: "contact.country == 'FR'", owner: ${queue} }
pools:
  reps:
    members:
      - { owner: ${ana?.slice(0, 15)} }
      - { owner: ${gone} }
      - { owner: ${tandem} }
otherwise: reps
fallback: { queue: ${fallback} }
`;
const found = (changes: Parameters<typeof loadWith>[0]) => {
  const loaded = loadWith(changes);
  expect(loaded.findings.filter(({ level }) => level === 'error')).toEqual([]);
  return checkOwners(loaded, owners).map(({ level, file, line, what }) => `${level} ${file}:${line} ${what}`);
};

describe('check of users and queues', () => {
  it('asks for the fallback queue of the shipped files, and finds nothing where it is as it should be', () => {
    expect(namesOwners(loadWith({}))).toBe(true);
    expect(found({})).toEqual([]);
  });

  it('finds rules and members that are nobody, with the line; an id of 15 characters is the same one', () => {
    expect(found({ 'routing.yaml': routing('tandem') })).toEqual([
      `error routing.yaml:4 Salesforce has no user with the id ${nobody}`,
      `error routing.yaml:5 'Sam Former' (${gone}) is not active in Salesforce`,
      `error routing.yaml:6 ${queue} is the queue 'Unrouted Leads', not a user`,
      `note routing.yaml:11 'Sam Former' (${gone}) is not active in Salesforce`,
      `error routing.yaml:12 ${tandem} is the user 'Integration', as whom Tandem itself signs in`,
    ]);
  });

  it('finds reps behind whom nobody is, by Salesforce or by sla.yaml itself, and automations that are none', () => {
    const text = shippedText('sla.yaml');
    const sla = text
      .replace(
        'automations: []',
        `automations: [${ben?.slice(0, 15)}, ${tandem}, ${gone}, ${nobody}, ${queue}]`,
      )
      .replace(
        '# reps: { 005000000000001AAA: office }',
        `reps: { ${machine}: office, ${ben}: office, ${ana}: office }`,
      );
    const lineOf = (start: string): number => sla.split('\n').findIndex((each) => each.startsWith(start)) + 1;
    expect(found({ 'sla.yaml': sla })).toEqual([
      `error sla.yaml:${lineOf('automations')} Salesforce has no user with the id ${nobody}`,
      `error sla.yaml:${lineOf('automations')} ${queue} is the queue 'Unrouted Leads', not a user`,
      `error sla.yaml:${lineOf('reps')} ${machine} is the user 'Automated Process', behind whom nobody is`,
      `error sla.yaml:${lineOf('reps')} ${ben} is the user 'Ben Okoye', behind whom nobody is`,
    ]);
  });

  it('notes that no assignment rule is active where routing leaves the choice to one, and a hand-off acts', () => {
    const said = (assigns: boolean | null, changes: Parameters<typeof loadWith>[0] = {}) =>
      checkAssignment(loadWith(changes), assigns).map(({ level, what }) => `${level} ${what}`);
    expect(said(false)).toEqual(['note Salesforce has no active lead assignment rule']);
    const observed = shippedText('lifecycle.yaml').replace('hand-off: act', 'hand-off: observe');
    expect([
      said(true),
      said(null),
      said(false, { 'routing.yaml': routing('tandem') }),
      said(false, { 'lifecycle.yaml': observed }),
    ]).toEqual([[], [], [], []]);
  });

  it('finds a fallback queue that can own no leads, or no tasks, or is none', () => {
    const text = shippedText('routing.yaml');
    const by = (id = '') => found({ 'routing.yaml': text.replace(`queue: ${queue}`, `queue: ${id}`) });
    const line = text.split('\n').findIndex((each) => each.startsWith('fallback:')) + 1;
    const at = `routing.yaml:${line}`;
    expect([by(leadsAlone), by(casesAlone), by(ana), by('00GSb0000000009MAA')]).toEqual([
      [`note ${at} the queue 'Inbound Leads' can own no tasks`],
      [`error ${at} the queue 'Cases' can own no leads`],
      [`error ${at} ${ana} is the user 'Ana Souza', not a queue`],
      [`error ${at} Salesforce has no queue with the id 00GSb0000000009MAA`],
    ]);
  });

  it("holds the reps and the pilot of sla.yaml, a definition's pilot and the task of signals against Salesforce", () => {
    const pilot = `pilot: { start: 2026-01-01, end: 2027-01-01, owners: [${ana}, ${nobody}] }`;
    const sla = shippedText('sla.yaml').replace(/^reps:.*\n/m, '');
    const calendar = /^default: (\S+)/m.exec(sla)?.[1];
    const all = found({
      'sla.yaml': `${sla}\nreps: { '${gone}': ${calendar}, '${ben}': ${calendar} }\n${pilot}\n`,
      'lifecycle.yaml': shippedText('lifecycle.yaml').replace(/^ {2}# task: \S+/m, `  task: ${nobody}`),
    });
    expect(all).toEqual([
      expect.stringMatching(/^error lifecycle\.yaml:\d+ Salesforce has no user with the id/),
      expect.stringMatching(/^note sla\.yaml:\d+ 'Sam Former' .* is not active/),
      expect.stringMatching(/^error sla\.yaml:\d+ Salesforce has no user with the id/),
    ]);
    const scoring = `${shippedText('scoring.yaml')}
  - version: 2026-2
    from: 2026-02-01
    approved: { marketing: Head of marketing, sales: Head of sales }
    when: engagement == 1
    pilot: { owners: [${gone}, ${leadsAlone}, ${nobody}] }
`;
    expect(found({ 'scoring.yaml': scoring })).toEqual([
      expect.stringMatching(/^note scoring\.yaml:\d+ 'Sam Former' .* is not active/),
      expect.stringMatching(/^error scoring\.yaml:\d+ Salesforce has no user or queue with the id/),
    ]);
  });
});
