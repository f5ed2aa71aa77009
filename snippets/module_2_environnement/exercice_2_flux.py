# --8<-- [start:imports]
import json


# --8<-- [end:imports]
# --8<-- [start:depart]
def assembler(lignes):
    texte = ""
    for ligne in lignes:
        texte += json.loads(ligne).get("message", {}).get("content", "")
    return texte, "stop"


# --8<-- [end:depart]
# --8<-- [start:solution]
def assembler(lignes):
    texte, raison = "", None
    for ligne in lignes:
        partie = json.loads(ligne)
        if "error" in partie:
            raise RuntimeError(partie["error"])
        texte += partie["message"]["content"]
        raison = partie.get("done_reason")
    if raison is None:
        raise RuntimeError("flux interrompu avant la fin")
    return texte, raison


# --8<-- [end:solution]
# --8<-- [start:verification]
debut = ['{"message": {"content": "Bon"}}', '{"message": {"content": "jour"}}']
fin = '{"message": {"content": ""}, "done": true, "done_reason": "length"}'
panne = '{"error": "le moteur s\'est arrêté"}'
resultat = assembler([*debut, fin])
assert resultat == ("Bonjour", "length"), resultat
for flux in ([*debut, panne], debut, []):
    try:
        refus = f"rien ({assembler(flux)})"
    except RuntimeError as erreur:
        refus = erreur
        print("Refusé comme il faut :", erreur)
    assert isinstance(refus, RuntimeError), "un flux incomplet doit lever RuntimeError"
print("Bravo : votre lecteur de flux ne prend plus une panne pour une réponse.")
# --8<-- [end:verification]
