// The statements by which generate/schema.ts reads PostgreSQL's catalogs. Each statement returns definitions of
// objects and the comments on these objects.

/**
 * A database role that exists only while the schema is generated. `migrate` grants this role the same rights
 * as the service's role in production, and generate/schema.ts reads these rights.
 */
export const serviceRole = 'service'

// The partitions of months are left out, because they depend on the current date.
const isOurs = `c.relnamespace = 'public'::regnamespace and c.relname !~ '_[0-9]{4}_[0-9]{2}$' and c.relname !~ '_[0-9]{4}_[0-9]{2}_'`
const commentOf = (id: string, catalog: string, column = '0') => `pg_description d
  where d.objoid = ${id} and d.classoid = '${catalog}'::regclass and d.objsubid = ${column}`

export const listTables = `
  select c.relname as name, i.inhparent::regclass::text as parent, pg_get_expr(c.relpartbound, c.oid) as bounds,
    pg_get_partkeydef(c.oid) as partition_key, array_to_string(c.reloptions, ', ') as options,
    (select description from ${commentOf('c.oid', 'pg_class')}) as comment
  from pg_class c left join pg_inherits i on i.inhrelid = c.oid
  where ${isOurs} and c.relkind in ('r', 'p') order by c.relname`

export const listColumns = `
  select c.relname as table, a.attname as name,
    concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), case when a.attnotnull then 'not null' end,
      'default ' || pg_get_expr(v.adbin, v.adrelid)) as definition,
    (select description from ${commentOf('c.oid', 'pg_class', 'a.attnum')}) as comment
  from pg_attribute a join pg_class c on c.oid = a.attrelid
    left join pg_attrdef v on v.adrelid = a.attrelid and v.adnum = a.attnum
  where ${isOurs} and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped order by c.relname, a.attnum`

// Not-null constraints, which PostgreSQL 18 lists as well, are left out, because they are shown at the columns.
export const listConstraints = `
  select c.relname as table, format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid, true)) as definition,
    (select description from ${commentOf('k.oid', 'pg_constraint')}) as comment
  from pg_constraint k join pg_class c on c.oid = k.conrelid
  where ${isOurs} and k.contype <> 'n' order by c.relname, k.contype = 'c', k.conname`

export const listIndexes = `
  select t.relname as table, pg_get_indexdef(c.oid, 0, true) as definition,
    (select description from ${commentOf('c.oid', 'pg_class')}) as comment
  from pg_index x join pg_class c on c.oid = x.indexrelid join pg_class t on t.oid = x.indrelid
  where ${isOurs} and not exists (select from pg_constraint k where k.conindid = c.oid)
    and not exists (select from pg_inherits i where i.inhrelid = c.oid) order by t.relname, c.relname`

export const listGrants = `
  select name as table, string_agg(rights, ', ' order by position) as definition, null as comment
  from (
    select c.relname as name, 0 as position, string_agg(lower(a.privilege_type), ', ' order by a.privilege_type <> 'SELECT', a.privilege_type <> 'INSERT', a.privilege_type desc) as rights
    from pg_class c, aclexplode(c.relacl) a where ${isOurs} and a.grantee = $1::regrole group by c.relname
    union all
    select c.relname, 1, format('%s (%s)', lower(a.privilege_type), string_agg(t.attname, ', ' order by t.attnum))
    from pg_class c join pg_attribute t on t.attrelid = c.oid, aclexplode(t.attacl) a
    where ${isOurs} and a.grantee = $1::regrole group by c.relname, a.privilege_type
  ) as granted
  group by name`

export const listRoutines = `
  select pg_get_functiondef(p.oid) as definition, (select description from ${commentOf('p.oid', 'pg_proc')}) as comment
  from pg_proc p
  where p.pronamespace = 'public'::regnamespace
    and not exists (select from pg_depend e where e.objid = p.oid and e.classid = 'pg_proc'::regclass and e.deptype = 'e')
  order by p.proname`

export const listCollations = `
  select format('create collation %I (provider = %L, locale = %L)', collname, collprovider, colllocale) as definition,
    (select description from ${commentOf('l.oid', 'pg_collation')}) as comment
  from pg_collation l where collnamespace = 'public'::regnamespace order by collname`

export const listExecutable = `
  select format('grant execute on function %s to ${serviceRole}', p.oid::regprocedure) as definition, null as comment
  from pg_proc p, aclexplode(p.proacl) a where p.pronamespace = 'public'::regnamespace and a.grantee = $1::regrole
  order by p.proname`
