import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkSandbox } from './check-truth.ts';
import { loadPeople } from './load-people.ts';
import { dataForTests } from './sources.ts';
import { startTinySandbox, type TinySandbox } from './tiny-sandbox.ts';
import { collectTruth, readTruth, type Truth } from './truth.ts';

const tandemNode = resolve(import.meta.dirname, '../../bin/tandem-node');
const run = async (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  promisify(execFile)(tandemNode, ['test/data/load.ts', ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );

/** Addresses that this HubSpot refuses; none of them counts for the codec. */
const odd = /[\s"()[\]]/;

const present = dataForTests('loader');

test('without the data the command says where it looked, with exit code 3', async () => {
  const url = 'http://127.0.0.1:1';
  const nowhere = join(tmpdir(), 'tandem-no-data');
  const { code, stderr } = await run(
    ...['--hubspot', url, '--salesforce', url, '--people', '1', '--out', nowhere, '--data', nowhere],
  );
  expect(code).toBe(3);
  expect(stderr).toContain(`looked for ${nowhere}`);
});

describe.skipIf(!present)('loader', () => {
  let hubspot: TinySandbox;
  let salesforce: TinySandbox;
  let out: string;
  const urls = () => ({ hubspot: hubspot.url, salesforce: salesforce.url });

  beforeEach(async () => {
    const refusesOdd = ({ email = 'x' }: Record<string, string>) => odd.test(email.trim());
    hubspot = await startTinySandbox('hubspot', 'contacts', refusesOdd);
    salesforce = await startTinySandbox('salesforce', 'Lead');
    out = await mkdtemp(join(tmpdir(), 'tandem-load-'));
  });
  afterEach(async () => {
    await Promise.all([hubspot.close(), salesforce.close(), rm(out, { recursive: true })]);
  });

  /** What a perfect mirror would have done: by the truth alone, with no look at addresses. */
  const mirror = (truth: Truth): void => {
    const find = (sandbox: TinySandbox, id: string | null) => sandbox.records.find((row) => row.id === id);
    for (const person of truth.people.filter(({ expect: where }) => where === 'both')) {
      const contact = find(hubspot, person.hubspot) ?? {
        id: `h${person.person}`,
        fields: { email: person.email },
        deleted: false,
      };
      const lead = find(salesforce, person.salesforce) ?? {
        id: `s${person.person}`,
        fields: { Email: person.email },
        deleted: false,
      };
      if (person.hubspot === null) hubspot.records.push(contact);
      if (person.salesforce === null) salesforce.records.push(lead);
      contact.fields = { ...contact.fields, tandem_salesforce_id: lead.id };
      lead.fields = { ...lead.fields, HubSpot_Id__c: contact.id };
    }
  };

  test('the command writes the truth of what it entered, and a mirror by that truth passes the check', async () => {
    const { code, stdout } = await run(
      ...['--hubspot', hubspot.url, '--salesforce', `${salesforce.url}/`, '--people', '1100', '--out', out],
    );
    expect(code).toBe(0);
    const truth = readTruth(out);
    expect(JSON.parse(stdout)).toMatchObject({ seed: 1, apart: truth.apart.length });
    const ids = truth.people.map((person) => person.hubspot).filter((id) => id !== null);
    expect(new Set(ids)).toEqual(new Set(hubspot.records.map(({ id }) => id)));
    expect(ids.length).toBe(hubspot.records.length);

    expect((await checkSandbox(truth, urls())).length).toBeGreaterThan(500);
    mirror(truth);
    expect(await checkSandbox(truth, urls())).toEqual([]);
  });

  test('a record refused on entry costs nobody else theirs, and is not waited for', async () => {
    const truth = await collectTruth(loadPeople({ ...urls(), people: 600 }));
    expect(hubspot.lots.filter((size) => size === 1).length).toBeGreaterThan(0);
    expect(hubspot.records.filter(({ fields }) => odd.test(fields.email?.trim() ?? ''))).toEqual([]);
    // Everybody is somewhere: an address that was refused is left out, as whoever types the record in would do.
    expect(truth.people).toHaveLength(600);
    const without = truth.people.filter(({ why }) => why.includes('entered without the address'));
    expect(without.length).toBeGreaterThan(3);
    for (const { email, expect: where } of without)
      expect({ email, where }).toEqual({ email: '', where: 'hubspot-only' });
    expect(hubspot.records.length).toBeGreaterThan(400);
    mirror(truth);
    expect(await checkSandbox(truth, urls())).toEqual([]);
  });

  test('the same seed loads the same', async () => {
    const first = await collectTruth(loadPeople({ ...urls(), people: 200, seed: 7 }));
    const entered = hubspot.records.splice(0).map(({ fields }) => fields);
    salesforce.records.splice(0);
    expect(await collectTruth(loadPeople({ ...urls(), people: 200, seed: 7 }))).toEqual(first);
    expect(hubspot.records.map(({ fields }) => fields)).toEqual(entered);
  });

  test('a simulator that is not there is named, with exit code 3', async () => {
    const gone = salesforce.url;
    await salesforce.close();
    const args = ['--hubspot', hubspot.url, '--salesforce', gone, '--people', '10', '--out', out];
    const { code, stderr } = await run(...args);
    expect(code).toBe(3);
    expect(stderr).toContain(`${gone}/_sandbox/records/Lead does not answer`);
  });

  test('wrong usage names the option, with exit code 2', async () => {
    const { code, stderr } = await run('--hubspot', 'nowhere', '--people', '0');
    expect(code).toBe(2);
    for (const option of ['--hubspot', '--salesforce', '--people', '--out']) expect(stderr).toContain(option);
  });
});
