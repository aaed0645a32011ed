"""Products: the list, the public switch, copies, removal (JG06, JG07)."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from plusone.base.views import lists, notices
from plusone.catalogue import actions
from plusone.catalogue.models import Product, ProductQuerySet, StockMovement
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, allowed, back, page, refreshed


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is asked to show, as its address says it."""

    search: str
    show: str
    category: str

    def found(self) -> ProductQuerySet:
        """The products that match, in the shop's order."""
        return self.without_show().shown(self.show)

    def without_show(self) -> ProductQuerySet:
        """Those that match all but the chip: what the chips' counts are taken from."""
        named = Product.objects.listed().named(self.search)
        return named.filter(category=self.category) if self.category else named

    def url(self, **changed: str) -> str:
        """This list's address with something else in it."""
        query = QueryDict(mutable=True)
        told = {"q": self.search, "show": self.show, "category": self.category} | changed
        query.update({name: value for name, value in told.items() if value})
        return f"?{query.urlencode()}"


def wanted(request: HttpRequest) -> Wanted:
    """What the address asks for; what it says too long is cut."""
    get = request.GET.get
    return Wanted(get("q", "").strip()[:80], get("show", "")[:10], get("category", "")[:60])


@may("products.see")
@require_GET
def products(request: TenantRequest, slug: str) -> HttpResponse:
    """All products in the shop's order: searched as one types; on sale, stopped, low in stock; by
    category.
    """
    asked = wanted(request)
    context = {
        "slice": lists.cut_in_order(asked.found(), request.GET, "place"),
        "search": asked.search,
        "kept": {name: getattr(asked, name) for name in ("show", "category") if getattr(asked, name)},
        "filters": _filters(asked),
        "categories": _categories(asked),
        "category": asked.category,
        "query": asked.url()[1:],
        "filtered": bool(asked.search or asked.show or asked.category),
        "can_change": allowed(request, "products.change"),
        "here": request.get_full_path(),
    }
    return page(request, "catalogue/products.html", context)


@may("products.change")
@require_POST
def visibility(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """Put the product on sale or take it off, at once, with undo; an undo has its value in the address."""
    undoing = "undo" in request.GET
    product = _product(code)
    public = (request.GET if undoing else request.POST).get("public") == "1"
    if product.is_public != public:
        actions.show_or_hide(actor(request), product, public)
        undo = f"{address(request, 'console-product-visibility', code)}?undo=1&public={int(not public)}"
        notices.leave(request, _said(product, public), undo_url="" if undoing else undo)
    return refreshed() if undoing else back(request, address(request, "console-products"))


@may("products.change")
@require_POST
def copy(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """Make one like it, off sale and with nothing in stock, and open it to be changed."""
    made = actions.copy(actor(request), _product(code))
    said = gettext("A copy was made under the code %(code)s. It is not on sale yet.") % {"code": made.code}
    notices.leave(request, said)
    return redirect(address(request, "console-product", made.code))


@may("products.change")
def removal(request: TenantRequest, slug: str, code: str) -> HttpResponse:
    """Say what will happen; then remove, or hide what has orders. Both can be undone."""
    product = _product(code)
    if request.method == "POST":
        return _remove(request, product)
    ordered = StockMovement.objects.filter(variant__product=product, reason="order").exists()
    return page(request, "catalogue/removal.html", {"product": product, "ordered": ordered})


def _remove(request: TenantRequest, product: Product) -> HttpResponse:
    named = {"name": product.name, "code": product.code}
    done = actions.bulk.remove(actor(request), [product])
    if done.kept:
        undo = f"{address(request, 'console-product-visibility', product.code)}?undo=1&public=1"
        said = gettext(
            "“%(name)s” (%(code)s) has orders, so it was taken off sale instead. Its orders still show it."
        )
        notices.leave(request, said % named, undo_url=undo if product.is_public else "")
    else:
        said = gettext("“%(name)s” (%(code)s) was removed.")
        notices.leave(request, said % named, undo_url=undo_url(request, done.entry))
    return back(request, address(request, "console-products"))


def undo_url(request: TenantRequest, entry: int | None) -> str:
    """The address that takes back the change of this audit row; empty without one."""
    return address(request, "console-products-undo", entry) if entry else ""


def _product(code: str) -> Product:
    return get_object_or_404(Product.objects.listed(), code=code)


def _filters(asked: Wanted) -> list[dict[str, Any]]:
    counts = asked.without_show().counted()
    named = {
        "": (gettext("All"), "all"),
        "sale": (gettext("On sale"), "sale"),
        "stopped": (gettext("Stopped"), "stopped"),
        "low": (gettext("Low stock"), "low"),
    }
    return [
        {"label": label, "url": asked.url(show=show), "active": show == asked.show, "count": counts[count]}
        for show, (label, count) in named.items()
    ]


def _categories(asked: Wanted) -> list[dict[str, Any]]:
    """Every category of the shop, by name."""
    return [
        {"name": name, "count": count, "url": asked.url(category=name), "active": name == asked.category}
        for name, count in Product.objects.listed().by_category()
    ]


def _said(product: Product, public: bool) -> str:
    if public and product.price is None:
        return gettext("“%(name)s” is public, but it has no price yet: nobody can order it.") % {
            "name": product.name
        }
    said = (
        gettext("“%(name)s” is on sale.")
        if public
        else gettext("“%(name)s” is off sale. Orders already taken stay.")
    )
    return said % {"name": product.name}
