"""What nobody may do, tried at every door of the product (SECURITY.md)."""
