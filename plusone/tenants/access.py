"""Who may open a view: one decorator, the shop's matrix."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import redirect

from plusone.base.audit import Actor
from plusone.tenants.middleware import TenantRequest

View = Callable[..., HttpResponseBase]


def may(permission: str, *, even_lapsed: bool = False) -> Callable[[View], View]:
    """Let members with the permission in; strangers go to sign-in, members without it get 403.

    `even_lapsed`: what this view changes may be changed in a shop whose plan is over (tenants/middleware.py).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: TenantRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.path}, safe='/')}")
            if request.member is None or permission not in request.member.permissions:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        guarded.even_lapsed = even_lapsed  # type: ignore[attr-defined]
        return guarded

    return decorate


def actor(request: TenantRequest) -> Actor:
    """The signed-in member as the one who acts."""
    assert request.member is not None
    return Actor("member", str(request.member.pk))
