"""La traduction des arguments d'Ollama pour le moteur, sans le moteur."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from scripts.ollama_prive import moteur_llama

# Une ligne de commande d'Ollama 0.34.2, telle que son journal la montre.
ARGUMENTS = (
    "--model m.gguf --port 34755 --host 127.0.0.1 --no-webui --offline -c 4096 -np 1 "
    "--log-verbosity 4 --no-log-prefix --no-log-timestamps --no-jinja --chat-template chatml "
    "--load-mode none --flash-attn auto -b 512 -ub 512 --context-shift --keep 4"
).split()


def test_ligne_de_commande_d_ollama() -> None:
    traduction = moteur_llama.traduire(ARGUMENTS)
    assert traduction.inconnus == []
    assert traduction.reglages["model.path"] == "m.gguf"
    assert traduction.reglages["n_ctx"] == 4096
    assert traduction.reglages["use_jinja"] is False
    assert traduction.reglages["ctx_shift"] is True
    assert traduction.reglages["n_keep"] == 4


def test_argument_inconnu_garde_et_signale(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Chacun est nommé, avant que le moteur ne soit chargé."""

    class MoteurCharge(Exception):
        pass

    def charger() -> None:
        raise MoteurCharge

    monkeypatch.setitem(sys.modules, "xllamacpp", SimpleNamespace(CommonParams=charger))
    inconnus = ["--nouveau", "7"]
    assert moteur_llama.traduire([*inconnus, "-t", "2"]).inconnus == inconnus
    with pytest.raises(MoteurCharge):
        moteur_llama.principal([*inconnus, "-t", "2"])
    dits = capsys.readouterr().err.splitlines()
    assert dits == [f"llama-server : argument inconnu, sans effet : {mot}" for mot in inconnus]


def test_valeur_manquante(capsys: pytest.CaptureFixture[str]) -> None:
    assert moteur_llama.principal(["--port"]) == 2
    assert "--port attend une valeur" in capsys.readouterr().err


def test_valeur_du_mauvais_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert moteur_llama.principal(["--port", "quatre"]) == 2
    assert "quatre" in capsys.readouterr().err


def test_liste_des_appareils_sans_moteur(capsys: pytest.CaptureFixture[str]) -> None:
    assert moteur_llama.principal(["--list-devices", "--offline"]) == 0
    assert capsys.readouterr().out == "Available devices:\n"


def test_application_des_reglages() -> None:
    bibliotheque = SimpleNamespace(
        llama_flash_attn_type=SimpleNamespace(LLAMA_FLASH_ATTN_TYPE_DISABLED=0),
        ggml_type=SimpleNamespace(GGML_TYPE_Q8_0=8),
        llama_load_mode=SimpleNamespace(LLAMA_LOAD_MODE_DIRECT_IO=3),
    )
    parametres = SimpleNamespace(model=SimpleNamespace(path=""), cpuparams=SimpleNamespace())
    options = "--model m.gguf -t 2 --flash-attn off --cache-type-k q8_0 --load-mode dio".split()
    moteur_llama.appliquer(moteur_llama.traduire(options).reglages, parametres, bibliotheque)
    assert parametres.model.path == "m.gguf"
    assert parametres.cpuparams.n_threads == 2
    assert parametres.flash_attn_type == 0
    assert parametres.cache_type_k == 8
    assert parametres.load_mode == 3
