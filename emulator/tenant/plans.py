"""The mailbox plans of a tenant: what a licence lets a mailbox have.  Pure."""

MAILBOX_PLANS = {
    "ExchangeOnline": 50,
    "ExchangeOnlineEnterprise": 100,
    "ExchangeOnlineDeskless": 2,
    "ExchangeOnlineEssentials": 50,
}
"""The quota of each plan's mailboxes in GiB, by the plan's name."""
DEFAULT_PLAN = "ExchangeOnlineEnterprise"
