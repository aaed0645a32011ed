"""Every address on one screen."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from plusone.api.site import api, nothing_here
from plusone.base.views import files, health
from plusone.catalogue.views import editing, products, stock
from plusone.chat.views import metrics, outbox
from plusone.customers.views import customers
from plusone.hooks import stripe
from plusone.orders.views import buying, changes, contents, letters, orders, rounds, today, wordings
from plusone.storefront.views import contact, entering, goods, ordering, sharing
from plusone.storefront.views import orders as my_orders
from plusone.tenants.views import (
    check,
    console_settings,
    entrance,
    history,
    joining,
    plan,
    roles,
    signing,
    team,
)

# The console: a team member's pages about one shop.
console = [
    path("", today.today, name="console-today"),
    path("live", today.live, name="console-live"),
    path("orders/", orders.orders, name="console-orders"),
    path("orders/by-id/<int:pk>", orders.by_id, name="console-order-by-id"),
    path("orders/rounds/", rounds.rounds, name="console-rounds"),
    path("orders/rounds/new", rounds.add, name="console-round-new"),
    path("orders/rounds/<int:pk>/", rounds.round_page, name="console-round"),
    path("orders/rounds/<int:pk>/edit", rounds.edit, name="console-round-edit"),
    path("orders/rounds/<int:pk>/opening", rounds.opening, name="console-round-opening"),
    path("orders/rounds/<int:pk>/closing", rounds.closing, name="console-round-closing"),
    path("orders/rounds/<int:pk>/bought/<int:variant>", buying.bought, name="console-round-bought"),
    path("orders/rounds/<int:pk>/short/<int:variant>", buying.short, name="console-round-short"),
    path("orders/rounds/<int:pk>/finish", rounds.finish, name="console-round-finish"),
    path("orders/<str:number>/", orders.order, name="console-order"),
    path("orders/<str:number>/status", changes.status, name="console-order-status"),
    path("orders/<str:number>/tracking", changes.tracking, name="console-order-tracking"),
    path("orders/<str:number>/memo", changes.memo, name="console-order-memo"),
    path("orders/<str:number>/lines/<int:pk>", contents.line, name="console-order-line"),
    path("orders/<str:number>/merge", contents.together, name="console-order-merge"),
    path("orders/<str:number>/letter", letters.letter, name="console-order-letter"),
    path("products/", products.products, name="console-products"),
    path("products/new", editing.add, name="console-product-new"),
    path("products/<str:code>/", editing.edit, name="console-product"),
    path("products/<str:code>/visibility", products.visibility, name="console-product-visibility"),
    path("products/<str:code>/removal", products.removal, name="console-product-removal"),
    path("products/<str:code>/stock", stock.history, name="console-product-stock"),
    path("products/<str:code>/share", sharing.share, name="console-product-share"),
    path("customers/", customers.customers, name="console-customers"),
    path("customers/<int:pk>/", customers.customer, name="console-customer"),
    path("customers/<int:customer_id>/orders", orders.of_customer, name="console-customer-orders"),
    path("messages/", outbox.outbox, name="console-outbox"),
    path("messages/about", outbox.about, name="console-messages-about"),
    path("messages/words/", wordings.wordings, name="console-letters"),
    path("messages/words/edit", wordings.wording, name="console-letter-words"),
    path("messages/preview", letters.preview, name="console-letter-preview"),
    path("messages/<int:pk>/", outbox.message, name="console-message"),
    path("settings/", console_settings.overview, name="console-settings"),
    path("settings/team/", team.team, name="console-team"),
    path("settings/team/invites", team.invite, name="console-invite"),
    path("settings/team/invites/<int:pk>/withdrawal", team.revoke, name="console-invite-withdrawal"),
    path("settings/team/<int:pk>/", team.member, name="console-member"),
    path("settings/team/<int:pk>/role", team.role, name="console-member-role"),
    path("settings/team/<int:pk>/removal", team.removal, name="console-member-removal"),
    path("settings/roles/", roles.roles, name="console-roles"),
    path("settings/roles/new", roles.add, name="console-role-new"),
    path("settings/roles/<str:code>/", roles.edit, name="console-role"),
    path("settings/roles/<str:code>/removal", roles.removal, name="console-role-removal"),
    path("settings/history", history.history, name="console-history"),
    path("settings/line", console_settings.line_account, name="console-settings-line"),
    path("settings/line/check", check.line, name="console-line-check"),
    path("settings/shop", console_settings.shop, name="console-settings-shop"),
    path("settings/pairing", console_settings.pairing, name="console-settings-pairing"),
    path("settings/tokens", console_settings.tokens, name="console-settings-tokens"),
    path("settings/plan", plan.shown, name="console-plan"),
    path("settings/plan/state", plan.state, name="console-plan-state"),
    path("settings/plan/invoices", plan.invoices, name="console-plan-invoices"),
    path("settings/plan/pay", plan.pay, name="console-plan-pay"),
    path("settings/plan/portal", plan.portal, name="console-plan-portal"),
]

# The shop, for buyers: in LINE (LIFF) and in any browser.
shop = [
    path("", goods.catalogue, name="shop"),
    path("p/<str:public_id>", goods.product, name="shop-product"),
    path("p/<str:public_id>/order", ordering.order, name="shop-order"),
    path("basket", ordering.show_basket, name="shop-basket"),
    path("basket/pieces", ordering.set_pieces, name="shop-pieces"),
    path("basket/order", ordering.order_basket, name="shop-order-basket"),
    path("orders", my_orders.orders, name="shop-orders"),
    path("orders/<str:public_id>", my_orders.order, name="shop-order-page"),
    path("orders/<str:public_id>/cancel", my_orders.cancel, name="shop-order-cancel"),
    path("orders/<str:public_id>/change", my_orders.change, name="shop-order-change"),
    path("contact", contact.contact, name="shop-contact"),
    path("enter", entering.enter, name="shop-enter"),
    path("session", entering.session, name="shop-session"),
    path("leave", entering.leave, name="shop-leave"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", entrance.home, name="home"),
    path("sign-in/", entrance.sign_in, name="sign-in"),
    path("sign-in/demo", entrance.enter_demo, name="enter-demo"),
    path("sign-in/line/", signing.to_line, name="line_login"),
    path("sign-in/line/callback", signing.from_line, name="line_callback"),
    path("sign-up/", signing.sign_up, name="socialaccount_signup"),
    path("sign-out/", entrance.sign_out, name="sign-out"),
    path("join/<str:token>/", joining.join, name="join"),
    path("files/<str:name>", files.stored, name="file"),
    path("t/<slug:slug>/console/", include(console)),
    path("t/<slug:slug>/liff/admin/products", products.products),
    path("t/<slug:slug>/liff/admin/orders", orders.orders),
    path("hooks/stripe", stripe.webhook, name="stripe-webhook"),
    # LIFF opens the registered address with or without its last slash, and no redirect may come in between.
    path("t/<slug:slug>/liff", goods.catalogue),
    path("t/<slug:slug>/liff/", include(shop)),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", metrics.metrics),
    path("api/v1/", api.urls),
    re_path(r"^api/v1/", nothing_here),
]
