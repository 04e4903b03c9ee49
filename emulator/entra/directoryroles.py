"""The directory roles that Exchange looks at, by their template ids.

A template id is what the token's `wids` claim holds.  From Entra's "Built-in roles" reference.
"""

GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
EXCHANGE_RECIPIENT_ADMINISTRATOR = "31392ffb-586c-42d1-9346-e59415a2cc4e"
GLOBAL_READER = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
COMPLIANCE_ADMINISTRATOR = "17315797-102d-40b4-93e0-432062caca18"
SECURITY_ADMINISTRATOR = "194ae4cb-b126-40b2-bd5b-6091b380977d"
SECURITY_READER = "5d6b6bb7-de71-4623-b4af-96380a352509"
HELPDESK_ADMINISTRATOR = "729827e3-9c14-49f7-bb1b-9608f156bbb8"

TEMPLATE_IDS = {
    "Global Administrator": GLOBAL_ADMINISTRATOR,
    "Exchange Administrator": EXCHANGE_ADMINISTRATOR,
    "Exchange Recipient Administrator": EXCHANGE_RECIPIENT_ADMINISTRATOR,
    "Global Reader": GLOBAL_READER,
    "Compliance Administrator": COMPLIANCE_ADMINISTRATOR,
    "Security Administrator": SECURITY_ADMINISTRATOR,
    "Security Reader": SECURITY_READER,
    "Helpdesk Administrator": HELPDESK_ADMINISTRATOR,
}
