"""LINE's rich menus: the calls that make, picture, name, show and delete them. One try each.

LINE has no retry key here: who repeats a call looks first whether it was done (facts/reliability.md 5.4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plusone.line import answers, errors, wire
from plusone.line.client import CONTENT_SECONDS, Client, part

IMAGE_BYTES = 1_000_000
_TYPES = {b"\xff\xd8\xff": b"image/jpeg", b"\x89PN": b"image/png"}


@dataclass(frozen=True)
class Menu:
    """A menu as LINE has it: its id and its object (size, selected, name, chatBarText, areas)."""

    id: str
    body: answers.Json


class MenuClient(Client):
    """An account's rich menus. Raises what `Client` raises."""

    def validate_menu(self, body: Mapping[str, Any]) -> None:
        """Let LINE check a menu, unmade. Raises Refused with details."""
        self._call("POST", "/v2/bot/richmenu/validate", body)

    def create_menu(self, body: Mapping[str, Any]) -> str:
        """Make a menu and return its id; it has no picture yet. At most 100 an hour, 1,000 in all."""
        return answers.words(self._call("POST", "/v2/bot/richmenu", body), "richMenuId")

    def menus(self) -> list[Menu]:
        """All menus made over this API; those of LINE's own manager are not among them."""
        listed = self._call("GET", "/v2/bot/richmenu/list").get("richmenus")
        return [_menu(one) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []

    def delete_menu(self, menu_id: str) -> None:
        """Delete a menu; who had it sees the default at once. One that is gone already is no error."""
        self._gone(f"/v2/bot/richmenu/{part(menu_id)}")

    def upload_image(self, menu_id: str, image: bytes) -> None:
        """Give a menu its one picture: JPEG or PNG, the menu's size, at most 1 MB. It can't be replaced."""
        kind = _TYPES[image[:3]]
        url = f"{self._addresses.data}/v2/bot/richmenu/{part(menu_id)}/content"
        headers = [*self._headers, (b"content-type", kind)]
        answer = wire.exchange(self._pool, "POST", url, headers, image, seconds=CONTENT_SECONDS)
        if not 200 <= answer.status < 300:
            raise wire.failure(answer)

    def image(self, menu_id: str) -> bytes | None:
        """A menu's picture, or None while it has none."""
        url = f"{self._addresses.data}/v2/bot/richmenu/{part(menu_id)}/content"
        answer = wire.exchange(
            self._pool, "GET", url, self._headers, max_bytes=2 * IMAGE_BYTES, seconds=CONTENT_SECONDS
        )
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise wire.failure(answer)
        return answer.body

    def default_menu(self) -> str | None:
        """The menu that everybody without an own one sees, or None."""
        try:
            return answers.words(self._call("GET", "/v2/bot/user/all/richmenu"), "richMenuId")
        except errors.NotFound:
            return None

    def set_default_menu(self, menu_id: str | None) -> None:
        """Show a menu to everybody; None shows none. Chats that are open change within a minute."""
        if menu_id is None:
            self._gone("/v2/bot/user/all/richmenu")
        else:
            self._call("POST", f"/v2/bot/user/all/richmenu/{part(menu_id)}")

    def menu_of(self, user_id: str) -> str | None:
        """A person's own menu, or None."""
        try:
            return answers.words(self._call("GET", f"/v2/bot/user/{part(user_id)}/richmenu"), "richMenuId")
        except errors.NotFound:
            return None

    def link_menu(self, user_id: str, menu_id: str | None) -> None:
        """Give a friend an own menu at once, or take it away; LINE says nothing of who is no friend."""
        if menu_id is None:
            self._gone(f"/v2/bot/user/{part(user_id)}/richmenu")
        else:
            self._call("POST", f"/v2/bot/user/{part(user_id)}/richmenu/{part(menu_id)}")

    def link_menus(self, user_ids: list[str], menu_id: str | None) -> None:
        """The same for at most 500 people; LINE does it within moments, in the background."""
        if menu_id is None:
            self._call("POST", "/v2/bot/richmenu/bulk/unlink", {"userIds": user_ids})
        else:
            payload = {"richMenuId": menu_id, "userIds": user_ids}
            self._call("POST", "/v2/bot/richmenu/bulk/link", payload)

    def aliases(self) -> dict[str, str]:
        """The names that tabs switch to, each with its menu's id."""
        listed = self._call("GET", "/v2/bot/richmenu/alias/list").get("aliases")
        found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        return {answers.words(one, "richMenuAliasId"): answers.words(one, "richMenuId") for one in found}

    def set_alias(self, alias: str, menu_id: str) -> None:
        """Let the name lead to this menu, whether it is new or not."""
        try:
            self._call("POST", f"/v2/bot/richmenu/alias/{part(alias)}", {"richMenuId": menu_id})
        except errors.NotFound:
            payload = {"richMenuAliasId": alias, "richMenuId": menu_id}
            self._call("POST", "/v2/bot/richmenu/alias", payload)

    def delete_alias(self, alias: str) -> None:
        """Remove a name; one that is gone already is no error."""
        self._gone(f"/v2/bot/richmenu/alias/{part(alias)}")

    def _gone(self, path: str) -> None:
        try:
            self._call("DELETE", path)
        except errors.NotFound:
            return


def _menu(listed: Mapping[str, Any]) -> Menu:
    body = {key: value for key, value in listed.items() if key != "richMenuId"}
    return Menu(str(listed.get("richMenuId", "")), body)
