import type { Cluster } from '../../faults/cluster.ts'

/** Creates the database `baselines` with as many accounts and sessions as the service has. */
export async function createBaselineTables(cluster: Cluster, population: number): Promise<void> {
  await cluster.query('create database baselines', 'postgres')
  await cluster.query(tables, 'baselines')
  await cluster.query(accounts, 'baselines', [population])
  await cluster.query(sessions, 'baselines', [population])
}

const tables = `
  create table account (
    id bigint primary key, email text not null unique, first_name text not null, last_name text not null,
    password text not null, created_at timestamptz not null default now()
  );
  create table session (
    id uuid primary key default gen_random_uuid(), family_id uuid not null,
    account_id bigint not null references account, token_hash bytea not null unique,
    created_at timestamptz not null default now(), expires_at timestamptz not null, replaced_at timestamptz
  );
  create index on session (account_id)`

const accounts = `insert into account
  select i, 'person' || i || '@example.com', '', '', repeat('x', 96) from generate_series(0, $1::integer) i`

const sessions = `insert into session (family_id, account_id, token_hash, expires_at)
  select gen_random_uuid(), i, sha256(convert_to('other:' || i, 'UTF8')), now() + interval '1 day'
  from generate_series(0, $1::integer) i`
