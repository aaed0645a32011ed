"""Make a rich menu from a template or an own picture, and change it."""

import dataclasses
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_GET

from plusone.base import pictures, uploads
from plusone.base.views import notices
from plusone.catalogue.views import images
from plusone.chat.actions import menus as actions
from plusone.chat.actions import publication
from plusone.chat.models import RichMenu
from plusone.chat.rules import menus as rules
from plusone.chat.rules.menus import MenuDraft
from plusone.chat.views import menu_art, menu_form, menu_words
from plusone.chat.views.menu_form import AreaRows, MenuForm, TemplateForm, UploadForm
from plusone.tenants.access import actor, may
from plusone.tenants.middleware import TenantRequest
from plusone.tenants.views.pages import address, page

if TYPE_CHECKING:
    from plusone.chat.views.menu_form import Areas

_DAY = 86400


@may("messages.menus")
def add(request: TenantRequest, slug: str) -> HttpResponse:
    """A new menu: from a template, or from a picture."""
    upload = (
        UploadForm(request.POST or None, request.FILES or None) if "upload" in request.POST else UploadForm()
    )
    template = TemplateForm(request.POST) if "use" in request.POST else TemplateForm(initial=_usual(request))
    made: RichMenu | None = None
    try:
        if upload.is_bound and upload.is_valid():
            made = _from_picture(request, upload)
        elif template.is_bound and template.is_valid():
            made = _from_template(request, template)
    except actions.TooMany:
        notices.leave(
            request, gettext("You have as many menus as can be kept. Please remove one first."), loss=True
        )
    if made:
        return redirect(address(request, "console-menu", made.pk))
    bound = upload.is_bound or template.is_bound
    context = {"upload": upload, "template": template, "templates": _shown_templates(template)}
    return page(request, "chat/menu_new.html", context, 422 if bound else 200)


def _usual(request: TenantRequest) -> dict[str, str]:
    language = request.tenant.language
    return {"template": "market", "palette": "indigo", "language": language}


def _shown_templates(form: TemplateForm) -> list[dict[str, Any]]:
    chosen = form["template"].value()
    return [
        {"name": name, "label": label, "part": next(iter(menu_art.TEMPLATES[name])), "chosen": name == chosen}
        for name, label in menu_form.TEMPLATES
    ]


def _from_picture(request: TenantRequest, form: UploadForm) -> RichMenu | None:
    width, height = menu_form.size(form.cleaned_data["size"])
    image = _stored(form, width, height)
    if image is None:
        return None
    empty = MenuDraft(gettext("New menu"), gettext("Menu"), width, height)
    return actions.make(actor(request), empty, image)


def _stored(form: UploadForm | MenuForm, width: int, height: int) -> str | None:
    """The uploaded picture in LINE's size and stored; a sentence at its field when it can't be used."""
    sent = form.cleaned_data.get("picture")
    if not isinstance(sent, UploadedFile):
        return None
    try:
        pictures.admit()
        fitted = uploads.fit_image(sent.read(uploads.MAX_BYTES + 1), width, height)
    except uploads.UploadError as error:
        form.add_error("picture", images.refusal(error))
        return None
    return uploads.put(settings.FILES, fitted, ".jpg")


def _from_template(request: TenantRequest, form: TemplateForm) -> RichMenu:
    """The template's menus; of several the first is shown. Tabs are tied once all of them exist."""
    given = form.cleaned_data
    drafts = menu_words.template_drafts(given["template"], given["language"])
    made = {}
    for part, draft in drafts.items():
        picture = menu_art.drawn(given["template"], part, given["language"], given["palette"])
        without_tabs = dataclasses.replace(draft, areas=())
        made[part] = actions.make(actor(request), without_tabs, uploads.put(settings.FILES, picture, ".jpg"))
    for part, draft in drafts.items():
        areas = tuple(
            dataclasses.replace(area, value=str(made[area.value].pk)) if area.kind == "tab" else area
            for area in draft.areas
        )
        actions.change(actor(request), made[part], dataclasses.replace(draft, areas=areas))
    return next(iter(made.values()))


@may("messages.see")
@require_GET
def template_picture(request: TenantRequest, slug: str, name: str) -> HttpResponse:
    """How a template looks (`?language=&palette=&part=`), small."""
    part, palette = request.GET.get("part", ""), request.GET.get("palette", "indigo")
    language = request.GET.get("language") or get_language() or "zh-hant"
    if not menu_form.is_template(name, part, language, palette):
        raise Http404
    picture = menu_art.drawn(name, part, language, palette, width=600)
    return HttpResponse(
        picture, content_type="image/jpeg", headers={"Cache-Control": f"private, max-age={_DAY}"}
    )


@may("messages.menus")
def edit(request: TenantRequest, slug: str, pk: int) -> HttpResponse:
    """A menu with its areas; POST saves, and publishes when asked to."""
    menu = get_object_or_404(RichMenu.objects.kept(), pk=pk)
    tabs = [(str(one.pk), one.name) for one in RichMenu.objects.kept().exclude(pk=pk)]
    if request.method == "POST":
        return _submitted(request, menu, tabs)
    form, rows = menu_form.filled(menu, tabs)
    return _shown(request, menu, form, rows, 200)


def _submitted(request: TenantRequest, menu: RichMenu, tabs: list[tuple[str, str]]) -> HttpResponse:
    form, rows = MenuForm(request.POST, request.FILES), AreaRows(request.POST, form_kwargs={"tabs": tabs})
    if form.is_valid() and rows.is_valid():
        picture = _stored(form, menu.width, menu.height)
        draft = menu_form.draft(menu, form, rows)
        # A draft may be unfinished; what no picture could mend is told at once.
        problems = [one for one in _mistakes(draft) if one.code not in ("picture", "no_areas")]
        if not form.errors and not problems:
            return _saved(request, menu, draft, picture or "")
        return _shown(request, menu, form, rows, 422, [menu_words.problem(one) for one in problems])
    return _shown(request, menu, form, rows, 422, _row_problems(rows))


def _mistakes(draft: MenuDraft) -> list[rules.Problem]:
    known = [str(pk) for pk in RichMenu.objects.kept().values_list("pk", flat=True)]
    return rules.problems(draft, has_picture=True, menus=known)


def _row_problems(rows: "Areas") -> list[str]:
    found = [str(error) for error in rows.non_form_errors()]
    for number, row in enumerate(rows, start=1):
        for errors in row.errors.values():
            found += [
                gettext("Area %(number)d: %(problem)s") % {"number": number, "problem": e} for e in errors
            ]
    return found


def _saved(request: TenantRequest, menu: RichMenu, draft: MenuDraft, picture: str) -> HttpResponse:
    try:
        actions.change(actor(request), menu, draft, picture)
    except actions.Busy:
        notices.leave(
            request, gettext("This menu is on its way to LINE right now. Please wait a moment."), loss=True
        )
        return redirect(address(request, "console-menu", menu.pk))
    if "publish" in request.POST:
        return publish_now(request, menu)
    notices.leave(request, gettext("Saved. LINE shows it once you publish it."))
    return redirect(address(request, "console-menu", menu.pk))


def publish_now(request: TenantRequest, menu: RichMenu) -> HttpResponse:
    """Put the menu on its way, or say what keeps it back; then its page."""
    try:
        actions.publish(actor(request), menu, site(request))
    except actions.NotPublishable as error:
        said = " ".join(menu_words.problem(one) for one in error.problems)
        notices.leave(request, f"{error.menu.name}: {said}", loss=True)
    return redirect(address(request, "console-menu", menu.pk))


def site(request: TenantRequest) -> str:
    """Our own address, as buyers reach it."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def _shown(
    request: TenantRequest,
    menu: RichMenu,
    form: MenuForm,
    rows: "Areas",
    status: int,
    problems: list[str] | None = None,
) -> HttpResponse:
    context = {
        "menu": menu,
        "form": form,
        "rows": rows,
        "problems": problems or [],
        "state": menu_words.state(menu),
        "reason": menu_words.REASONS.get(menu.reason, ""),
        "step": menu_words.STEPS[menu.step],
        "steps": len(menu_words.STEPS) - 1,
        "busy": menu.state == RichMenu.State.PUBLISHING,
        "account": request.tenant.name,
        "is_shown": _is_shown(menu),
    }
    return page(request, "chat/menu.html", context, status)


def _is_shown(menu: RichMenu) -> bool:
    """Whether anybody sees it: as the default, at set times, or as a tab of another menu."""
    if menu.line_id == publication.turn().wanted or menu.slots.exists():
        return True
    others = RichMenu.objects.at_line().exclude(pk=menu.pk)
    return any(
        area.kind == "tab" and area.value == str(menu.pk) for one in others for area in one.draft().areas
    )
