"""Creates the users of a test. They have the password of hashes.json."""

import datetime
import json
import os
import pathlib

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.auth.hashers import make_password  # noqa: E402

made = json.loads((pathlib.Path(__file__).parent / "hashes.json").read_text())
User = get_user_model()
joined = datetime.datetime(2025, 1, 2, 3, 4, 5, 678901, tzinfo=datetime.timezone.utc)
now = datetime.datetime.now(datetime.timezone.utc)
today = now.replace(hour=0, minute=0, second=0, microsecond=0)


def create(email, hash=made["quick"][0], **fields):
    name = {} if settings.PROJECT == "custom" else {"username": email or "nobody"}
    return User.objects.create(
        email=email, password=hash, **{"date_joined": joined, **name, **fields}
    )


def fill_custom():
    from accounts.models import LoginLog

    for number, hash in enumerate(made["quick"]):
        create(f"user{number}@example.com", hash, last_login=today)
    anna = create(
        "Anna@example.com", first_name="Анна", last_name="O'Brien", last_login=today
    )
    create("anna@example.com", last_login=None)
    create("root@example.com", is_superuser=True, is_staff=True)
    create("staff@example.com", is_staff=True)
    create("suspended@example.com", is_active=False, last_login=joined)
    create("pending@example.com", is_active=False)
    create("unusable@example.com", make_password(None))
    create("md5@example.com", made["others"][0])
    create('"quoted local"@example.com')
    create("existing@example.com")
    for days in range(3):
        LoginLog.objects.create(
            user=anna,
            ip_address=f"192.0.2.{days}",
            user_agent=f"Browser {days}",
            timestamp=today - datetime.timedelta(days=days * 40, microseconds=7),
        )
    LoginLog.objects.create(
        user=anna, ip_address="2001:db8::1", user_agent="x" * 600, timestamp=today
    )
    LoginLog.objects.create(
        user=anna,
        ip_address="192.0.2.9",
        user_agent="old",
        timestamp=today - datetime.timedelta(days=800),
    )


def fill_stock():
    from allauth.account.models import EmailAddress
    from rest_framework.authtoken.models import Token

    verified = create("verified@example.com")
    EmailAddress.objects.create(
        user=verified, email="verified@example.com", verified=True, primary=True
    )
    unverified = create("unverified@example.com")
    EmailAddress.objects.create(
        user=unverified, email="unverified@example.com", verified=False, primary=True
    )
    Token.objects.create(user=verified)
    create("")


fill_custom() if settings.PROJECT == "custom" else fill_stock()
