"""Asking for what is not there: how often one may, and who counts as one asker."""

import ipaddress

# Different things that were not there, asked for from one network within the window.
MISSES = 80
WINDOW_MINUTES = 15
_HOUSEHOLD = 64


def may_miss(misses: int) -> bool:
    """True while this many misses in the window, the present one included, are not too many."""
    return misses <= MISSES


def network(address: str) -> str:
    """Who is counted as one: an IPv4 address, or the /64 in which a household of IPv6 picks its addresses."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:45]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, _HOUSEHOLD), strict=False))
