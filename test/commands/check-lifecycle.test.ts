import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { repositoryRoot } from '../../src/settings.ts';

const answerShape = z.object({
  ok: z.boolean(),
  findings: z.array(z.object({ level: z.string(), file: z.string(), line: z.number(), what: z.string() })),
});
let config = '';

beforeAll(() => {
  config = mkdtempSync(join(tmpdir(), 'tandem-lifecycle-'));
  cpSync(`${repositoryRoot}config`, config, { recursive: true });
});
afterAll(() => rmSync(config, { recursive: true, force: true }));

const check = (folder: string) => {
  const { status, stdout } = spawnSync(
    join(repositoryRoot, 'bin/tandem'),
    ['check', '--offline', '--json', '--config', folder],
    { encoding: 'utf8' },
  );
  return { status, answer: answerShape.parse(JSON.parse(stdout)) };
};

it('tandem check reads the files of the lifecycle where they are, and tells file and line', {
  timeout: 60_000,
}, () => {
  expect(check(config)).toMatchObject({ status: 0, answer: { ok: true, findings: [] } });
  expect(check(`${repositoryRoot}config/presets/mirror`).status).toBe(0);
  const mapping = join(config, 'mappings/people.yaml');
  const lifecycle = join(config, 'lifecycle.yaml');
  const acting = readFileSync(lifecycle, 'utf8');
  writeFileSync(lifecycle, acting.replace('hand-off: act', 'hand-off: observe'));
  expect(check(config)).toMatchObject({
    status: 0,
    answer: {
      findings: [{ level: 'note', file: mapping, what: expect.stringContaining('nobody is handed over') }],
    },
  });
  writeFileSync(lifecycle, acting);
  const file = join(config, 'scoring.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(', sales: Head of sales', ''));
  const { status, answer } = check(config);
  expect(status).toBe(1);
  const line = text.split('\n').findIndex((each) => each.includes('approved: {')) + 1;
  expect(answer.findings).toEqual([
    expect.objectContaining({ level: 'error', file, line, what: expect.stringContaining("no 'sales'") }),
  ]);
});

it('tandem check ends with 1 where consent has nowhere to go, until the company decides so in the mapping', {
  timeout: 60_000,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-consent-'));
  try {
    cpSync(`${repositoryRoot}config/presets/mirror`, folder, { recursive: true });
    const file = join(folder, 'mappings/people.yaml');
    const text = readFileSync(file, 'utf8').replace(/ {2}- hubspot: do_not_call\n(?: {4}.*\n)+/, '');
    writeFileSync(file, text);
    expect(check(folder)).toMatchObject({
      status: 1,
      answer: { findings: [{ level: 'error', file, what: expect.stringContaining('DoNotCall') }] },
    });
    writeFileSync(file, text.replace('object: people\n', 'object: people\nconsentNowhere: [do-not-call]\n'));
    const line = text.split('\n').indexOf('object: people') + 2;
    expect(check(folder)).toMatchObject({
      status: 0,
      answer: { ok: true, findings: [{ level: 'note', file, line }] },
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
