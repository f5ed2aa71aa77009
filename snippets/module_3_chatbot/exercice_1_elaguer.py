"""Exercice 1 : élaguer une conversation, sans perdre la consigne ni couper un tour."""


# --8<-- [start:depart]
def elaguer(messages: list[dict], maximum: int) -> list[dict]:
    return messages[-maximum:]


# --8<-- [end:depart]
# --8<-- [start:solution]
def elaguer(messages: list[dict], maximum: int) -> list[dict]:
    consignes = [message for message in messages if message["role"] == "system"]
    autres = [message for message in messages if message["role"] != "system"]
    gardes = autres[max(0, len(consignes) + len(autres) - maximum) :]
    while gardes[0]["role"] != "user":
        gardes = gardes[1:]
    return [*consignes, *gardes]


# --8<-- [end:solution]
# --8<-- [start:verification]
ROLES = ["system", *["user", "assistant"] * 3, "user"]
conversation = [{"role": role, "content": str(rang)} for rang, role in enumerate(ROLES)]
copie = [dict(message) for message in conversation]

for maximum in (8, 5, 4, 2):
    gardes = elaguer(conversation, maximum)
    assert len(gardes) <= maximum, "il y a trop de messages"
    assert gardes[0]["role"] == "system", "la consigne est perdue"
    assert gardes[1]["role"] == "user", "une réponse n'a plus sa question"
    assert gardes[-1] == conversation[-1], "la dernière question est perdue"
    print(f"{maximum} au plus : messages {', '.join(m['content'] for m in gardes)}")
assert elaguer(conversation, 8) == conversation, "tout tenait : rien à retirer"
assert conversation == copie, "la conversation d'origine a changé"
print("Bravo : la consigne reste, et chaque réponse a sa question.")
# --8<-- [end:verification]
