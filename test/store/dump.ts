/** Every row of every table in the database, as text: what anybody with the store in their hands could read. */
export const dumpRows = async (
  query: <Row>(text: string, values?: readonly unknown[]) => Promise<readonly Row[]>,
): Promise<string> => {
  const tables = await query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const dumps: string[] = [];
  for (const { name } of tables) {
    const rows = await query<{ text: string }>(`select t::text as text from ${name} t`);
    dumps.push(...rows.map(({ text }) => `${name} ${text}`));
  }
  return dumps.join('\n');
};
