/** The schema in which everything of ours lies; a database can be shared with others. */
export const schemaName = 'tandem';

/**
 * The tables are reached through SQL that names them (`tandem.links`), set by set, and each query types its own rows. Kysely
 * gives the templates, the transactions and the migrations; hence no table types here that would say it twice.
 */
// biome-ignore lint/complexity/noBannedTypes: the empty set of tables, see above.
export type Tables = {};
