type Ask = (text: string) => Promise<readonly { readonly line: string }[]>;

/**
 * The schema as text, from PostgreSQL's own catalogue (pg_dump is not among the embedded binaries): tables with their
 * columns and constraints, then indexes, sequences and comments, each sorted by name.
 */
export const dumpSchema = async (ask: Ask): Promise<string> => {
  const parts: string[] = [];
  for (const query of [tables, indexes, sequences, comments]) {
    parts.push((await ask(query)).map(({ line }) => line).join('\n'));
  }
  const text = parts.join('\n\n');
  return `-- The schema as the migrations leave it. Made by test/store/schema.test.ts (UPDATE_SCHEMA=1); not read by anything.\n\n${text}\n`;
};

const tables = `
  select 'create table ' || 'tandem.' || c.relname || ' (' || chr(10) || string_agg(part.text, ',' || chr(10) order by part.place) || chr(10) || ');' as line
  from pg_class c join lateral (
    select a.attnum::int as place, '  ' || quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
      || case when a.attnotnull then ' not null' else '' end
      || case when a.attidentity <> '' then ' generated always as identity' else '' end
      || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as text
    from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    union all
    select 10000 + row_number() over (order by k.conname), '  constraint ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)
    from pg_constraint k where k.conrelid = c.oid and k.contype <> 'n'
  ) part on true
  where c.relnamespace = 'tandem'::regnamespace and c.relkind = 'r' and c.relname not like 'migrations%'
  group by c.oid, c.relname order by c.relname`;

const indexes = `
  select pg_get_indexdef(i.indexrelid) || ';' as line
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where c.relnamespace = 'tandem'::regnamespace and not i.indisprimary and c.relname not like 'migrations%'
    and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
  order by c.relname`;

const sequences = `
  select 'create sequence tandem.' || s.sequencename || ' as ' || s.data_type || ';' as line
  from pg_sequences s where s.schemaname = 'tandem' and s.sequencename not like '%_id_seq' order by s.sequencename`;

const comments = `
  select 'comment on ' || case when d.objsubid > 0 then 'column ' when c.relkind = 'i' then 'index ' else 'table ' end
    || 'tandem.' || c.relname || coalesce('.' || a.attname, '') || ' is ' || quote_literal(d.description) || ';' as line
  from pg_description d join pg_class c on c.oid = d.objoid and d.classoid = 'pg_class'::regclass
  left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0
  where c.relnamespace = 'tandem'::regnamespace order by c.relname, d.objsubid`;
