"""Deux programmes qui font la même chose ont la même empreinte."""

from __future__ import annotations

import pytest

from scripts.lecons import syntaxe


@pytest.mark.parametrize(
    ("un", "autre", "pareils"),
    [
        ("x = 1  # un", "# autre\nx = 1", True),
        ("x = 'a'", 'x = "a"', True),
        ("x = (1,\n  2)", "x = (1, 2)", True),
        ("x = 1", "x = 2", False),
        ("f(a, b=1)", "f(a, b=2)", False),
        ("def f(x): return x", "def f(x):\n    'Doc.'\n    return x", True),
        ("def f(x):\n    'Doc.'\n    return x\ng(f)", "def f(x): return x\ng(f)", False),
    ],
)
def test_deux_programmes_qui_font_la_meme_chose(un: str, autre: str, pareils: bool) -> None:
    assert (syntaxe.arbre_nu(un) == syntaxe.arbre_nu(autre)) == pareils


@pytest.mark.parametrize(
    ("un", "autre", "pareils"),
    [
        ("echo a # fin\n\n", "echo a\n", True),
        ("echo 'a # b'\n", "echo 'a  # b'\n", False),
        ('echo "a # b"\n', 'echo "a"\n', False),
        ("cat <<FIN\n# a\nFIN\n", "cat <<FIN\nFIN\n", False),
        ("cat <<-'FIN'\n\ta # b\n\tFIN\n# c\n", "cat <<-'FIN'\n\ta # b\n\tFIN\n", True),
        ("echo $#\n", "echo $\n", False),
        ("echo ${a#b}\n", "echo ${a}\n", False),
        ("echo \\' # fin\n", "echo \\'\n", True),
        ("echo 'a\n# b'\n", "echo 'a\n'\n", False),
        ("echo \\\n  a\n", "echo \\ \n  a\n", False),
        ("echo \\\n  a\n", "echo \\\n\n  a\n", False),
        ("echo \\\n  a\n", "echo \\\n# b\n  a\n", False),
        ("echo a\n", "echo a\r\n", False),
        ("echo a\\ #b\n", "echo a\\ #c\n", False),
        ("cat <<'FIN-A'\n# a\nFIN-A\n", "cat <<'FIN-A'\n# b\nFIN-A\n", False),
        ("cat <<FIN\n  FIN\n# a\nFIN\n", "cat <<FIN\n  FIN\n# b\nFIN\n", False),
        ("cat <<<a\n# b\n", "cat <<<a\n# c\n", True),
    ],
)
def test_deux_scripts_qui_font_la_meme_chose(un: str, autre: str, pareils: bool) -> None:
    assert (syntaxe.shell_nu(un) == syntaxe.shell_nu(autre)) == pareils


def test_l_encodage_declare_compte() -> None:
    source = "print('é')\n".encode()
    latin = b"# -*- coding: latin-1 -*-\n" + source
    utf8 = b"# -*- coding: utf-8 -*-\n" + source
    empreintes = [syntaxe.empreinte_des_octets(octets, ".py") for octets in (source, latin, utf8)]
    assert empreintes[0] != empreintes[1] and empreintes[0] == empreintes[2]
