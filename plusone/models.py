"""The list of nouns, area by area, for Django."""

from plusone.base.models import AuditEntry, Command, Counter, Event, Schedule
from plusone.catalogue.models import Product, StockMovement, Variant
from plusone.chat.models import Attempt, GroupChat, InboxEvent, OutboxMessage, QuotaMonth
from plusone.customers.models import Contact, Customer
from plusone.orders.models import (
    BankLine,
    BulkChange,
    BulkItem,
    Export,
    Letter,
    Match,
    MatchedOrder,
    Order,
    OrderChange,
    OrderLine,
    Purchase,
    Round,
    RoundChat,
    RoundProduct,
    Showing,
    Transfer,
)
from plusone.storefront.models import BuyerSession
from plusone.tenants.models import ApiToken, Channel, Invite, Member, TeamRole, Tenant, User
from plusone.tenants.models.plan import StripeEvent, Subscription
from plusone.tenants.models.signing import SignInTry

__all__ = [
    "ApiToken",
    "Attempt",
    "AuditEntry",
    "BankLine",
    "BulkChange",
    "BulkItem",
    "BuyerSession",
    "Channel",
    "Command",
    "Contact",
    "Counter",
    "Customer",
    "Event",
    "Export",
    "GroupChat",
    "InboxEvent",
    "Invite",
    "Letter",
    "Match",
    "MatchedOrder",
    "Member",
    "Order",
    "OrderChange",
    "OrderLine",
    "OutboxMessage",
    "Product",
    "Purchase",
    "QuotaMonth",
    "Round",
    "RoundChat",
    "RoundProduct",
    "Schedule",
    "Showing",
    "SignInTry",
    "StockMovement",
    "StripeEvent",
    "Subscription",
    "TeamRole",
    "Tenant",
    "Transfer",
    "User",
    "Variant",
]
