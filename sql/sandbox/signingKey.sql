-- The signing key of all sandboxes, encrypted under the SECRET_KEY of all sandboxes. Both are public. The key signs
-- from the year 2000 on, so that it signs at any time that the clock of a sandbox shows.
insert into signing_keys (kid, private_key, secret_id, signs_from)
values (
  'YcausWF5djM9SLfDgOsmWyfjvJ4QDNo3xivpvbHG-vw',
  decode('P6OdZS74oAdyvLqGMI+lPHDJQJMh6+lZmoKTvMo1KKx9IrMfJ5YmiVdGJYaROsoGN1BDlL1uep/NjJIGFrzU9cphTUvugQjHsg9hhFR/1W183SIzlBrn1m4808Z3uAv4H67iK3qGwQiIhQeH8Gn3t+OJ+HT0ugpEMG2Gz9y6mi/eMvuBg7dPE2b462KoWS9K0Xyp084r2rRtGl5BuZaUe70tV32dyQ==', 'base64'),
  '8fxpO0r5',
  '2000-01-01Z'
);
