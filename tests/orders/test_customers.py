"""The console's pages about customers (JG12), over HTTP; figures against a plain count of the orders."""

import csv
import datetime
import io
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from plusone.base import numbers, scope
from plusone.base.audit import HOUSE
from plusone.catalogue.models import Product
from plusone.customers import actions as customers
from plusone.customers.models import Contact, Customer
from plusone.orders.models import Order, buyers, habits
from plusone.tenants.models import Role, Tenant
from tests import makers
from tests.tenants import browser


@pytest.fixture
def product(tenant: Tenant) -> Product:
    """Something to buy, of which there is enough."""
    return makers.goods(tenant, "高山茶", price=250, stock=1000)


def customer_of(tenant: Tenant, person: str) -> Customer:
    """The customer behind a LINE user id."""
    with scope.tenant(tenant.pk):
        return Contact.objects.select_related("customer").get(line_user_id=person).customer


def buy(tenant: Tenant, product: Product, person: str, times: int = 1, pieces: int = 1) -> list[str]:
    """So many orders of the person; their numbers."""
    return [browser.order(tenant, product, pieces, person=person).number for _ in range(times)]


def cancel(tenant: Tenant, number: str) -> None:
    """Cancel an order at the console."""
    browser.at(tenant).post(browser.path(tenant, f"orders/{number}/status"), {"status": "cancelled"})


def listed(tenant: Tenant, **query: str) -> list[str]:
    """The LINE user ids on the list, in its order."""
    answer = browser.at(tenant).get(browser.path(tenant, "customers/"), query)
    assert answer.status_code == 200
    return [row.line_user_id for row in answer.context["rows"]]


def test_a_customer_is_listed_with_figures_that_leave_cancelled_orders_out(
    tenant: Tenant, product: Product
) -> None:
    person = makers.friend(tenant)
    buy(tenant, product, person, pieces=2)
    buy(tenant, product, person, pieces=1)
    cancel(tenant, buy(tenant, product, person)[0])
    answer = browser.at(tenant).get(browser.path(tenant, "customers/"))
    (row,) = answer.context["rows"]
    assert (row.name, row.orders, row.total, row.average, row.line_user_id) == ("小美", 2, 750, 375, person)
    assert row.last_at is not None
    text = answer.content.decode()
    assert "NT$750" in text
    assert "NT$375" in text


def test_found_by_name_line_user_id_and_order_number(tenant: Tenant, product: Product) -> None:
    person, other = makers.friend(tenant), makers.friend(tenant)
    number = buy(tenant, product, person)[0]
    buy(tenant, product, other)
    with scope.tenant(tenant.pk):
        customers.set_contact_data(
            HOUSE, customer_of(tenant, other), name="100% 阿明_", phone="", email="", note=""
        )
    assert listed(tenant, q=number) == [person]
    assert listed(tenant, q=number.lower()) == [person]
    assert listed(tenant, q=number[-7:]) == [person]
    assert listed(tenant, q=person) == [person]
    assert listed(tenant, q="阿明") == [other]
    assert listed(tenant, q="0% 阿") == [other]
    assert listed(tenant, q="%") == [other]
    assert listed(tenant, q="\x00") == [other, person]
    assert listed(tenant, q="沒有這個人") == []
    assert set(listed(tenant, q="小美")) == {person, other}


def test_filters_bought_new_this_month_and_vip(tenant: Tenant, product: Product) -> None:
    looker, once, vip, nearly = (makers.friend(tenant) for _ in range(4))
    buy(tenant, product, once)
    buy(tenant, product, vip, 10)
    cancel(tenant, buy(tenant, product, nearly, 10)[0])
    began = month_began(tenant)
    with scope.tenant(tenant.pk):
        Customer.objects.filter(pk=customer_of(tenant, once).pk).update(joined_at=began)
        Customer.objects.filter(pk=customer_of(tenant, vip).pk).update(
            joined_at=began - datetime.timedelta(microseconds=1)
        )
    assert listed(tenant, show="bought") == [nearly, vip, once]
    assert listed(tenant, show="vip") == [vip]
    assert listed(tenant, show="new") == [nearly, once, looker]
    assert listed(tenant, show="nonsense", sort="nonsense") == [nearly, vip, once, looker]


def test_new_since_a_day_that_the_figures_name(tenant: Tenant) -> None:
    before, after = makers.friend(tenant), makers.friend(tenant)
    zone = ZoneInfo(tenant.timezone)
    day = datetime.datetime(2026, 3, 5, tzinfo=zone)
    with scope.tenant(tenant.pk):
        for person, joined in ((before, day - datetime.timedelta(microseconds=1)), (after, day)):
            Customer.objects.filter(pk=customer_of(tenant, person).pk).update(joined_at=joined)
    assert listed(tenant, show="new", since="2026-03-05") == [after]
    assert listed(tenant, show="bought", since="2026-03-05") == []
    assert listed(tenant, since="nonsense") == [after, before]
    client = browser.at(tenant)
    shown = client.get(browser.path(tenant, "customers/"), {"show": "new", "since": "2026-03-05"})
    assert "New since 5 Mar" in shown.content.decode()
    figures = client.get(browser.path(tenant, "figures/")).context["tallies"]
    assert "show=new&since=" in next(one["url"] for one in figures if one["name"] == "New customers")


def month_began(tenant: Tenant) -> datetime.datetime:
    """When this month began by the shop's clock."""
    today = makers.today(tenant)
    return datetime.datetime(today.year, today.month, 1, tzinfo=ZoneInfo(tenant.timezone))


def test_ordered_by_each_figure(tenant: Tenant, product: Product) -> None:
    often, much, late = (makers.friend(tenant) for _ in range(3))
    buy(tenant, product, often, 3)
    buy(tenant, product, much, 1, pieces=9)
    buy(tenant, product, late, 1)
    nobody = makers.friend(tenant)
    assert listed(tenant) == [nobody, late, much, often]
    assert listed(tenant, sort="orders") == [often, late, much, nobody]
    assert listed(tenant, sort="total") == [much, often, late, nobody]
    assert listed(tenant, sort="average")[0] == much
    assert listed(tenant, sort="last") == [late, much, often, nobody]


@pytest.mark.parametrize("sort", list(buyers.SORTS))
@pytest.mark.parametrize("show", ["", "bought"])
def test_pages_follow_each_other_without_gap_or_doubling(
    tenant: Tenant, product: Product, sort: str, show: str
) -> None:
    for n in range(7):
        buy(tenant, product, makers.friend(tenant), n % 3)
    month = month_began(tenant)
    with scope.tenant(tenant.pk):
        whole = buyers.listed(buyers.Wanted(month, show=show, sort=sort))
        found: list[buyers.Buyer] = []
        while step := buyers.listed(
            buyers.Wanted(
                month, show=show, sort=sort, after=(found[-1].key, found[-1].pk) if found else None
            ),
            2,
        ):
            found += step
        back: list[buyers.Buyer] = []
        before = ("0", 0) if sort == "joined" else ("-1", 0)
        while step := buyers.listed(buyers.Wanted(month, show=show, sort=sort, before=before), 2):
            back, before = step + back, (step[0].key, step[0].pk)
    assert found == whole
    assert back == whole
    assert len(whole) == (7 if not show else 4)


def test_the_next_page_is_reached_by_its_link(
    tenant: Tenant, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buyers, "PAGE", 2)
    for _ in range(3):
        buy(tenant, product, makers.friend(tenant))
    client, url = browser.at(tenant), browser.path(tenant, "customers/")
    first = client.get(url, {"sort": "total"})
    second = client.get(url + first.context["next_url"])
    assert len(first.context["rows"]) == 2
    assert [row.pk for row in second.context["rows"]] == [min(row.pk for row in all_rows(client, url))]
    assert second.context["next_url"] == ""
    assert client.get(url, {"after": "'; drop table:1"}).status_code == 200


@pytest.mark.parametrize("sort", ["joined", "total"])
def test_one_can_go_back_page_by_page(
    tenant: Tenant, product: Product, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(buyers, "PAGE", 2)
    people = [makers.friend(tenant) for _ in range(5)]
    for person in people:
        buy(tenant, product, person)
    client, url = browser.at(tenant), browser.path(tenant, "customers/")
    pages = [client.get(url, {"sort": sort})]
    while pages[-1].context["next_url"]:
        pages.append(client.get(url + pages[-1].context["next_url"]))
    shown = [page.context["rows"] for page in pages]
    assert [len(rows) for rows in shown] == [2, 2, 1]
    back = [pages[-1]]
    while back[-1].context["previous_url"]:
        back.append(client.get(url + back[-1].context["previous_url"]))
    assert [page.context["rows"] for page in back] == shown[::-1]
    for forged in ("x", "1:1", f"0:{shown[0][1].pk}", "9" * 18 + ":" + "9" * 18):
        assert client.get(url, {"sort": sort, "before": forged}).status_code == 200


def all_rows(client: Client, url: str) -> list[buyers.Buyer]:
    """What the two pages in the ordinary order list."""
    first = client.get(url)
    return [*first.context["rows"], *client.get(url + first.context["next_url"]).context["rows"]]


def test_the_detail_shows_favourites_frequency_and_both_line_dates(tenant: Tenant, product: Product) -> None:
    person = makers.friend(tenant)
    buy(tenant, product, person, 2, pieces=2)
    soap = makers.goods(tenant, "手工皂", stock=50)
    buy(tenant, soap, person, 1, pieces=3)
    cancel(tenant, buy(tenant, soap, person, 1, pieces=40)[0])
    found = customer_of(tenant, person)
    seen, linked = (datetime.datetime(2024, month, 3, tzinfo=datetime.UTC) for month in (2, 5))
    with scope.tenant(tenant.pk):
        Contact.objects.filter(line_user_id=person).update(first_seen_at=seen, linked_at=linked)
    answer = browser.at(tenant).get(browser.path(tenant, f"customers/{found.pk}/"))
    favourites = [(one.name, one.pieces, one.orders, one.worth) for one in answer.context["favourites"]]
    assert favourites == [("高山茶", 4, 2, 1000), ("手工皂", 3, 1, 300)]
    assert answer.context["months"][-1][1] == 3
    text = " ".join(answer.content.decode().split())
    assert text.index("LINE ID registered") < text.index("3 Feb 2024") < text.index("LINE ID linked")
    assert text.index("LINE ID linked") < text.index("3 May 2024")


def test_a_customer_without_orders_has_a_page(tenant: Tenant) -> None:
    found = customer_of(tenant, makers.friend(tenant))
    shown = browser.at(tenant).get(browser.path(tenant, f"customers/{found.pk}/")).content.decode()
    assert "NT$0" in shown
    assert "How often they buy" not in shown


@pytest.mark.parametrize(
    ("zone", "moment", "month"),
    [
        ("Asia/Taipei", "2026-06-30T16:00:00+00:00", 7),
        ("Asia/Taipei", "2026-06-30T15:59:59+00:00", 6),
        ("Asia/Tokyo", "2026-06-30T15:00:00+00:00", 7),
        ("America/New_York", "2026-07-01T03:59:59+00:00", 6),
        ("America/New_York", "2026-07-01T04:00:00+00:00", 7),
    ],
)
def test_a_month_begins_at_midnight_in_the_shop(
    tenant: Tenant, product: Product, zone: str, moment: str, month: int
) -> None:
    person = makers.friend(tenant)
    number = buy(tenant, product, person)[0]
    with scope.tenant(tenant.pk):
        Order.objects.filter(number=number).update(placed_at=moment)
        found = habits.rhythm(customer_of(tenant, person).pk, datetime.date(2026, 9, 1), zone)
    assert [(day.month, count) for day, count in found.months if count] == [(month, 1)]


def test_how_often_is_days_between_buying_days(tenant: Tenant, product: Product) -> None:
    person = makers.friend(tenant)
    for number, day in zip(buy(tenant, product, person, 4), (1, 1, 11, 31), strict=True):
        with scope.tenant(tenant.pk):
            Order.objects.filter(number=number).update(placed_at=f"2026-01-{day:02d}T04:00:00+00:00")
    with scope.tenant(tenant.pk):
        found = habits.rhythm(customer_of(tenant, person).pk, datetime.date(2026, 2, 10), "Asia/Taipei")
    assert (found.every_days, found.since_days) == (15, 10)


CONTACT = {
    "name": "王小美",
    "phone": "0912-345-678",
    "email": "mei@example.com",
    "note": "不要香菜\n請打電話",
}


def test_contact_data_is_stored_and_stands_in_the_history_without_itself(tenant: Tenant) -> None:
    found = customer_of(tenant, makers.friend(tenant))
    client = browser.at(tenant)
    client.post(browser.path(tenant, f"customers/{found.pk}/contact"), CONTACT)
    found = _anew(tenant, found)
    assert {name: getattr(found, name) for name in CONTACT} == CONTACT
    history = client.get(browser.path(tenant, "settings/history")).content.decode()
    assert "Changed the contact data of 王小美" in history
    assert "0912" not in history


def _anew(tenant: Tenant, found: Customer) -> Customer:
    with scope.tenant(tenant.pk):
        return Customer.objects.get(pk=found.pk)


def test_a_bad_email_is_explained_and_nothing_is_stored(tenant: Tenant) -> None:
    found = customer_of(tenant, makers.friend(tenant))
    answer = browser.at(tenant).post(
        browser.path(tenant, f"customers/{found.pk}/contact"), {**CONTACT, "email": "mei"}
    )
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert _anew(tenant, found).phone == ""


EVIL = '=1+1<script>alert(1)</script>\u202e{{ x }}"\r\n,'


def test_names_and_notes_stay_data(tenant: Tenant, product: Product) -> None:
    person = makers.friend(tenant)
    buy(tenant, product, person)
    found = customer_of(tenant, person)
    with scope.tenant(tenant.pk):
        customers.set_contact_data(HOUSE, found, name=EVIL, phone="=0912", email=EVIL, note=EVIL)
    client = browser.at(tenant)
    for rest in ("customers/", f"customers/{found.pk}/"):
        text = client.get(browser.path(tenant, rest)).content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
    rows = exported(client, tenant, kind="csv")
    assert len(rows) == 2
    assert all(not cell.startswith("=") for cell in rows[1])


def exported(client: Client, tenant: Tenant, **query: str) -> list[list[str]]:
    """The rows of the CSV."""
    answer = client.get(browser.path(tenant, "customers/export"), query)
    assert answer["Content-Type"].startswith("text/csv")
    raw = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.reader(io.StringIO(raw)))


def test_the_export_has_what_the_list_shows(
    tenant: Tenant, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buyers, "_BATCH", 2)
    people = [makers.friend(tenant) for _ in range(5)]
    for n, person in enumerate(people):
        buy(tenant, product, person, n)
    client = browser.at(tenant)
    rows = exported(client, tenant, kind="csv", show="bought", sort="orders")
    assert rows[0][:3] == ["Name of the customer", "Name at LINE", "LINE user ID"]
    assert [(row[2], row[4], row[5]) for row in rows[1:]] == [
        (people[n], str(n), str(250 * n)) for n in (4, 3, 2, 1)
    ]
    answer = client.get(browser.path(tenant, "customers/export"), {"kind": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet is not None
    assert sheet.max_row == 6
    assert "Downloaded the list" in client.get(browser.path(tenant, "settings/history")).content.decode()
    assert browser.at(tenant, Role.STAFF).get(browser.path(tenant, "customers/export")).status_code == 403


def test_figures_agree_with_the_orders_whatever_happens(tenant: Tenant, product: Product) -> None:
    """Sums of the list, of the detail and of a plain count over the orders are the same."""
    people = [makers.friend(tenant) for _ in range(4)]
    for n, person in enumerate(people):
        numbers_ = buy(tenant, product, person, 2 + n, pieces=1 + n)
        cancel(tenant, numbers_[0])
    with scope.tenant(tenant.pk):
        orders = list(Order.objects.exclude(status="cancelled"))
        rows = buyers.listed(buyers.Wanted(numbers.database_now()))
        assert {(row.pk, row.orders, row.total) for row in rows} == {
            (pk, len(own), sum(order.total for order in own))
            for pk in {order.customer_id for order in orders}
            if (own := [order for order in orders if order.customer_id == pk])
        }
        assert [buyers.one(row.pk) for row in rows] == [replace(row, key=str(row.pk)) for row in rows]
        assert all(sum(one.worth for one in habits.favourites(row.pk)) == row.total for row in rows)


def test_pages_cost_the_same_statements_however_many_customers(tenant: Tenant, product: Product) -> None:
    buy(tenant, product, makers.friend(tenant))
    client = browser.at(tenant)
    few = {sort: statements(client, browser.path(tenant, f"customers/?sort={sort}")) for sort in buyers.SORTS}
    for _ in range(5):
        buy(tenant, product, makers.friend(tenant), 2)
    for sort, count in few.items():
        assert statements(client, browser.path(tenant, f"customers/?sort={sort}")) == count


def statements(client: Client, url: str) -> int:
    """How many statements the page costs."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_another_shops_customer_is_not_found(tenant: Tenant) -> None:
    other = makers.shop()
    pk = customer_of(other, makers.friend(other)).pk
    assert browser.at(tenant).get(browser.path(tenant, f"customers/{pk}/")).status_code == 404
