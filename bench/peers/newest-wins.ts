import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { systems } from '../../src/model/system.ts';
import { differingFields, peerFields } from './fields.ts';
import { runScript, type Sides } from './script.ts';
import { newestOf, type PeerRecord, type PeerWrite } from './side.ts';

/** What failed in spite of the clients' own retries is tried again so often in one run; the next run begins where the last one got to. */
const passesMax = 8;

/** Up to which stamp each side has been seen. */
const seenShape = z.object({ hubspot: z.number(), salesforce: z.number() });
type Seen = z.infer<typeof seenShape>;

const readSeen = (file: string): Seen => {
  try {
    return seenShape.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { hubspot: 0, salesforce: 0 };
  }
};

const writeSeen = (file: string, seen: Seen): void => {
  writeFileSync(`${file}.new`, JSON.stringify(seen));
  renameSync(`${file}.new`, file);
};

/** Everything of `from` goes into `to`, blanks included; without a record there, one is made. */
const writeOf = (from: PeerRecord, to: PeerRecord | undefined): PeerWrite => ({
  id: to?.id ?? null,
  email: from.email,
  values: from.values,
  fields: to === undefined ? peerFields : differingFields(from.values, to.values),
});

/** One look at what changed on either side, and the writes that make both sides equal; answers how many were taken. */
const makePass = async ({ hubspot, salesforce }: Sides, file: string): Promise<number> => {
  const seen = readSeen(file);
  const changed = {
    hubspot: await hubspot.changedSince(seen.hubspot),
    salesforce: await salesforce.changedSince(seen.salesforce),
  };
  const emails = [...new Set(systems.flatMap((system) => changed[system].map(({ email }) => email)))];
  const contacts = await hubspot.byEmail(emails);
  const leads = await salesforce.byEmail(emails);
  const writes: Record<keyof Sides, PeerWrite[]> = { hubspot: [], salesforce: [] };
  for (const email of emails) {
    const [contact, lead] = [contacts.get(email), leads.get(email)];
    if (contact && lead && differingFields(contact.values, lead.values).length === 0) continue;
    if (contact && (!lead || contact.modifiedAt > lead.modifiedAt))
      writes.salesforce.push(writeOf(contact, lead));
    else if (lead) writes.hubspot.push(writeOf(lead, contact));
  }
  const taken = (await salesforce.write(writes.salesforce)) + (await hubspot.write(writes.hubspot));
  writeSeen(file, {
    hubspot: newestOf(changed.hubspot, seen.hubspot),
    salesforce: newestOf(changed.salesforce, seen.salesforce),
  });
  return taken;
};

/**
 * A plain worker: whoever was modified is matched by address, both records are read, the one that was modified last wins whole, blanks
 * included. No base; all it remembers is how far it has seen.
 */
await runScript(async (sides, dataDir) => {
  const file = join(dataDir, 'seen.json');
  for (let pass = 0; pass < passesMax; pass += 1) {
    const taken = await makePass(sides, file).catch(() => null);
    if (taken === 0) return true;
  }
  return false;
});
