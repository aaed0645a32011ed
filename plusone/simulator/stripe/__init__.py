"""Stripe, played offline: products, prices, customers, Checkout, subscriptions, invoices, portal,
webhooks, a clock.
"""
