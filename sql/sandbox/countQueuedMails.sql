select count(*)::integer as queued from mails where status = 'queued';
