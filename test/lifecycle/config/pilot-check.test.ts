import { expect, it } from 'vitest';
import { checkFile } from '../../../src/lifecycle/config/check-file.ts';
import { scoringKind, slaKind } from '../../../src/lifecycle/config/files.ts';
import { pastPilotFindings } from '../../../src/lifecycle/config/pilot-check.ts';
import { shippedText } from '../shipped-files.ts';

const sla = checkFile(slaKind, {
  file: 'sla.yaml',
  text: `${shippedText('sla.yaml')}\npilot: { start: 2026-09-01, end: 2026-12-01, owners: [005A] }\n`,
});
const scoring = checkFile(scoringKind, {
  file: 'scoring.yaml',
  text: `${shippedText('scoring.yaml')}  - { version: tried, from: 2026-02-01, approved: { marketing: A, sales: B }, when: engagement <= 3, pilot: { share: 10, until: 2026-11-01 } }\n`,
});
const foundAt = (day: string) =>
  pastPilotFindings(scoring, sla, Date.parse(day)).map(
    ({ level, file, what }) => `${level} ${file}: ${what}`,
  );

it('a pilot that is over is a note, from its day on', () => {
  expect(foundAt('2026-10-31')).toEqual([]);
  expect(foundAt('2026-11-01')).toEqual(["note scoring.yaml: the pilot of 'tried' is over since 2026-11-01"]);
  expect(foundAt('2026-12-01')).toEqual([
    "note scoring.yaml: the pilot of 'tried' is over since 2026-11-01",
    'note sla.yaml: the pilot is over since 2026-12-01',
  ]);
});
