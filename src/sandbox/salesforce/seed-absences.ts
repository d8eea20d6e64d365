import { SetupWriter } from './setup-writer.ts';
import type { Database } from './store/database.ts';
import { formatDate } from './values/datetime.ts';

const daySeconds = 24 * 60 * 60;

/** Absences as calendars hold them: who is away from and to so many days from today. Finn is away, Chloé will be. */
const absences = [
  { alias: 'flars', subject: 'Out of office: holiday', from: -2, days: 7 },
  { alias: 'cmart', subject: 'Out of office: training', from: 9, days: 3 },
] as const;

/** Enters all-day events of the absent themselves (help: Show Time As); `today` in seconds. */
export const seedAbsences = (database: Database, today: number): void => {
  const users = database.schema.object('User');
  if (users === undefined) return;
  const setup = new SetupWriter(database);
  for (const { alias, subject, from, days } of absences) {
    const owner = database.table(users).rows.find((row) => row.values[users.column('Alias')] === alias);
    if (owner === undefined) throw new Error(`seed: there is no user ${alias}`);
    const start = today + from * daySeconds;
    const end = start + (days - 1) * daySeconds;
    setup.add(
      'Event',
      {
        Subject: subject,
        OwnerId: owner.id,
        IsAllDayEvent: true,
        ShowAs: 'OutOfOffice',
        StartDateTime: start,
        ActivityDateTime: start,
        EndDateTime: end,
        DurationInMinutes: days * 24 * 60,
        ActivityDate: formatDate(start),
        EndDate: formatDate(end),
        EventSubtype: 'Event',
      },
      owner.id,
    );
  }
};
