import ast
import re
from pathlib import Path

from handlers.texts import LANGUAGES, Catalogue

HOUSE = Path(__file__).parent.parent.parent
OFFICE_WORDS = ("工单", "个案", "受理", "案件", "诉求", "办结", "承办")


def keys_used() -> set[str]:
    """Every key that the code says: of replies, refusals, labels and buttons."""
    found: set[str] = set()
    for path in [*(HOUSE / "handlers").rglob("*.py"), *(HOUSE / "bot").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            strings = [one for arg in node.args for one in texts_of(arg)]
            if name in ("Reply",) and len(node.args) > 1:
                found |= set(texts_of(node.args[1]))
            elif name in ("Refused", "Label", "Lines", "tell_cadre", "_refuse") and strings:
                found |= {one for one in strings if re.fullmatch(r"[a-z][a-z-]+", one)}
            elif name == "Button" and strings:
                found |= {f"button-{one}" for one in texts_of(node.args[0])}
    return found


def texts_of(node: ast.expr) -> list[str]:
    """The string constants that an argument may become."""
    if isinstance(node, ast.IfExp):
        return texts_of(node.body) + texts_of(node.orelse)
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def test_every_key_that_the_code_says_is_there() -> None:
    catalogue = Catalogue()
    used = keys_used()
    assert len(used) > 100
    assert used - catalogue.keys == set()


def test_no_office_word_reaches_a_youth() -> None:
    text = (HOUSE / "handlers/texts/zh_CN.ftl").read_text(encoding="utf-8")
    for_youths = text.partition("## 团干部")[0]
    assert [word for word in OFFICE_WORDS if word in for_youths] == []


def test_the_promise_has_two_sentences_and_a_receipt_three_lines() -> None:
    catalogue = Catalogue()
    params = dict.fromkeys(("name", "category", "reader", "note", "due"), "x")
    for language in LANGUAGES:
        assert len(catalogue.say("promise", language).splitlines()) == 2
        assert len(catalogue.say("receipt", language, params).splitlines()) <= 3


def test_both_languages_fill_the_same_gaps() -> None:
    gaps = {}
    for file in LANGUAGES.values():
        text = (HOUSE / "handlers/texts" / file).read_text(encoding="utf-8")
        gaps[file] = {
            key: set(re.findall(r"\$(\w+)", body))
            for key, body in re.findall(r"^([a-z][\w-]*) =(.*(?:\n[ ]+.*)*)", text, re.M)
        }
    first, second = gaps.values()
    assert first == second
