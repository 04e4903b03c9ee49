"""What is wrong with a value, in words that quote nothing of it.  Pure."""

from pydantic_core import ErrorDetails


def sentence_of(detail: ErrorDetails) -> str:
    """Return the sentence for one problem that validation has found, without where it is."""
    match detail["type"]:
        case "missing":
            return "missing"
        case "extra_forbidden":
            return "unknown key"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "must be a mapping"
        case "value_error":
            return f"{detail['ctx']['error']}"
        case _:
            return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}"
