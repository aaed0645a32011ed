"""Sign in, sign out, find one's shop."""

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from plusone.base import scope
from plusone.base.views import notices
from plusone.tenants import context
from plusone.tenants.actions import signing
from plusone.tenants.models import Member, Role, Tenant, User, tenant_of
from plusone.tenants.views.pages import is_local, too_many_tries
from plusone.tenants.visitors import address_of

DEMO_SLUG = "demo"


class SignInForm(forms.Form):
    """E-mail and password."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask who it is; the right password opens a new session and leads to `next`, or home."""
    if request.headers.get("HX-Request"):
        # A page that polls outlived its session: the whole page has to go to sign-in, not the fragment.
        return HttpResponse(headers={"HX-Redirect": reverse("sign-in")})
    form = SignInForm(request.POST or None)
    wait = 0
    if request.method == "POST" and form.is_valid():
        address, email = address_of(request), form.cleaned_data["email"]
        wait = signing.admit(address, email)
        user = None if wait else _known(email, form.cleaned_data["password"])
        if user:
            signing.succeeded(address, email)
            return _enter(request, user)
        form.add_error(None, too_many_tries(wait) if wait else _wrong())
    return _asked(request, form, wait)


def _wrong() -> str:
    return gettext("E-mail or password is not right. Please try again.")


def _asked(request: HttpRequest, form: SignInForm, wait: int) -> HttpResponse:
    shown = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "demo": _demo_owner(),
        "by_line": bool(settings.LINE_LOGIN_CHANNEL_ID),
        "line": request.GET.get("line", ""),
    }
    response = render(request, "tenants/sign_in.html", shown, status=429 if wait else 200)
    if wait:
        response["Retry-After"] = str(wait)
    return response


@require_POST
def enter_demo(request: HttpRequest) -> HttpResponse:
    """In the demo only: come in as the owner of its shop without a password."""
    owner = _demo_owner()
    if owner is None:
        raise Http404
    return _enter(request, owner)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the person's shop; let them choose when there are several."""
    if not isinstance(request.user, User):
        return redirect("sign-in")
    shops = _shops_of(request.user)
    if len(shops) == 1:
        return redirect(context.first_page(shops[0], request.user))
    found = [
        {"name": shop.name, "slug": shop.slug, "url": context.first_page(shop, request.user)}
        for shop in shops
    ]
    return render(request, "tenants/choose.html", {"shops": found, "notices": notices.collect(request)})


def _known(email: str, password: str) -> User | None:
    """Capitals in an e-mail don't matter; an unknown one takes as long to refuse as a wrong password."""
    stored = User.objects.filter(email__iexact=email).values_list("email", flat=True).first()
    user = authenticate(username=stored or email, password=password)
    return user if isinstance(user, User) else None


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user)
    wanted = request.POST.get("next", "")
    return redirect(wanted if is_local(wanted) else "home")


def _demo_owner() -> User | None:
    tenant = tenant_of(DEMO_SLUG) if settings.DEMO else None
    if tenant is None:
        return None
    with scope.tenant(tenant.pk):
        owner = Member.objects.filter(role=Role.OWNER).select_related("user").order_by("pk").first()
    return owner.user if owner else None


def _shops_of(user: User) -> list[Tenant]:
    with scope.everywhere():
        members = Member.objects.filter(user=user).select_related("tenant").order_by("tenant__name")
        return [member.tenant for member in members]
