"""What the module sends for a cmdlet, and what it makes of the answer."""

import base64

import pytest

from emulator.exchange.paging import MORE_RESULTS
from tests.emulator_module.recorder import Answer, Recorder
from tests.emulator_module.shell import Shell

CONNECT = "Connect-ExchangeOnline @contoso\n"
GUID = "7c4f1f0e-6c58-4d0f-9d5b-1f6f7f3f5d21"


@pytest.mark.behaviour(
    "module.request.headers", "module.request.connection-id", "module.request.clixml-asked"
)
def test_each_cmdlet_says_who_asks_and_how_it_wants_to_be_answered(
    recorded: Shell, recorder: Recorder
) -> None:
    """The connection's id is the same for every call, the request's a new one for each."""
    done = recorded.run(
        CONNECT
        + "Get-Mailbox; Get-Mailbox -WarningAction Ignore; Get-EXOMailbox\n"
        + "$facts.connection = (Get-ConnectionInformation).ConnectionId"
    )
    first, second, resource = (each.headers for each in recorder.calls())
    assert first["authorization"].startswith("Bearer ")
    assert {name: first[name] for name in FIXED} == FIXED
    assert (first["warningaction"], second["warningaction"]) == ("", "SilentlyContinue")
    ids = {each.headers["connection-id"] for each in recorder.received}
    assert ids == {done.facts["connection"]}
    assert len({each["client-request-id"] for each in (first, second, resource)}) == 3
    assert "x-responseformat" not in resource


FIXED = {
    "accept": "application/json",
    "accept-charset": "UTF-8",
    "accept-encoding": "gzip",
    "content-type": "application/json; charset=utf-8",
    "x-cmdletname": "Get-Mailbox",
    "x-responseformat": "clixml",
    "x-serializationlevel": "Partial",
    "x-anchormailbox": "UPN:OAuthUser@contoso.onmicrosoft.com",
    "x-clientapplication": "ExoManagementModule",
    "x-clientmoduleversion": "3.9.2",
    "prefer": "odata.maxpagesize=1000",
}

ANCHORS = {
    "app-only": ("Get-Mailbox a@contoso.com", "UPN:OAuthUser@contoso.onmicrosoft.com"),
    "address": ("Get-MailboxStatistics a@contoso.com -UseCustomRouting", "SMTP:a@contoso.com"),
    "guid": (f"Get-MailboxStatistics {GUID} -UseCustomRouting", f"MBX:{GUID}@{{tenant}}"),
    "mailbox parameter": (
        "Get-InboxRule -Mailbox a@contoso.com -UseCustomRouting",
        "SMTP:a@contoso.com",
    ),
    "neither": (
        "Get-MailboxStatistics alias -UseCustomRouting",
        "UPN:OAuthUser@contoso.onmicrosoft.com",
    ),
}


@pytest.mark.behaviour("module.request.anchor.app", "module.request.anchor.parameter")
def test_a_call_is_routed_to_the_mailbox_it_names(recorded: Shell, recorder: Recorder) -> None:
    """Only -UseCustomRouting with an address or a GUID leads away from the connection's anchor."""
    recorded.run(CONNECT + "\n".join(call for call, _ in ANCHORS.values()))
    tenant = recorded.emulator.world.tenants[0].id
    sent = dict(zip(ANCHORS, recorder.calls(), strict=True))
    assert {name: each.headers["x-anchormailbox"] for name, each in sent.items()} == {
        name: anchor.format(tenant=tenant) for name, (_, anchor) in ANCHORS.items()
    }
    routed = [name for name, each in sent.items() if "parameter-based-routing" in each.headers]
    assert routed == ["address", "guid", "mailbox parameter"]
    assert all("UseCustomRouting" not in each.parameters for each in sent.values())


@pytest.mark.behaviour("module.request.anchor.user", "module.request.anchor.bypass")
def test_the_anchor_is_the_user_or_nobody(recorded: Shell, recorder: Recorder) -> None:
    """-UserPrincipalName is the anchor of its connection; -BypassMailboxAnchoring sends none."""
    recorded.run("""
        Connect-ExchangeOnline @contoso -UserPrincipalName ann@contoso.com
        Get-Mailbox
        Connect-ExchangeOnline @contoso -BypassMailboxAnchoring
        Get-Mailbox
    """)
    first, second = (each.headers for each in recorder.calls())
    assert first["x-anchormailbox"] == "UPN:ann@contoso.com"
    assert "x-anchormailbox" not in second


ENCODED = {
    "hashtable": (
        "@{Add='x'; Inner=@{Deep=1}}",
        {
            "@odata.type": "#Exchange.GenericHashTable",
            "Add": "x",
            "Inner": {"@odata.type": "#Exchange.GenericHashTable", "Deep": 1},
        },
    ),
    "bytes": (
        "([byte[]](1,2,255))",
        {"@odata.type": "#Exchange.ByteArrayType", "Data": [1, 2, 255]},
    ),
    "array": ("@('a','b')", ["a", "b"]),
    "one in an array": ("@('a')", ["a"]),
    "moment": (
        "([datetime]'2026-01-02T03:04:05Z').ToUniversalTime()",
        "2026-01-02T03:04:05.0000000Z",
    ),
    "moment with an offset": (
        "([DateTimeOffset]'2026-01-02T03:04:05+01:00')",
        "2026-01-02T02:04:05.0000000Z",
    ),
    "network address": ("([ipaddress]'10.0.0.1')", "10.0.0.1"),
    "object": ("([pscustomobject]@{A=1})", "@{A=1}"),
    "script": ("{ A -eq 1 }", " A -eq 1 "),
    "enum": ("([DayOfWeek]'Monday')", "Monday"),
    "guid": (f"([guid]'{GUID}')", GUID),
    "switch": ("([switch]$true)", True),
    "null": ("$null", None),
}


@pytest.mark.behaviour("module.request.encoding")
def test_values_travel_in_the_forms_that_the_service_knows(
    recorded: Shell, recorder: Recorder
) -> None:
    """Tables and bytes name their OData type; what JSON has no form for is text."""
    recorded.run(
        CONNECT + "\n".join(f"Get-Mailbox -ResultSize {value}" for value, _ in ENCODED.values())
    )
    sent = dict(zip(ENCODED, (each.parameters for each in recorder.calls()), strict=True))
    assert sent == {name: {"ResultSize": form} for name, (_, form) in ENCODED.items()}
    assert {each.body["CmdletInput"]["CmdletName"] for each in recorder.calls()} == {"Get-Mailbox"}


@pytest.mark.behaviour("module.request.depth")
def test_what_lies_deeper_than_ten_levels_is_cut(recorded: Shell, recorder: Recorder) -> None:
    """PowerShell warns, and the service gets the type's name in place of the value."""
    done = recorded.run(
        CONNECT
        + """
        $value = 'bottom'
        1..12 | ForEach-Object { $value = @{ In = $value } }
        Get-Mailbox -ResultSize $value
        """
    )
    (call,) = recorder.calls()
    level: object = call.parameters["ResultSize"]
    while isinstance(level, dict):
        level = level["In"]
    assert level == "System.Collections.Hashtable"
    assert "exceeded the set depth of 10" in done.stdout


@pytest.mark.behaviour("module.request.encoding.lists")
def test_lists_of_tables_and_of_bytes_name_their_type_beside_them(
    recorded: Shell, recorder: Recorder
) -> None:
    """The annotation stands at the list's own name; other lists have none."""
    recorded.run(
        CONNECT
        + """
        Get-Mailbox -ResultSize @(@{A=1}, @{B=2})
        Get-Mailbox -ResultSize @(,[byte[]](1,2))
        Get-Mailbox -ResultSize @('a', 'b')
        """
    )
    kinds = [each.parameters.get("ResultSize@odata.type") for each in recorder.calls()]
    tables, octets, _ = (each.parameters["ResultSize"] for each in recorder.calls())
    assert kinds == [f"#Collection(Exchange.{name})" for name in LISTS] + [None]
    assert [each["@odata.type"] for each in tables] == ["#Exchange.GenericHashTable"] * 2
    assert [each["Data"] for each in octets] == [[1, 2]]


LISTS = ("GenericHashTable", "ByteArrayType")


@pytest.mark.behaviour("module.request.filter")
def test_truth_in_a_filter_becomes_a_quoted_word(recorded: Shell, recorder: Recorder) -> None:
    """$true and $false of a filter are rewritten; the same text elsewhere is not."""
    recorded.run(CONNECT + "Get-Mailbox -Anr '$true' -Filter 'A -eq $TRUE -and B -eq $false'")
    (call,) = recorder.calls()
    assert call.parameters == {"Anr": "$true", "Filter": "A -eq 'True' -and B -eq 'False'"}


@pytest.mark.behaviour("module.request.securestring")
def test_a_secure_string_is_refused_before_anything_is_sent(
    recorded: Shell, recorder: Recorder
) -> None:
    """The emulator has no key to decrypt it with, and says so."""
    done = recorded.run(
        CONNECT
        + """
        $secret = ConvertTo-SecureString x -AsPlainText
        $facts.fault = Get-Fault { Get-Mailbox -ResultSize $secret }
        """
    )
    assert done.facts["fault"] == "NotSupportedException: The emulation takes no SecureString."
    assert recorder.calls() == []


CLIXML = (
    '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
    '<Obj RefId="0"><TN RefId="0"><T>Deserialized.Microsoft.Exchange.Mailbox</T></TN><MS>'
    '<S N="Alias">ann</S><G N="Guid">{guid}</G><I64 N="Size">5</I64></MS></Obj></Objs>'
)


@pytest.mark.behaviour("module.answer.clixml", "module.answer.json")
def test_objects_come_from_clixml_or_else_from_json(recorded: Shell, recorder: Recorder) -> None:
    """CLIXML gives types and the type's name; an answer without it gives its JSON members."""
    typed = {"@odata.type": "#X", "Alias": "wrong", "_clixml": CLIXML.format(guid=GUID)}
    plain = {"@odata.type": "#X", "Alias": "bob", "Size@odata.type": "#Int64", "Size": 5}
    recorder.answers.append(Answer(body={"value": [typed, plain]}))
    done = recorded.run(
        CONNECT
        + """
        $ann, $bob = Get-Mailbox
        $facts.aliases = $ann.Alias, $bob.Alias
        $facts.types = $ann.Guid.GetType().Name, $ann.Size.GetType().Name
        $facts.name = $ann.PSObject.TypeNames[0]
        $facts.members = @($bob.PSObject.Properties.Name)
        """
    )
    assert done.facts == {
        "aliases": ["ann", "bob"],
        "types": ["Guid", "Int64"],
        "name": "Deserialized.Microsoft.Exchange.Mailbox",
        "members": ["Alias", "Size"],
    }


@pytest.mark.behaviour(
    "module.paging.default-size", "module.paging.short-page", "module.paging.no-early-warning"
)
def test_a_limit_is_fetched_in_full_pages_only(recorded: Shell, recorder: Recorder) -> None:
    """Without -ResultSize one page is all; a page that is not full is the last of a limit."""
    full = {
        "value": [{"A": 1}] * 2,
        "@odata.nextLink": f"{recorder.url}/adminapi/beta/t/InvokeCommand?n",
    }
    short = {**full, "value": [{"A": 1}]}
    warned = {**full, "@adminapi.warnings": [MORE_RESULTS, "other"]}
    answers = [full, full, short, warned, warned, {"value": []}]
    recorder.answers.extend(Answer(body=each) for each in answers)
    done = recorded.run("""
        Connect-ExchangeOnline @contoso -PageSize 2
        $facts.default = @(Get-Mailbox).Count
        $facts.limited = @(Get-Mailbox -ResultSize 7).Count
        $facts.all = @(Get-Mailbox -ResultSize Unlimited -WarningVariable said 3>$null).Count
        $facts.said = @($said | ForEach-Object Message)
    """)
    assert done.facts == {"default": 2, "limited": 3, "all": 4, "said": ["other", "other"]}
    sizes = [each.headers["prefer"].partition("=")[2] for each in recorder.calls()]
    assert sizes == ["2"] * 6


def coded(text: str) -> str:
    """Return *text* as it stands in the address of a resource."""
    return base64.b64encode(text.encode()).decode()


ANN = f"'{coded('ann')}'"
CALENDAR = f"'{coded(chr(92) + 'Calendar')}'"
FOLDERS = "MailboxFolder/Exchange.GetMailboxFolderStatistics"
DEVICES = "Exchange.GetMobileDeviceStatistics()"
RESOURCES = {
    "mailboxes": ("Get-EXOMailbox", "Mailbox?PropertySet=Minimum"),
    "null is everybody": ("Get-EXOMailbox -Identity $null", "Mailbox?PropertySet=Minimum"),
    "a mailbox": ("Get-EXOMailbox ann", f"Mailbox({ANN})?isEncoded=true&PropertySet=Minimum"),
    "properties": (
        "Get-EXOMailbox -Properties A,B -PropertySets Quota,Audit -Filter 'A -eq 1'",
        "Mailbox?PropertySet=Quota,Audit&$select=A,B&$filter=A -eq 1",
    ),
    "switches": (
        "Get-EXOMailbox -Archive -SoftDeletedMailbox:$false -Anr x",
        "Mailbox?PropertySet=Minimum&Anr=x&Archive=true",
    ),
    "protocols": ("Get-EXOCasMailbox ann", f"CasMailbox({ANN})?isEncoded=true&PropertySet=Minimum"),
    "recipients": (
        "Get-EXORecipient -RecipientType MailUser",
        "Recipient?PropertySet=Minimum&RecipientType=MailUser",
    ),
    "statistics": (
        "Get-EXOMailboxStatistics ann -Archive",
        f"Mailbox({ANN})/Exchange.GetMailboxStatistics()?isEncoded=true&Archive=true",
    ),
    "folders": (
        "Get-EXOMailboxFolderStatistics ann -Folderscope Inbox",
        f"Mailbox({ANN})/{FOLDERS}(folderscope=Exchange.ElcFolderType'Inbox')?isEncoded=true",
    ),
    "permissions": (
        "Get-EXOMailboxPermission -Identity ann -User bob",
        f"Mailbox({ANN})/MailboxPermission?isEncoded=true&User=bob",
    ),
    "recipient permissions": (
        "Get-EXORecipientPermission ann",
        f"Recipient({ANN})/RecipientPermission?isEncoded=true",
    ),
    "folder permissions": (
        "Get-EXOMailboxFolderPermission ann:\\Calendar",
        f"Mailbox({ANN})/MailboxFolder({CALENDAR})/MailboxFolderPermission?isEncoded=true",
    ),
    "devices": (
        "Get-EXOMobileDeviceStatistics -Mailbox ann -ActiveSync",
        f"Mailbox({ANN})/MobileDevice/{DEVICES}?isEncoded=true&ActiveSync=true",
    ),
    "a device": (
        "Get-EXOMobileDeviceStatistics -Identity ann",
        f"MobileDevice({ANN})/{DEVICES}?isEncoded=true",
    ),
    "the most exact name": (
        "[pscustomobject]@{Identity='x'; UserPrincipalName='ann'} | Get-EXOMailboxStatistics",
        f"Mailbox({ANN})/Exchange.GetMailboxStatistics()?isEncoded=true",
    ),
    "a piped text": (
        "'ann' | Get-EXOMailboxPermission",
        f"Mailbox({ANN})/MailboxPermission?isEncoded=true",
    ),
}


@pytest.mark.behaviour(
    "module.exo.resources",
    "module.exo.resources.guessed",
    "module.exo.null-identity",
    "module.exo.piped-identity",
)
def test_each_built_in_cmdlet_reads_its_resource(recorded: Shell, recorder: Recorder) -> None:
    """Path and query of each, for names given by position, by name and by the pipeline."""
    done = recorded.run(CONNECT + "\n".join(call for call, _ in RESOURCES.values()))
    base = "/adminapi/beta/contoso.onmicrosoft.com/"
    asked = [each.path.removeprefix(base) for each in recorder.calls()]
    assert asked == [path for _, path in RESOURCES.values()], done.stderr
    assert {each.method for each in recorder.calls()} == {"GET"}
