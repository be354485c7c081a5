-- What the service and the functions in its migrations rely on, whatever the database's or the role's own settings are.
-- Every connection begins with it. Behind a pooler the first three stay with the client; the others are PostgreSQL's defaults.
set DateStyle = 'ISO';
set TimeZone = 'UTC';
set standard_conforming_strings = on;
set IntervalStyle = 'postgres';
set bytea_output = 'hex';
set extra_float_digits = 1;
