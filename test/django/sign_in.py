"""Signs users in with [email address, password] pairs of JSON in the first argument. Prints whether each one may, and
the users and the login log as Django reads them."""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import authenticate, get_user_model  # noqa: E402

User = get_user_model()
accepted = [
    authenticate(username=email, password=password) is not None
    for email, password in json.loads(sys.argv[1])
]
fields = ("id", "email", "first_name", "is_active", "is_superuser", "is_staff")
logs = []
if settings.PROJECT == "custom":
    from accounts.models import LoginLog

    rows = LoginLog.objects.order_by("timestamp", "id")
    logs = [[row.user.email, row.ip_address, row.user_agent] for row in rows]
users = list(User.objects.order_by("id").values(*fields))
print(json.dumps({"accepted": accepted, "users": users, "logs": logs}))
