"""Amounts as people write them. Amounts are whole units of the currency (DESIGN 3.8)."""

_SIGNS = {"TWD": "NT$", "JPY": "¥", "USD": "US$", "HKD": "HK$", "EUR": "€", "SGD": "S$"}


def grouped(number: int) -> str:
    """1234567 as 1,234,567, with a true minus sign. All three languages group by thousands with a comma."""
    return f"{number:,}".replace("-", "\N{MINUS SIGN}")


def amount_text(units: int, currency: str, language: str) -> str:
    """Whole units of an ISO 4217 currency for a reader: NT$1,999; in Japanese 1,999円; CHF 5 has no sign."""
    if currency == "JPY" and language == "ja":
        return f"{grouped(units)}円"
    minus = "\N{MINUS SIGN}" if units < 0 else ""
    return f"{minus}{_SIGNS.get(currency, currency + chr(0xA0))}{grouped(abs(units))}"
