"""How often somebody tried to sign in, or asked for what is not there. Of no shop: strangers do both."""

from django.db import models
from django.db.models.functions import Now


class SignInTry(models.Model):
    """Tries within a window: to sign in by one account or from one network, to guess from one network, or of
    one guess. `key` names which (no e-mail in plain).
    """

    key = models.CharField(max_length=80, primary_key=True)
    tries = models.PositiveIntegerField()
    began_at = models.DateTimeField(db_default=Now())
