"""The cmdlets of Security & Compliance: a few to read with, and those that need a person.  Pure.

A tenant has the same labels and policies as every other; only their ids differ.
"""

import uuid
from collections.abc import Callable

from emulator.exchange.calls import SERVER, Call, Cmdlet, Output, numbered
from emulator.exchange.parameters import Kind, Parameter
from emulator.exchange.taskfailures import not_found

Row = dict[str, object]

_IDENTITY = Parameter(name="Identity", position=0, by_property_name=True)
_DETAIL = Parameter(name="DistributionDetail", kind=Kind.SWITCH)
_CREATED = "2024-03-01T09:00:00Z"


def _label(call: Call) -> list[Row]:
    names = ("Public", "General", "Confidential", "Highly Confidential")
    return [
        _entity(call, "label", name)
        | {
            "DisplayName": name,
            "Priority": number,
            "ContentType": "File, Email",
            "ParentId": None,
            "Tooltip": f"{name} content.",
            "Disabled": False,
        }
        for number, name in enumerate(names)
    ]


def _label_policy(call: Call) -> list[Row]:
    labels = [row["Name"] for row in _label(call)]
    publication = {"Labels": labels, "ExchangeLocation": ["All"], "Enabled": True}
    return [_entity(call, "labelpolicy", "Global sensitivity label policy") | publication]


def _dlp_policy(call: Call) -> list[Row]:
    names = {"Default Office 365 DLP policy": "Enable", "Financial data": "TestWithNotifications"}
    return [
        _entity(call, "dlppolicy", name)
        | {
            "Mode": mode,
            "Enabled": True,
            "Workload": "Exchange, SharePoint, OneDriveForBusiness",
            "ExchangeLocation": ["All"],
            "DistributionStatus": "Success" if call.flag("DistributionDetail") else "Pending",
        }
        for name, mode in names.items()
    ]


def _dlp_rule(call: Call) -> list[Row]:
    return [
        _entity(call, "dlprule", f"{policy['Name']} rule")
        | {
            "ParentPolicyName": policy["Name"],
            "Policy": policy["Guid"],
            "Disabled": False,
            "BlockAccess": False,
            "Priority": number,
        }
        for number, policy in enumerate(_dlp_policy(call))
    ]


def _retention_policy(call: Call) -> list[Row]:
    return [
        _entity(call, "retentionpolicy", "Keep mail for seven years")
        | {
            "Enabled": True,
            "Workload": "Exchange",
            "ExchangeLocation": ["All"] if call.flag("DistributionDetail") else [],
            "RestrictiveRetention": False,
            "DistributionStatus": "Success" if call.flag("DistributionDetail") else "Pending",
        }
    ]


def _retention_rule(call: Call) -> list[Row]:
    policy = _retention_policy(call)[0]
    keeping = {
        "Policy": policy["Guid"],
        "RetentionDuration": "2555",
        "RetentionComplianceAction": "Keep",
        "ExpirationDateOption": "CreationAgeInDays",
    }
    return [_entity(call, "retentionrule", "Keep mail for seven years rule") | keeping]


def _entity(call: Call, kind: str, name: str) -> Row:
    unique = str(uuid.uuid5(uuid.UUID(call.estate.tenant.id), f"{kind}/{name}"))
    return {
        "Identity": name,
        "Name": name,
        "Guid": unique,
        "ImmutableId": unique,
        "WhenCreatedUTC": _CREATED,
        "WhenChangedUTC": _CREATED,
        "IsValid": True,
    }


def _reader(noun: str, rows: Callable[[Call], list[Row]], *more: Parameter) -> Cmdlet:
    def run(call: Call) -> Output:
        wanted = call.text("Identity")
        found = [row for row in rows(call) if wanted is None or _is_meant(row, wanted)]
        if wanted and not found:
            raise not_found(wanted, SERVER)
        return numbered(found, call.start)

    return Cmdlet(name=f"Get-{noun}", parameters=(_IDENTITY, *more), run=run)


def _is_meant(row: Row, wanted: str) -> bool:
    return wanted.casefold() in {str(row[name]).casefold() for name in ("Name", "Guid")}


def _for_people(name: str) -> Cmdlet:
    """Return a cmdlet that no application may run; roles refuse it before it would."""
    return Cmdlet(name=name, parameters=(_IDENTITY,), run=lambda _: iter(()))


_ALL = (
    _reader("Label", _label),
    _reader("LabelPolicy", _label_policy),
    _reader("DlpCompliancePolicy", _dlp_policy, _DETAIL),
    _reader("DlpComplianceRule", _dlp_rule),
    _reader("RetentionCompliancePolicy", _retention_policy, _DETAIL),
    _reader("RetentionComplianceRule", _retention_rule),
    _for_people("Get-ComplianceCase"),
    _for_people("Get-ComplianceSearch"),
    _for_people("New-ComplianceSearch"),
    _for_people("Start-ComplianceSearch"),
    _for_people("New-ComplianceSearchAction"),
)

COMPLIANCE_CMDLETS = {each.name.lower(): each for each in _ALL}
"""Every cmdlet of Security & Compliance by its name in lower case."""
