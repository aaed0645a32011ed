"""Door in: buyers. The LIFF shop: goods, basket, ordering, my orders. Who a buyer is, LINE says (P31)."""
