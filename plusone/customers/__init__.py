"""Contacts (LINE users as one channel's provider knows them), customers (the shop's own record of a buyer),
and their link.
"""
