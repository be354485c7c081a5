"""Prints hashes.json: hashes of one password by each hasher of Django, with its default and with other parameters.

python make_hashes.py > hashes.json   (in an environment with requirements.txt)
"""

import json

import argon2
import django
from django.conf import settings
from django.contrib.auth import hashers

settings.configure()
django.setup()

# NFKC would change this password: Django hashes it as it was typed.
password = "correct horse ﬁ Ångström"


class QuickPBKDF2(hashers.PBKDF2PasswordHasher):
    iterations = 1000


class QuickPBKDF2SHA1(hashers.PBKDF2SHA1PasswordHasher):
    iterations = 1000


class QuickArgon2(hashers.Argon2PasswordHasher):
    memory_cost = 512
    parallelism = 2


def with_type(variant):
    class Typed(QuickArgon2):
        def params(self):
            parameters = super().params()
            parameters.type = variant
            return parameters

    return Typed


class QuickBCryptSHA256(hashers.BCryptSHA256PasswordHasher):
    rounds = 4


class QuickBCrypt(hashers.BCryptPasswordHasher):
    rounds = 4


class QuickScrypt(hashers.ScryptPasswordHasher):
    work_factor = 2**10
    parallelism = 1


defaults = [
    hashers.PBKDF2PasswordHasher,
    hashers.PBKDF2SHA1PasswordHasher,
    hashers.Argon2PasswordHasher,
    hashers.BCryptSHA256PasswordHasher,
    hashers.BCryptPasswordHasher,
    hashers.ScryptPasswordHasher,
]
quick = [
    QuickPBKDF2,
    QuickPBKDF2SHA1,
    QuickArgon2,
    with_type(argon2.Type.I),
    with_type(argon2.Type.D),
    QuickBCryptSHA256,
    QuickBCrypt,
    QuickScrypt,
]


def hash_with(hasher):
    return hasher().encode(password, hasher().salt())


print(
    json.dumps(
        {
            "version": django.get_version(),
            "password": password,
            "defaults": [hash_with(hasher) for hasher in defaults],
            "quick": [hash_with(hasher) for hasher in quick],
            "others": [
                hash_with(hashers.MD5PasswordHasher),
                hashers.make_password(None),
            ],
        },
        ensure_ascii=False,
        indent=2,
    )
)
