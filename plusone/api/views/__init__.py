"""The API's addresses, a module a noun."""
