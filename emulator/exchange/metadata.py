"""The service root and `$metadata`: what a client can read of the API's own shape.  Pure."""

from xml.sax.saxutils import quoteattr

from emulator.exchange.resourcepaths import ENTITY_SETS

_ACTIONS = {"InvokeCommand": ("CmdletInput", "Exchange.CmdletInvokeInputType")}
_ROW = "Exchange.GenericHashTable"


def service_root(context: str) -> dict[str, object]:
    """Return the service document, whose `@odata.context` is *context*."""
    sets = [{"name": name, "kind": "EntitySet", "url": name} for name in ENTITY_SETS]
    return {"@odata.context": context, "value": sets}


def metadata() -> str:
    """Return the OData description (CSDL) of what is emulated."""
    entities = "".join(_entity_type(name) for name in ENTITY_SETS)
    actions = "".join(_action(name, *parameter) for name, parameter in _ACTIONS.items())
    sets = "".join(f'<EntitySet Name="{n}" EntityType="Exchange.{n}"/>' for n in ENTITY_SETS)
    imports = "".join(f'<ActionImport Name="{n}" Action="Exchange.{n}"/>' for n in _ACTIONS)
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">'
        "<edmx:DataServices>"
        '<Schema Namespace="Exchange" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
        f'<ComplexType Name="GenericHashTable" OpenType="true"/>{_input_type()}{entities}{actions}'
        f'<EntityContainer Name="Container">{sets}{imports}</EntityContainer>'
        "</Schema></edmx:DataServices></edmx:Edmx>"
    )


def _input_type() -> str:
    return (
        '<ComplexType Name="CmdletInvokeInputType">'
        '<Property Name="CmdletName" Type="Edm.String" Nullable="false"/>'
        f'<Property Name="Parameters" Type="{_ROW}"/></ComplexType>'
    )


def _entity_type(name: str) -> str:
    return (
        f'<EntityType Name={quoteattr(name)} OpenType="true"><Key><PropertyRef Name="Guid"/></Key>'
        '<Property Name="Guid" Type="Edm.String" Nullable="false"/></EntityType>'
    )


def _action(name: str, parameter: str, kind: str) -> str:
    return (
        f'<Action Name="{name}"><Parameter Name="{parameter}" Type="{kind}" Nullable="false"/>'
        f'<ReturnType Type="Collection({_ROW})"/></Action>'
    )
