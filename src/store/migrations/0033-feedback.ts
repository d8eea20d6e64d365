import { type Kysely, sql } from 'kysely';

/**
 * What reps say of leads, word by word: how good and why, competitors, whether content helped. What has no property in HubSpot is reported from
 * here. Frozen once released: it imports nothing of the project.
 */
const statements = [
  `create table tandem.feedback (
    id bigint generated always as identity primary key,
    journey_id uuid not null references tandem.journeys (id) on delete cascade,
    record text not null,
    kind text not null,
    value text,
    at timestamptz not null,
    turn integer not null,
    owner text
  );
  comment on table tandem.feedback is 'what reps said, oldest first; a row where the word of a record is another than before';
  comment on column tandem.feedback.value is 'null: taken back; a text of a rep, goes with the person';
  create index feedback_last on tandem.feedback (journey_id, record, kind, id desc);
  create index feedback_at on tandem.feedback (at);
  comment on index tandem.feedback_at is 'reports: what was said in a period'`,
];

export const feedback = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
