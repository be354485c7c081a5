"""Verifies passwords that Gatehouse hashed, after `gatehouse export django`.

Copy this file into the Django project, and add its class to PASSWORD_HASHERS, but not as the first one: Django then
replaces a hash by one of its own at the user's next sign-in.
"""

import base64
import hashlib
import hmac
import os
import struct
import unicodedata

from django.contrib.auth.hashers import BasePasswordHasher, mask_hash
from django.utils.crypto import constant_time_compare


class GatehouseScryptPasswordHasher(BasePasswordHasher):
    """The format of scrypt-kdf (Tarsnap's scrypt): an HMAC of the parameters and the salt, with a key from scrypt."""

    algorithm = "gatehouse_scrypt"

    def salt(self):
        return base64.b64encode(os.urandom(32)).decode()

    def encode(self, password, salt, log_n=14, r=8, p=5):
        text = unicodedata.normalize("NFKC", password).encode()
        salt_bytes = base64.b64decode(salt)
        cost = {"n": 2**log_n, "r": r, "p": p, "maxmem": 128 * r * (2**log_n + p + 2)}
        key = hashlib.scrypt(text, salt=salt_bytes, dklen=64, **cost)
        header = b"scrypt\0" + struct.pack(">BII", log_n, r, p) + salt_bytes
        signed = header + hashlib.sha256(header).digest()[:16]
        mac = base64.b64encode(hmac.digest(key[32:], signed, "sha256")).decode()
        return f"{self.algorithm}${log_n}${r}${p}${salt}${mac}"

    def decode(self, encoded):
        algorithm, log_n, r, p, salt, mac = encoded.split("$", 5)
        return {"algorithm": algorithm, "log_n": int(log_n), "r": int(r), "p": int(p), "salt": salt, "hash": mac}

    def verify(self, password, encoded):
        parts = self.decode(encoded)
        again = self.encode(password, parts["salt"], parts["log_n"], parts["r"], parts["p"])
        return constant_time_compare(encoded, again)

    def safe_summary(self, encoded):
        parts = self.decode(encoded)
        return {**parts, "salt": mask_hash(parts["salt"]), "hash": mask_hash(parts["hash"])}

    def must_update(self, encoded):
        return True

    def harden_runtime(self, password, encoded):
        pass  # As in Django's own ScryptPasswordHasher: the work cannot be divided.
