"""A small Django project whose database is imported by tests. PROJECT chooses the users: `custom` signs in by email
address and has a login log, as the project that Gatehouse replaces; `stock` has Django's own users, django-allauth and
authtoken."""

import os
import pathlib
import sys

sys.path.append(str(pathlib.Path(__file__).parents[2] / "docs" / "django"))
PROJECT = os.environ["PROJECT"]
SECRET_KEY = "the key of a test project"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes"]
if PROJECT == "custom":
    INSTALLED_APPS += ["accounts"]
    AUTH_USER_MODEL = "accounts.User"
else:
    INSTALLED_APPS += ["allauth", "allauth.account", "rest_framework.authtoken"]
    MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
HASHERS = "django.contrib.auth.hashers."
PASSWORD_HASHERS = [
    HASHERS + name
    for name in (
        "PBKDF2PasswordHasher",
        "PBKDF2SHA1PasswordHasher",
        "Argon2PasswordHasher",
        "BCryptSHA256PasswordHasher",
        "BCryptPasswordHasher",
        "ScryptPasswordHasher",
        "MD5PasswordHasher",
    )
] + ["gatehouse_hasher.GatehouseScryptPasswordHasher"]
if "SQLITE" in os.environ:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["SQLITE"],
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": os.environ["DB_NAME"],
            "USER": os.environ["DB_USER"],
            "PASSWORD": os.environ["DB_PASSWORD"],
            "HOST": os.environ["DB_HOST"],
            "PORT": os.environ["DB_PORT"],
        }
    }
