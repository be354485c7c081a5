-- Every connection of the service runs these statements first. The service and the functions in its migrations need
-- these settings, but the database or the role may have other settings. A pooler in front of PostgreSQL keeps the
-- first three settings for each client. The last three values are the defaults of PostgreSQL.
set DateStyle = 'ISO';
set TimeZone = 'UTC';
set standard_conforming_strings = on;
set IntervalStyle = 'postgres';
set bytea_output = 'hex';
set extra_float_digits = 1;
