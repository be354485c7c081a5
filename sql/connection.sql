-- The settings that the service and the functions in its migrations rely on, whatever the settings of the database or
-- the role are. Every connection begins with them. A pooler in front of PostgreSQL keeps the first three for each
-- client; the others are the defaults of PostgreSQL.
set DateStyle = 'ISO';
set TimeZone = 'UTC';
set standard_conforming_strings = on;
set IntervalStyle = 'postgres';
set bytea_output = 'hex';
set extra_float_digits = 1;
