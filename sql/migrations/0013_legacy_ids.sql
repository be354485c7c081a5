-- The ids that imported users had before. A repeated import finds its users by them. Releases that do not know this
-- table work as before.
create table legacy_ids (
  legacy_id text not null,
  user_id uuid not null,
  constraint legacy_ids_pkey primary key (legacy_id),
  constraint legacy_ids_legacy_id_check check (legacy_id ~ '^[!-~]{1,64}$')
);
create unique index legacy_ids_user on legacy_ids (user_id);
comment on table legacy_ids is
  'The ids of imported users in the system that they were imported from. A row outlives an erased user, so that a repeated import does not create the user again.';
comment on column legacy_ids.legacy_id is 'The primary key in the former system, as text.';
