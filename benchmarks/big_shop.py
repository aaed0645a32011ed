"""A shop as it looks after a year and a half: 100,000 orders, 10,000 products, 15,000 customers, and what
goes with them, made by a dozen statements in some seconds.

Customers are uneven as real ones are (a few order hundreds of times), three in a hundred orders are still to
be paid, and the newest round has some thousands of orders.
"""

from dataclasses import dataclass

import psycopg
from django.conf import settings
from django.db import connection
from psycopg import sql

from plusone.base import scope
from plusone.tenants.models import Tenant

DAYS = 550
PRODUCTS_A_ROUND = 12


@dataclass(frozen=True, slots=True)
class Size:
    """How much of each; `in_round` are the orders of the newest round."""

    orders: int = 100_000
    products: int = 10_000
    customers: int = 15_000
    in_round: int = 3_000
    reports: int = 300
    rounds: int = 40


_PRODUCTS = """
    insert into plusone_product (tenant_id, code, public_id, name, description, category, price, option_names,
                                 words, image, thumbnail, is_public, place, home_chat, published_at, version)
    select %(tenant)s, 'P' || lpad(n::text, 6, '0'), 'g' || md5(n::text || %(key)s)::varchar(20),
           (array['高山烏龍茶', '手工牛軋糖', '冷凍水餃', '有機白米', '防水外套', '保溫瓶', '香草護手霜',
                  '日式醬油', '花生酥', '純棉毛巾', '鳳梨酥禮盒', '親子露營椅'])[1 + n %% 12]
             || ' ' || (array['小', '中', '大', '特大', '家庭號'])[1 + n / 12 %% 5] || ' ' || n,
           '', (array['茶葉', '零食', '冷凍', '米糧', '服飾', '生活', '保養', '調味'])[1 + n %% 8],
           50 + n %% 900, case when n %% 3 = 0 then '["尺寸"]' else '[]' end::jsonb, '[]', '', '',
           n %% 4 <> 0, n / 3, '', now() - n * interval '1 hour', 1
      from generate_series(1, %(products)s) n
"""
_VARIANTS = """
    insert into plusone_variant (tenant_id, product_id, sku, options, stock, unlimited, position, is_active)
    select p.tenant_id, p.id, '', case when s.size = '' then '[]'::jsonb else jsonb_build_array(s.size) end,
           (p.id * 7 + s.place * 3) %% 200, p.id %% 9 = 0, s.place, true
      from plusone_product p,
           unnest(case when p.option_names = '[]' then array[''] else array['S', 'M', 'L'] end)
           with ordinality s (size, place)
     where p.tenant_id = %(tenant)s
"""
_CUSTOMERS = """
    insert into plusone_customer (tenant_id, name, phone, email, joined_at)
    select %(tenant)s,
           substr('陳林黃張李王吳劉蔡楊許鄭謝郭洪曾邱廖賴周', 1 + n %% 20, 1)
             || substr('怡志雅家淑俊美建文佳', 1 + n / 20 %% 10, 1)
             || substr('君豪婷偉芬傑玲宏惠蓉', 1 + n / 200 %% 10, 1)
             || case when n %% 3 = 0 then '' else ' ' || n end,
           '09' || lpad((n * 7919 %% 100000000)::text, 8, '0'), '',
           now() - interval '1 day' * %(days)s * (1 - n::float / %(customers)s)
      from generate_series(1, %(customers)s) n
"""
_CONTACTS = """
    insert into plusone_contact (tenant_id, line_user_id, customer_id, display_name, picture_url, language,
                                 first_seen_at, linked_at, profile_at, followed_at)
    select tenant_id, 'U' || md5(id::text || %(key)s), id, 'Amy ' || id, '', 'zh-hant', joined_at, joined_at,
           joined_at, joined_at
      from plusone_customer where tenant_id = %(tenant)s
"""
_GROUPS = """
    insert into plusone_groupchat (tenant_id, chat_key, kind, name)
    select %(tenant)s, 'C' || md5(n::text || %(key)s), 'group', '團購群 ' || n from generate_series(1, 5) n
"""
_ROUNDS = """
    insert into plusone_round (tenant_id, name, opens_at, closes_at, finished_at)
    select %(tenant)s, '第 ' || n || ' 團', now() - (%(rounds)s - n + 1) * interval '5 days',
           now() - (%(rounds)s - n) * interval '5 days' + interval '1 day',
           case when n < %(rounds)s - 2 then now() - (%(rounds)s - n - 1) * interval '5 days' end
      from generate_series(1, %(rounds)s) n
"""
_ROUND_PRODUCTS = """
    insert into plusone_roundproduct (tenant_id, round_id, product_id)
    select r.tenant_id, r.id, p.id
      from (select *, row_number() over (order by id) as n from plusone_round
             where tenant_id = %(tenant)s) r
      join (select *, row_number() over (order by id) as n from plusone_product
             where tenant_id = %(tenant)s) p
        on (p.n - 1) / %(each)s = r.n - 1
"""
_ROUND_CHATS = """
    insert into plusone_roundchat (tenant_id, round_id, group_id)
    select r.tenant_id, r.id, g.id from plusone_round r join plusone_groupchat g using (tenant_id)
     where r.tenant_id = %(tenant)s
"""
_PICKUP_POINTS = """
    insert into plusone_pickuppoint (tenant_id, name, group_id)
    select tenant_id, name || ' 取貨點', id from plusone_groupchat where tenant_id = %(tenant)s
"""
# Orders lie evenly over the days, the oldest first, so that ids rise with time as in life.
_ORDERS = """
    insert into plusone_order (tenant_id, number, public_id, customer_id, contact_id, status, source,
                               source_word, chat_key, cause, currency, total, placed_at, updated_at)
    select %(tenant)s,
           %(key)s || '-' || to_char(o.at at time zone 'Asia/Taipei', 'YYYYMMDD') || '-'
             || lpad((row_number() over (partition by (o.at at time zone 'Asia/Taipei')::date
                                         order by o.n))::text, 4, '0'),
           'o' || md5(o.n::text || %(key)s)::varchar(22), c.id, t.id,
           case when o.n %% 25 = 0 then 'cancelled'
                when o.n > %(orders)s * 0.97 then (array['purchased', 'not_purchased', 'paid'])[1 + o.n %% 3]
                when o.n %% 100 = 1 then 'purchased'
                else (array['shipped', 'shipped', 'shipped', 'paid'])[1 + o.n %% 4] end,
           (array['chat', 'group', 'group', 'liff'])[1 + o.n %% 4], '',
           case when o.n %% 4 in (1, 2) then 'C' || md5((1 + o.n %% 5)::text || %(key)s) else '' end,
           'b' || o.n, 'TWD', 0, o.at, o.at
      from (select n, now() - interval '1 day' * %(days)s * (1 - n::float / %(orders)s) as at,
                   ceil(%(customers)s * power(random(), 2.2))::int as buyer
              from generate_series(1, %(orders)s) n) o
      join (select id, row_number() over (order by md5(id::text)) as n
              from plusone_customer where tenant_id = %(tenant)s) c on c.n = greatest(o.buyer, 1)
      join plusone_contact t on t.tenant_id = %(tenant)s and t.customer_id = c.id
     order by o.n
"""
# The newest orders take what the newest round sells; every second of the others what some round sold.
_LINES = """
    insert into plusone_orderline (tenant_id, order_id, customer_id, product_id, variant_id, product_code,
                                   name, variant_label, round_id, asked, quantity, unit_price)
    select w.tenant_id, w.order_id, w.customer_id, g.product_id, g.variant_id, g.code, g.name, g.label,
           case when w.age <= %(in_round)s
                then (select max(id) from plusone_round where tenant_id = %(tenant)s)
                else g.round_id end,
           1 + w.age %% 3, case when w.age %% 97 = 0 and w.line > 1 then 0 else 1 + w.age %% 3 end, g.price
      from (select o.*, l.line,
                   case when age <= %(in_round)s
                        then (%(rounds)s - 1) * %(each)s + 1 + (age * l.line) %% %(each)s
                        when age %% 2 = 0 then 1 + (age * 31 + l.line * 7) %% ((%(rounds)s - 1) * %(each)s)
                        else 1 + (age * 7919 + l.line * 104729) %% %(products)s end as good
              from (select tenant_id, id as order_id, customer_id, row_number() over (order by id desc) as age
                      from plusone_order where tenant_id = %(tenant)s) o
              join generate_series(1, 3) l (line) on l.line <= 1 + age %% 3) w
      join (select p.id as product_id, v.id as variant_id, p.code, p.name,
                   coalesce(v.options ->> 0, '') as label, p.price, r.round_id, p.n
              from (select *, row_number() over (order by id) as n from plusone_product
                     where tenant_id = %(tenant)s) p
              join plusone_variant v on v.tenant_id = p.tenant_id and v.product_id = p.id and v.position = 1
              left join plusone_roundproduct r on r.tenant_id = p.tenant_id and r.product_id = p.id) g
        on g.n = w.good
     order by w.order_id, w.line
"""
_TOTALS = """
    update plusone_order o set total = l.sum
      from (select order_id, sum(quantity * unit_price) from plusone_orderline where tenant_id = %(tenant)s
             group by order_id) l
     where o.tenant_id = %(tenant)s and o.id = l.order_id
"""
_HISTORY = """
    insert into plusone_orderchange (tenant_id, order_id, at, actor_kind, actor, what, before, after)
    select o.tenant_id, o.id, o.placed_at + s.n * interval '1 hour', 'house', '',
           case when s.n = 0 then 'placed' else 'status' end, case when s.n = 0 then '' else 'purchased' end,
           case when s.n = 0 then 'purchased' else o.status end
      from plusone_order o, generate_series(0, 1) s (n)
     where o.tenant_id = %(tenant)s and (s.n = 0 or o.status <> 'purchased')
"""
_MOVEMENTS = """
    insert into plusone_stockmovement (tenant_id, variant_id, quantity, reason, cause, at, actor_kind, actor)
    select l.tenant_id, l.variant_id, -sum(l.quantity), 'order', 'order:' || l.order_id, min(o.placed_at),
           'house', ''
      from plusone_orderline l join plusone_order o on o.tenant_id = l.tenant_id and o.id = l.order_id
     where l.tenant_id = %(tenant)s group by 1, 2, l.order_id
"""
_HANDOUTS = """
    insert into plusone_handout (tenant_id, order_id, collected_at)
    select tenant_id, id, placed_at from plusone_order where tenant_id = %(tenant)s and status = 'shipped'
"""
_PURCHASES = """
    insert into plusone_purchase (tenant_id, round_id, variant_id, quantity, actor_kind, actor)
    select tenant_id, round_id, variant_id, sum(quantity) / 2, 'house', '' from plusone_orderline
     where tenant_id = %(tenant)s and round_id is not null group by 1, 2, 3
"""
# A year's transfers that are settled, and some hundreds that wait for somebody to confirm them.
_TRANSFERS = """
    insert into plusone_transfer (tenant_id, customer_id, digits, amount, said, cause, at)
    select tenant_id, customer_id, lpad((id %% 100000)::text, 5, '0'), total, '已匯款', 'report:' || id,
           placed_at
      from plusone_order
     where tenant_id = %(tenant)s and total > 0
       and (status = 'paid' or id in (select id from plusone_order where tenant_id = %(tenant)s
             and status = 'purchased' and total > 0 order by id desc limit %(reports)s))
"""
_BANK_LINES = """
    insert into plusone_bankline (tenant_id, digits, amount, said, mark, at)
    select tenant_id, digits, amount, digits || ' ' || amount, md5(id::text || %(key)s), at
      from plusone_transfer where tenant_id = %(tenant)s
"""
_MATCHES = """
    insert into plusone_match (tenant_id, bank_line_id, transfer_id)
    select b.tenant_id, b.id, t.id
      from plusone_transfer t
      join plusone_bankline b on b.tenant_id = t.tenant_id and b.mark = md5(t.id::text || %(key)s)
      join plusone_order o on o.tenant_id = t.tenant_id and o.id = substr(t.cause, 8)::bigint
     where t.tenant_id = %(tenant)s and o.status = 'paid'
"""
_MATCHED = """
    insert into plusone_matchedorder (tenant_id, match_id, order_id, before)
    select m.tenant_id, m.id, substr(t.cause, 8)::bigint, 'purchased'
      from plusone_match m join plusone_transfer t on t.tenant_id = m.tenant_id and t.id = m.transfer_id
     where m.tenant_id = %(tenant)s
"""
_MESSAGES = """
    insert into plusone_outboxmessage (tenant_id, cause, purpose, to_kind, to_id, user_id, kind, facts,
                                       language, ways, reply_token, retry_key, rank, expires_at, state,
                                       created_at, final_at)
    select o.tenant_id, o.cause, 'answer', 'user', t.line_user_id, t.line_user_id, 'taken', '{}', 'zh-hant',
           '{reply}', '', gen_random_uuid(), 0, o.placed_at + interval '1 day',
           case when o.id %% 50 = 0 then 'unconfirmed' else 'accepted' end, o.placed_at, o.placed_at
      from plusone_order o join plusone_contact t on t.tenant_id = o.tenant_id and t.id = o.contact_id
     where o.tenant_id = %(tenant)s and o.placed_at > now() - interval '90 days'
"""
_EVERYTHING = (
    *(_PRODUCTS, _VARIANTS, _CUSTOMERS, _CONTACTS, _GROUPS, _ROUNDS, _ROUND_PRODUCTS, _ROUND_CHATS),
    *(_PICKUP_POINTS, _ORDERS, _LINES, _TOTALS, _HISTORY, _MOVEMENTS, _HANDOUTS, _PURCHASES, _TRANSFERS),
    *(_BANK_LINES, _MATCHES, _MATCHED, _MESSAGES),
)


def fill(tenant: Tenant, size: Size | None = None) -> None:
    """Make the rows in this shop, and have the planner look at the tables, as it would by itself soon."""
    wanted = size or Size()
    values = {
        **{name: getattr(wanted, name) for name in Size.__dataclass_fields__},
        "tenant": tenant.pk,
        "key": tenant.key[:4],
        "days": DAYS,
        "each": PRODUCTS_A_ROUND,
    }
    with scope.tenant(tenant.pk), connection.cursor() as cursor:
        # Nothing has looked at these tables yet, so the planner takes them for empty and would loop long.
        cursor.execute("set local enable_nestloop = off; select setseed(0.1)")
        for statement in _EVERYTHING:
            cursor.execute(statement, values)


def vacuum() -> None:
    """What autovacuum does within some minutes of such a load: count rows, mark what is settled."""
    with psycopg.connect(settings.DATABASE_URL, autocommit=True, options="-c role=plusone_owner") as owner:
        for (name,) in owner.execute(
            "select tablename from pg_tables where tablename like 'plusone\\_%'"
        ).fetchall():
            owner.execute(sql.SQL("vacuum analyze {}").format(sql.Identifier(name)))
