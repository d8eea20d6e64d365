import { type Kysely, sql } from 'kysely';

/**
 * Which content was recommended on which record, and from when to when: whether it was used is told by what people did and reps said then. And what each
 * record shows, so that another catalogue, or a piece that expires, is shown there too. Frozen once released: it imports nothing of the project.
 */
const statements = [
  `create table tandem.recommended (
    journey_id uuid not null references tandem.journeys (id) on delete cascade,
    record text not null,
    turn integer not null,
    piece text not null,
    stage text not null,
    deal_stage text,
    mode text not null,
    version text not null,
    at timestamptz not null,
    until timestamptz,
    primary key (journey_id, record, turn, piece)
  );
  comment on table tandem.recommended is 'content that was recommended, by the record of Salesforce on which it stood; observe: nobody saw it';
  comment on column tandem.recommended.deal_stage is 'of an opportunity, as Salesforce calls it; null: the record is a lead or contact';
  comment on column tandem.recommended.until is 'when it was no longer recommended there; null: it is now';
  create index recommended_now on tandem.recommended (record) where until is null;
  comment on index tandem.recommended_now is 'what stands on an opportunity';
  create index recommended_at on tandem.recommended (at);
  comment on index tandem.recommended_at is 'reports: what was recommended in a period'`,

  `alter table tandem.journeys add column content_key text, add column content_until timestamptz;
  comment on column tandem.journeys.content_key is 'the catalogue by which content was last recommended for the person; null: by none';
  comment on column tandem.journeys.content_until is 'when the first of the recommended pieces expires; null: none does';
  create index journeys_content on tandem.journeys (content_key)
    where stage in ('sales-ready', 'sdr', 'working', 'accepted');
  comment on index tandem.journeys_content is 'whose record shows the content of another catalogue'`,

  `alter table tandem.deals add column content_key text, add column content_until timestamptz;
  comment on column tandem.deals.content_key is 'the catalogue by which content was last recommended for the deal; null: by none';
  comment on column tandem.deals.content_until is 'when the first of the recommended pieces expires; null: none does'`,
];

export const content = {
  // biome-ignore lint/suspicious/noExplicitAny: a frozen migration must not follow the types of today's schema.
  async up(db: Kysely<any>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(db);
  },
};
