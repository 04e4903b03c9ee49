"""What is read out of CLIXML."""

import pytest

from tests.restclient.clixml import properties_of, type_names_of

_SPACE = 'xmlns="http://schemas.microsoft.com/powershell/2004/04"'


def _object(properties: str) -> str:
    return (
        f'<Objs Version="1.1.0.1" {_SPACE}><Obj RefId="0">'
        f'<TN RefId="0"><T>A.B</T><T>System.Object</T></TN><Props>{properties}</Props></Obj></Objs>'
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param('<S N="P">a_x000A_b &amp; _x005F_x000A_</S>', "a\nb & _x000A_", id="text"),
        pytest.param('<S N="P">_xD83D__xDE00_</S>', "😀", id="two halves of a character"),
        pytest.param('<S N="P" />', "", id="no text"),
        pytest.param('<Nil N="P" />', None, id="nothing"),
        pytest.param('<B N="P">true</B>', True, id="boolean"),
        pytest.param('<I32 N="P">-5</I32>', -5, id="number"),
        pytest.param('<I64 N="P">9007199254740993</I64>', 9007199254740993, id="large number"),
        pytest.param('<Db N="P">0.5</Db>', 0.5, id="fraction"),
        pytest.param('<BA N="P">AP8=</BA>', b"\x00\xff", id="bytes"),
        pytest.param(
            '<Obj N="P" RefId="1"><TNRef RefId="0" /><LST><S>a</S><I32>1</I32></LST></Obj>',
            ["a", 1],
            id="list",
        ),
        pytest.param(
            '<Obj N="P" RefId="1"><DCT><En><S N="Key">a</S><I32 N="Value">1</I32></En></DCT></Obj>',
            {"a": 1},
            id="dictionary",
        ),
        pytest.param(
            '<Obj N="P" RefId="1"><ToString>Shared</ToString><I32>4</I32></Obj>',
            "Shared",
            id="enumeration",
        ),
        pytest.param('<Obj N="P" RefId="1"><MS><S N="Q">a</S></MS></Obj>', {"Q": "a"}, id="object"),
        pytest.param('<Obj N="P" RefId="1"><ToString>x</ToString></Obj>', "x", id="only its text"),
    ],
)
def test_a_property_is_read(written: str, value: object) -> None:
    """Each type becomes a plain value."""
    assert properties_of(_object(written)) == {"P": value}


def test_the_names_of_its_type_are_read() -> None:
    """The most special name comes first."""
    assert type_names_of(_object("")) == ["A.B", "System.Object"]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(f"<Objs {_SPACE}></Objs>", id="no object"),
        pytest.param(f"<Objs {_SPACE}><Obj /><Obj /></Objs>", id="two objects"),
        pytest.param(_object('<Nonsense N="P" />'), id="an unknown type"),
    ],
)
def test_what_cannot_be_read_is_an_error(written: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r"one object expected|no CLIXML type"):
        properties_of(written)
