import { expect, it } from 'vitest';
import { lookOnce } from '../../../src/lifecycle/run/look-pass.ts';
import { withOffice } from './office.ts';

const office = withOffice();
const { fixture } = office.simulated;

it('whoever asks and has no record in Salesforce has one asked for with the order, unless hand-offs wait', async () => {
  const [person] = await office.people(1);
  const contact = person?.hubspot ?? '';
  const askForDemo = async (): Promise<void> => {
    await office.simulated.control('hubspot', 'activity', [
      { email: 'ada0@example.com', type: 'formSubmission', form: 'Demo request' },
    ]);
    await office.mark('hubspot', 'contacts', [contact]);
  };
  const ordered = async (): Promise<number> =>
    (await fixture.query("select key from tandem.effects where kind = 'hand-off' and state = 'open'")).length;
  const asked = async (): Promise<readonly string[]> =>
    (
      await fixture.query<{ id: string }>(
        "select record_id as id from tandem.dirty where pair = 'people' and cause = 'hand-off'",
      )
    ).map(({ id }) => id);
  await fixture.query('delete from tandem.links where hubspot_id = $1', [contact]);
  await askForDemo();
  expect(await lookOnce(office.context, { requests: false, kinds: ['hand-off'] })).toBeGreaterThan(0);
  expect([await ordered(), await asked()]).toEqual([1, []]);
  await fixture.query("delete from tandem.effects where kind = 'hand-off' and state = 'open'");
  await fixture.query('delete from tandem.journeys where contact_id = $1', [contact]);
  await office.mark('hubspot', 'contacts', [contact]);
  await lookOnce(office.context);
  expect([await ordered(), await asked()]).toEqual([1, [contact]]);
});
