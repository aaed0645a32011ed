"""How often somebody tried to sign in. Of no shop: people sign in before they choose one."""

from django.db import models
from django.db.models.functions import Now


class SignInTry(models.Model):
    """Tries within a window by one account or from one address; `key` names which (no e-mail in plain)."""

    key = models.CharField(max_length=80, primary_key=True)
    tries = models.PositiveIntegerField()
    began_at = models.DateTimeField(db_default=Now())
