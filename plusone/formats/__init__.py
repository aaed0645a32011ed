"""Number and date formats of the three languages: Django has no short date and no grouping for zh-Hant."""
