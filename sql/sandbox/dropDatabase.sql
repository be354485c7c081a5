drop database :name with (force);
