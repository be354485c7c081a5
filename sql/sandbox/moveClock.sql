select sandbox.move_clock($1);
