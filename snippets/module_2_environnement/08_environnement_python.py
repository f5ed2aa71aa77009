import sys
from importlib.metadata import version

print("Environnement virtuel :", "oui" if sys.prefix != sys.base_prefix else "non")
print("Python :", f"{sys.version_info.major}.{sys.version_info.minor}")
print("ollama :", version("ollama"))
