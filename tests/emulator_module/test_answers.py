"""What the module makes of an answer: objects, and whether there is another page."""

import pytest

from emulator.exchange.paging import MORE_RESULTS
from tests.emulator_module.recorder import Answer, Recorder
from tests.emulator_module.shell import Shell

CONNECT = "Connect-ExchangeOnline @contoso\n"


GUID = "7c4f1f0e-6c58-4d0f-9d5b-1f6f7f3f5d21"


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
