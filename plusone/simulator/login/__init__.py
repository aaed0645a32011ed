"""LINE Login's page and the way into LIFF apps."""
