"""Every address of the simulator: LINE's own first, then the control API, then the phone page."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from plusone.simulator.api import account, content, groups, menu_links, menus, oauth, people, send
from plusone.simulator.api.endpoint import answer
from plusone.simulator.control import accounts, company, media, plant, reading, storm, talk
from plusone.simulator.phone.views import phone

_GROUP = "v2/bot/<str:kind>/<str:group>"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """LINE's answer for an address it does not have."""
    return answer({"message": "Not found"}, 404)


handler404 = "plusone.simulator.urls.not_found"

urlpatterns: list[URLPattern | URLResolver] = [
    path("v2/bot/message/reply", send.reply),
    path("v2/bot/message/push", send.push),
    path("v2/bot/message/multicast", send.multicast),
    path("v2/bot/message/broadcast", send.broadcast),
    path("v2/bot/message/validate/reply", send.validate),
    path("v2/bot/message/validate/push", send.validate),
    path("v2/bot/message/validate/multicast", send.validate),
    path("v2/bot/message/validate/narrowcast", send.validate),
    path("v2/bot/message/validate/broadcast", send.validate),
    path("v2/bot/message/quota", account.quota_limit),
    path("v2/bot/message/quota/consumption", account.consumption),
    path("v2/bot/message/<str:message>/content", content.content),
    path("v2/bot/message/<str:message>/content/preview", content.preview),
    path("v2/bot/message/<str:message>/content/transcoding", content.transcoding),
    path("v2/bot/profile/<str:user>", people.profile),
    path("v2/bot/followers/ids", people.followers),
    path("v2/bot/chat/loading/start", people.loading),
    path("v2/bot/chat/markAsRead", people.mark_as_read),
    path("v2/bot/info", account.info),
    path("v2/bot/richmenu", menus.create),
    path("v2/bot/richmenu/validate", menus.validate),
    path("v2/bot/richmenu/list", menus.listed),
    path("v2/bot/richmenu/bulk/link", menu_links.bulk_link),
    path("v2/bot/richmenu/bulk/unlink", menu_links.bulk_unlink),
    path("v2/bot/richmenu/alias", menu_links.make_alias),
    path("v2/bot/richmenu/alias/list", menu_links.aliases),
    path("v2/bot/richmenu/alias/<str:alias>", menu_links.alias),
    path("v2/bot/richmenu/<str:menu>", menus.menu),
    path("v2/bot/richmenu/<str:menu>/content", menus.content),
    path("v2/bot/user/all/richmenu", menus.default),
    path("v2/bot/user/all/richmenu/<str:menu>", menus.set_default),
    path("v2/bot/user/<str:user>/richmenu", menu_links.of_user),
    path("v2/bot/user/<str:user>/richmenu/<str:menu>", menu_links.link),
    path("v2/bot/channel/webhook/endpoint", account.webhook),
    path("v2/bot/channel/webhook/test", account.test_webhook),
    path(f"{_GROUP}/summary", groups.summary),
    path(f"{_GROUP}/members/count", groups.member_count),
    path(f"{_GROUP}/members/ids", groups.member_ids),
    path(f"{_GROUP}/member/<str:user>", groups.member),
    path(f"{_GROUP}/leave", groups.leave),
    path("v2/oauth/accessToken", oauth.short_lived),
    path("v2/oauth/verify", oauth.verify),
    path("v2/oauth/revoke", oauth.revoke),
    path("oauth2/v3/token", oauth.stateless),
    path("oauth2/v2.1/verify", oauth.verify),
    path("control/world", reading.world),
    path("control/poll", reading.poll),
    path("control/chats/<str:chat>/messages", talk.chat_messages),
    path("control/chats/<str:chat>/postback", talk.postback),
    path("control/chats/<str:chat>/menu", talk.switch_menu),
    path("control/chats/<str:chat>/read", talk.read),
    path("control/messages/<str:message>", reading.message),
    path("control/messages/<str:message>/unsend", talk.unsend),
    path("control/messages/<str:message>/edit", talk.edit),
    path("control/media/<str:name>", media.media),
    path("control/accepted", reading.accepted),
    path("control/requests", reading.requests),
    path("control/deliveries", reading.deliveries),
    path("control/stats", reading.stats),
    path("control/people", company.people),
    path("control/people/<str:person>", company.person),
    path("control/groups", company.groups),
    path("control/groups/<str:chat>/members", company.members),
    path("control/groups/<str:chat>/members/<str:person>", company.member),
    path("control/groups/<str:chat>/account", company.account),
    path("control/providers", accounts.providers),
    path("control/channels", accounts.channels),
    path("control/channels/<str:channel>", accounts.channel),
    path("control/channels/<str:channel>/people", accounts.user_ids),
    path("control/channels/<str:channel>/friends/<str:person>", company.friend),
    path("control/seed", accounts.seed),
    path("control/reset", accounts.reset),
    path("control/tokens", storm.tokens),
    path("control/webhook", storm.webhook),
    path("control/flush", storm.flush),
    path("control/clock", storm.clock),
    path("control/faults", plant.faults),
    path("control/faults/reset", plant.reset),
    path("control/faults/<str:name>", plant.fault),
    path("", phone),
]
