"""What people are told: an inbox in the product, mails as each one wishes, and what must always be sent."""
