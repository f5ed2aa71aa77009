import sys
from importlib.metadata import PackageNotFoundError, version


def version_de(paquet):
    try:
        return version(paquet)
    except PackageNotFoundError:
        return f"absent ; lancez : python -m pip install {paquet}"


print("Environnement virtuel :", "oui" if sys.prefix != sys.base_prefix else "non")
print("Python :", f"{sys.version_info.major}.{sys.version_info.minor}")
print("ollama :", version_de("ollama"))
